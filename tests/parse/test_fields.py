"""Tests of src/frtfeed/parse/fields.py."""

from datetime import UTC

import pytest

from frtfeed.parse import fields
from frtfeed.parse.faults import Faults
from frtfeed.parse.tree import Text


def problems(faults: Faults) -> list[tuple[str, str, int | None, str]]:
    """Return severity, fault, line and value of each problem."""
    return [(problem.severity, problem.fault, problem.line, problem.value) for problem in faults.problems()]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(" A\u00a0<b>title</b>\n", "A title", id="markup and spaces"),
        pytest.param("workersâ€™", "workers’", id="damage"),
        pytest.param("AT&amp;T", "AT&T", id="entity"),
        pytest.param("a&#x202e;b", "ab", id="turned text in an entity"),
        pytest.param("\u200b\u00a0\x07", "", id="invisible"),
        pytest.param("???", "???", id="signs"),
        pytest.param("  ", "", id="spaces"),
        pytest.param(" a  b ", "a b", id="ASCII, spaces"),
        pytest.param("a\tb\x00", "a b", id="ASCII, controls"),
        pytest.param("AT&T <3", "AT&T <3", id="signs that are no markup"),
    ],
)
def test_prose(written: str, expected: str) -> None:
    """A text for people is plain, whole, and on one line."""
    assert expected == fields.prose(written, faults=Faults("a"))


@pytest.mark.parametrize(
    ("written", "expected", "faults"),
    [
        pytest.param("Vec<T> leak", "Vec leak", ["tags in a title"], id="not meant as a tag"),
        pytest.param("<b>Bold</b>", "Bold", ["tags in a title"], id="meant as one"),
        pytest.param("Vec&lt;T> leak, x < y", "Vec<T> leak, x < y", [], id="no tags"),
        pytest.param("<b></b>", "", [], id="nothing left: the caller tells"),
    ],
)
def test_title(written: str, expected: str, faults: list[str]) -> None:
    """Tags that were taken out of a title are told with the title, since they may have been meant."""
    found = Faults("a")
    assert expected == fields.title(Text(written, 3), field="title", faults=found)
    assert [("note", fault, 3, written) for fault in faults] == problems(found)
    assert all(f'Read as "{expected}".' in problem.remedy for problem in found.problems())


@pytest.mark.parametrize("url", [" https://example.org/a ", "HTTP://example.org", "https://example.org/\x07a"])
def test_address(url: str) -> None:
    """An http or https address is taken as given."""
    faults = Faults("a")
    assert url.strip().replace("\x07", "") == fields.address(Text(url), field="webUrl", faults=faults)
    assert [] == problems(faults)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:,x", "example.org", "https://e.org/" + "a" * 4096])
def test_address_refused(url: str) -> None:
    """Any other address is a warning."""
    faults = Faults("a")
    assert "" == fields.address(Text(url, 3), field="webUrl", faults=faults)
    assert [("warning", "not an http or https address", 3)] == [problem[:3] for problem in problems(faults)]
    assert ("", "") == fields.named_address(Text(url, 3))


def test_named_address() -> None:
    """An address comes with what it is known by."""
    assert ("http://www.example.org/a", "https://example.org/a") == fields.named_address(
        Text(" http://www.example.org/a ")
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [("57", 57), ("57.0", 57), ("57.5", 58), (" +7. ", 7), ("0", 0), ("1000", 1000), ("1000.4", 1000)],
)
def test_number(written: str, expected: int) -> None:
    """A number is read, and rounded."""
    faults = Faults("a")
    assert expected == fields.number(Text(written), field="quality", low=0, high=1000, faults=faults)
    assert [] == problems(faults)


