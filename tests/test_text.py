"""Tests of src/frtfeed/text.py."""

import re

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed import text

NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"plain", ("plain", ""), id="ascii"),
        pytest.param("‘spy’".encode(), ("‘spy’", ""), id="utf-8"),
        pytest.param(b"\xef\xbb\xbfa", ("a", ""), id="utf-8 with a mark"),
        pytest.param(b"a\r\nb\rc\n", ("a\nb\nc\n", ""), id="line ends"),
        pytest.param("a\r\né".encode("utf-16"), ("a\né", "utf-16-le"), id="utf-16"),
        pytest.param(b"\xfe\xff" + "é".encode("utf-16-be"), ("é", "utf-16-be"), id="utf-16 big-endian"),
        pytest.param("é".encode("utf-32"), ("é", "utf-32-le"), id="utf-32"),
        pytest.param(b"\x00\x00\xfe\xff" + "é".encode("utf-32-be"), ("é", "utf-32-be"), id="utf-32 big-endian"),
        pytest.param("ab".encode("utf-16")[:-1], ("a\ufffd", "utf-16-le"), id="utf-16 cut off"),
        pytest.param(b"caf\xe9 \x96", ("café –", "cp1252"), id="cp1252"),
        pytest.param(b"\xe9\x81", ("é\ufffd", "cp1252"), id="a hole of cp1252"),
        pytest.param(b"", ("", ""), id="empty"),
    ],
)
def test_decode(content: bytes, expected: tuple[str, str]) -> None:
    """Every file that is text is read, and the encoding is named when it is not UTF-8."""
    assert expected == text.decode(content)


@pytest.mark.parametrize("content", [b"\x00", b"GIF89a\x00\x01", b"\xef\xbb\xbfa\x00"], ids=repr)
def test_decode_binary(content: bytes) -> None:
    """A file with NUL bytes is no text."""
    with pytest.raises(ValueError, match="not a text file"):
        text.decode(content)


@pytest.mark.parametrize(
    ("damaged", "expected"),
    [
        pytest.param("workersâ€™ attendance", ("workers’ attendance", "wrong decoding undone"), id="cp1252"),
        pytest.param("Report ๐Ÿ”ฅ", ("Report 🔥", "Thai code page undone"), id="windows-874"),
        pytest.param("set up.ย\u00a0", ("set up.\u00a0", "Thai code page undone"), id="windows-874 no-break space"),
        pytest.param(
            "Improve ๐Ÿ’ page", ("Improve  page", "damaged Thai code page text dropped"), id="a run that lost a byte"
        ),
        pytest.param("a\x07b", ("ab", "control characters removed"), id="control in ascii"),
        pytest.param("é\x07\u202eb", ("éb", "control characters removed"), id="control and direction"),
        pytest.param("e\u0301", ("é", ""), id="NFC"),
    ],
)
def test_repair(damaged: str, expected: tuple[str, str]) -> None:
    """Damage by a wrong decoding is undone, and said."""
    assert expected == text.repair(damaged)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param("plain", id="ascii"),
        pytest.param("‘spy’ company – “quoted”", id="quotes stay curly"),
        pytest.param("ความเป็นส่วนตัวของเรา โดย", id="Thai"),
        pytest.param("Renée, Müller, 日本の空港", id="accents and Japanese"),
        pytest.param("a\tb\nc", id="tab and line end"),
        pytest.param("🔥 emoji", id="emoji"),
    ],
)
def test_repair_leaves(whole: str) -> None:
    """What is right already stays, and nothing is said."""
    assert (whole, "") == text.repair(whole)


@given(st.text())
def test_repair_removes_what_xml_forbids(anything: str) -> None:
    """No repaired text holds a character that XML forbids or that turns the text after it around."""
    repaired, _ = text.repair(anything)
    assert not NOT_PRINTABLE.search(repaired)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(repaired)


@given(st.binary())
def test_decode_anything(content: bytes) -> None:
    """Any bytes are text or say that they are not; no text has a carriage return."""
    try:
        decoded, _ = text.decode(content)
    except ValueError:
        return
    assert "\r" not in decoded


def test_one_line() -> None:
    """White space of any kind becomes one space."""
    assert "a b c" == text.one_line("  a\u00a0\n\tb\u2028c ")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(40, "Serco, told to stop: scanning faces", id="it fits"),
        pytest.param(35, "Serco, told to stop: scanning faces", id="it just fits"),
        pytest.param(34, "Serco, told to stop: scanning…", id="between words"),
        pytest.param(25, "Serco, told to stop…", id="without the colon"),
        pytest.param(13, "Serco, told…", id="a word ends at the limit"),
        pytest.param(4, "Ser…", id="inside the only word"),
    ],
)
def test_excerpt(limit: int, expected: str) -> None:
    """A text is cut between words where it can be, and shows that something went."""
    assert expected == text.excerpt("Serco,  told to stop: scanning faces", limit=limit)


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_excerpt_keeps_its_limit(anything: str, limit: int) -> None:
    """An excerpt is never longer than asked for."""
    assert len(text.excerpt(anything, limit=limit)) <= limit


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Facial-Recognition", "facial recognition", id="case and hyphen"),
        pytest.param("Workers’", "workers'", id="apostrophe"),
        pytest.param("ﬁngerprint", "fingerprint", id="ligature"),
        pytest.param("STRASSE", text.fold("straße"), id="sharp s"),
    ],
)
def test_fold(written: str, expected: str) -> None:
    """Texts that people take for the same fold to the same."""
    assert expected == text.fold(written)


def test_words() -> None:
    """Words are compared without case, hyphens and possessives."""
    assert ["king", "cross", "uses", "face", "recognition", "2019"] == text.words(
        "King’s Cross uses Face-Recognition, 2019!"
    )


@given(st.text("aZ .,'’‘“”–—…éãÃÂâ€™œŒžš£§±²°\u00a0\u00ad\x85\x9dวโ๐Ÿย๏ธ日Ж"))
def test_ftfy_is_asked_wherever_it_sees_damage(written: str) -> None:
    """A text that is not looked at closely is one that a close look leaves as it is."""
    if not text.SUSPECT.search(written):
        assert (written, False) == text._repair_thai(written)
        assert written == ftfy.fix_encoding(written)


@given(st.text(st.characters(max_codepoint=127)))
def test_folded_ascii(written: str) -> None:
    """ASCII folds as any text does: a letter beyond it, added and taken away, changes nothing."""
    assert text.fold(f"{written}é").removesuffix("é") == text.fold(written)
    assert text.one_line(f"{written}\n") == text.one_line(written)


@pytest.mark.parametrize(
    ("whole", "limit", "expected"),
    [
        pytest.param("abc👩‍👩‍👧def", 6, "abc…", id="a family"),
        pytest.param("abc👍🏽def", 5, "abc…", id="a skin tone"),
        pytest.param("abce\u0301def", 5, "abc…", id="a letter and its accent"),
        pytest.param("abc🇩🇪def", 5, "abc…", id="a flag"),
        pytest.param("abcdef", 5, "abcd…", id="plain letters"),
        pytest.param("👩‍👩‍👧👩‍👩‍👧", 3, "…", id="nothing is left"),
    ],
)
def test_a_cut_leaves_what_is_drawn_as_one_whole(whole: str, limit: int, expected: str) -> None:
    """No emoji, letter or flag is cut in two."""
    assert expected == text.excerpt(whole, limit=limit)