@pytest.mark.parametrize("written", ["-1", "1001", "1000.5", "nan", "inf", "1e2", "1_0", "٣", "high", "9" * 400])
def test_number_refused(written: str) -> None:
    """What is no number within its bounds counts as missing, with a warning."""
    faults = Faults("a")
    assert fields.number(Text(written, 2), field="quality", low=0, high=1000, faults=faults) is None
    assert [("warning", "not a number from 0 to 1000", 2)] == [problem[:3] for problem in problems(faults)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        *((word, True) for word in ("true", "Yes", "ON", "y", "1", " TRUE ")),
        *((word, False) for word in ("false", "No", "OFF", "n", "0")),
        *((word, None) for word in ("", "maybe", "2024-01-01", "2", "truefalse")),
    ],
)
def test_flag(written: str, expected: bool | None) -> None:
    """Yes and no are read in the words people use, and nothing else is."""
    assert expected is fields.flag(Text(written))


@pytest.mark.parametrize(("written", "expected"), [("en", "en"), ("no", "no"), ("pt-BR", "pt-BR"), ("de_AT", "de-AT")])
def test_language(written: str, expected: str) -> None:
    """A language tag is read."""
    faults = Faults("a")
    assert expected == fields.language(Text(written), field="lang", faults=faults)
    assert [] == problems(faults)


def test_language_refused() -> None:
    """What is no language tag is a warning."""
    faults = Faults("a")
    assert "" == fields.language(Text("English", 4), field="lang", faults=faults)
    assert [("warning", "not a language tag", 4, "English")] == problems(faults)


@pytest.mark.parametrize("written", ["example.org", "www.Example.org", "https://www.example.org/about", "EXAMPLE.org."])
def test_domain(written: str) -> None:
    """A domain is in lower case, without www."""
    faults = Faults("a")
    assert "example.org" == fields.domain(Text(written), field="domain", faults=faults)
    assert [] == problems(faults)


@pytest.mark.parametrize("written", ["Example News", "example", "javascript:x", "a." + "b" * 5000])
def test_domain_refused(written: str) -> None:
    """What is no domain is a warning."""
    faults = Faults("a")
    assert "" == fields.domain(Text(written, 9), field="domain", faults=faults)
    assert [("warning", "not a domain", 9)] == [problem[:3] for problem in problems(faults)]


def test_date() -> None:
    """A time without a zone is a note, a day without one is not; no date is what the caller makes of it."""
    faults = Faults("a")
    options = {"field": "d", "zone": UTC, "faults": faults, "severity": "error", "consequence": "Story skipped."}
    assert fields.date(Text("2024-01-31T12:00:00Z", 1), **options)  # type: ignore[arg-type]
    assert fields.date(Text("2024-01-31 12:00", 2), **options)  # type: ignore[arg-type]
    assert fields.date(Text("2021-13-40", 3), **options) is None  # type: ignore[arg-type]
    assert fields.date(Text("9999-12-31T23:00:00-10:00", 4), **options) is None  # type: ignore[arg-type]
    assert fields.date(Text("2024-01-31", 5), **options)  # type: ignore[arg-type]
    assert [
        ("note", "a time without its zone", 2, "2024-01-31 12:00"),
        ("error", "not a date", 3, "2021-13-40"),
        ("error", "outside the calendar", 4, "9999-12-31T23:00:00-10:00"),
    ] == problems(faults)
    assert "Story skipped. Write it as 2024-01-31T12:00:00Z." == faults.problems()[1].remedy


def test_listed() -> None:
    """A list on one line is split at its semicolons; repeats and holes vanish."""
    assert ("Ethics", "Govt - police") == fields.listed(" Ethics;;  Govt -  police ; ethics;")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2024/a-story.md", "a-story"),
        ("a.b.txt", "a.b"),
        ("a", "a"),
        ("x/.hidden", ".hidden"),
        ("e\u0301.md", "é"),
        ("caf\udce9.md", "caf?"),
    ],
)
def test_stem_of(path: str, expected: str) -> None:
    """A file's stem is the same on every file system."""
    assert expected == fields.stem_of(path)
