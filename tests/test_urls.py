"""Tests of src/frtfeed/urls.py. Rule v1 never changes: an expected value here must never be edited."""

from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frtfeed import urls

CANONICAL = "https://example.org/a/b"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://example.org/a/b", id="as it is"),
        pytest.param("  http://example.org/a/b/ ", id="http, slash, spaces"),
        pytest.param("HTTPS://WWW.Example.ORG/a/b", id="upper case"),
        pytest.param("https://example.org:8443/a/b", id="port"),
        pytest.param("https://example.org./a/b", id="root dot"),
        pytest.param("https://user:secret@example.org/a/b", id="password"),
        pytest.param("https://www.m.example.org/a/b", id="two prefixes"),
        pytest.param("https://mobile.example.org/a/b", id="mobile"),
        pytest.param("https://amp.example.org/a/b", id="amp host"),
        pytest.param("https://example.org/amp/a/b/amp/", id="amp segments"),
        pytest.param("https://example.org/a/b#part", id="fragment"),
        pytest.param(
            "https://example.org/a/b?utm_source=x&mc_cid=1&fbclid=2&ref=biztoc.com&outputType=amp", id="tracking"
        ),
        pytest.param("https://example-org.cdn.ampproject.org/c/s/example.org/a/b", id="AMP cache"),
        pytest.param("https://example-org.cdn.ampproject.org/v/s/amp.example.org/a/b", id="AMP viewer"),
        pytest.param("https://example-org.cdn.ampproject.org/c/example.org/a/b", id="AMP cache of http"),
    ],
)
def test_canonical(url: str) -> None:
    """All variants of an address are the same story."""
    assert CANONICAL == urls.canonical(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://example.org/?b=2&a=1", "https://example.org?a=1&b=2", id="pairs sorted"),
        pytest.param(
            "https://example.org/a?id=1&&refs=2", "https://example.org/a?id=1&refs=2", id="telling pairs stay"
        ),
        pytest.param("https://amp.dev/about", "https://amp.dev/about", id="a name is left"),
        pytest.param("https://news.sky.com/story", "https://news.sky.com/story", id="other hosts stay apart"),
        pytest.param("https://example.org/A/b", "https://example.org/A/b", id="a path keeps its case"),
        pytest.param("https://example.org/amplify", "https://example.org/amplify", id="only whole segments"),
        pytest.param("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a", id="IPv6"),
    ],
)
def test_canonical_keeps(url: str, expected: str) -> None:
    """What says which page is meant stays."""
    assert expected == urls.canonical(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.org",
        "ftp://example.org/a",
        "//example.org/a",
        "/a/b",
        "example.org/a",
        "https://",
        "https:///a",
        "https://[bad/a",
        "https://exa mple.org/",
        "https://example.org/a b",
        'https://exa"mple.org/',
        "https://exa<mple.org/",
        "https://example.org:abc/",
        "https://example.org:99999/",
    ],
)
def test_canonical_refuses(url: str) -> None:
    """What is not an http or https address with a host has no canonical form."""
    assert "" == urls.canonical(url)
    assert not urls.is_web(url)


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="abw.m-/?#=&:@[]%amp").map("https://{}".format),
        st.lists(
            st.sampled_from(
                ["www.", "m.", "amp.", "a", "b.c", "/", "amp", "?utm_x=1", "#", "x.cdn.ampproject.org/c/s/"]
            )
        ).map(lambda parts: "https://" + "".join(parts)),
    )
)
def test_canonical_is_final(url: str) -> None:
    """Applying the rule twice changes nothing, and no text makes it fail."""
    once = urls.canonical(url)
    assert once == urls.canonical(once)


def test_canonical_long_host() -> None:
    """A host of a thousand prefixes is only long."""
    assert "https://example.org" == urls.canonical(f"https://{'www.' * 5000}example.org/")


BEHIND = "https%3A%2F%2Fwww.example.org%2Fa%3Fid%3D7"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.google.com/url?rct=j&url={BEHIND}&ct=ga",
        f"http://google.com/url?q={BEHIND}",
        f"https://www.google.com/url?q=search+words&url={BEHIND}",
        f" https://www.bing.com/news/apiclick.aspx?ref=FexRss&url={BEHIND} ",
        f"https://l.facebook.com/l.php?u={BEHIND}&h=x",
        f"https://www.facebook.com/l.php?u={BEHIND}",
        f"https://out.reddit.com/t3_abc?token=x&url={BEHIND}",
        f"https://news.yahoo.com/redirect?url={BEHIND}",
        f"https://www.linkedin.com/redir/redirect/?url={BEHIND}",
        f"https://flipboard.com/redirect?url={BEHIND}",
    ],
)
def test_behind_redirector(url: str) -> None:
    """What a search's or a network's link leads to is known without following it; its own identity stays."""
    assert "https://www.example.org/a?id=7" == urls.behind_redirector(url)
    assert not urls.canonical(url).startswith("https://example.org")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("https://example.org/a", id="a plain address"),
        pytest.param(f"https://example.org/url?q={BEHIND}", id="another host"),
        pytest.param(f"https://google.com/urls?q={BEHIND}", id="another path"),
        pytest.param(f"https://out.reddit.com.example.org/?url={BEHIND}", id="a host that begins like one"),
        pytest.param(f"https://google.com/url?other={BEHIND}", id="another key"),
        pytest.param("https://google.com/url?q=javascript:alert(1)", id="no address behind"),
        pytest.param("https://google.com/url?q=words", id="words"),
        pytest.param(f"https://[bad/url?q={BEHIND}", id="no address itself"),
        pytest.param(f"https://a℀.cdn.ampproject.org/c/s/b.org/x?q={BEHIND}", id="a cache on no host"),
    ],
)
def test_no_redirector(url: str) -> None:
    """Any other address carries none."""
    assert "" == urls.behind_redirector(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://www.example.org/a?ref=biztoc.com&id=7#part",
            "https://www.example.org/a?id=7#part",
            id="tracking goes",
        ),
        pytest.param(" HTTP://example.org/a/ ", "http://example.org/a/", id="the rest stays"),
        pytest.param('https://example.org/"<b>é%C3', "https://example.org/%22%3Cb%3E%C3%A9%C3", id="unsafe is quoted"),
        pytest.param("https://user:secret@example.org/", "https://example.org/", id="no password"),
        pytest.param("https://[a.cdn.ampproject.org/c/s/b.org/x?y=1", "https://b.org/x?y=1", id="a cache on no host"),
    ],
)
def test_printed(url: str, expected: str) -> None:
    """The link that people click has no tracking keys and nothing unsafe."""
    assert expected == urls.printed(url)


def test_https() -> None:
    """Mail shows pictures by https only."""
    assert [True, False] == [urls.https("https://example.org/a.png"), urls.https("http://example.org/a.png")]


def test_domain_of() -> None:
    """A publisher is known by its domain."""
    assert ["theguardian.com", ""] == [urls.domain_of("https://amp.theguardian.com/x"), urls.domain_of("nothing")]


def test_story_id() -> None:
    """An id once given is given for ever."""
    assert "urn:uuid:9eedb2d1-1963-5009-9b78-cbb084234429" == urls.story_id(
        "https://ibblaw.co.uk/insights/ico-serco-frt-staff"
    )


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("urn:uuid:9eedb2d1-1963-5009-9b78-cbb084234429", True),
        ("tag:example.org,2024:1", True),
        ("https://example.org/1", True),
        ("1234", False),
        ("a b:c", False),
        ("javascript:alert(1)", False),
        ("DATA:x", False),
        ("", False),
    ],
)
def test_absolute_uri(uri: str, expected: bool) -> None:
    """Only an absolute URI that runs nothing may be an atom:id."""
    assert expected == urls.absolute_uri(uri)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("King's Cross: “live” faces", "kings-cross-live-faces", id="words"),
        pytest.param("a _ b__c", "a-b-c", id="underscores"),
        pytest.param("Détroit 日本", "détroit-日本", id="other scripts"),
        pytest.param("../../etc/passwd", "etc-passwd", id="no way up"),
        pytest.param("🔥", "", id="nothing left"),
        pytest.param("word " * 30, "-".join(["word"] * 16), id="cut between words"),
        pytest.param("x" * 100, "x" * 80, id="one long word"),
        pytest.param("日" * 40, "日" * 26, id="cut between characters"),
    ],
)
def test_slug(written: str, expected: str) -> None:
    """A slug is a name for a folder, at most 80 bytes."""
    assert expected == urls.slug(written)


ORDINARY_URLS = st.builds(
    lambda scheme, host, path, query: f"{scheme}://{host}{path}{query}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(["example.org", "www.m.example.org", "amp.dev", "www.org", "m.x-y.co.uk", "a.cdn.ampproject.org"]),
    st.lists(
        st.sampled_from(["/", "/amp", "/c/s/x.org", "/a%20b", "/it's", "/x;y=1", "/ampere"])
        | st.text("az.~=@:$", max_size=4).map(lambda name: f"/{name}"),
        max_size=4,
    ).map("".join),
    st.sampled_from(["", "?", "?b=2&a=1", "?utm_source=x", "?utm_source=x&q=a?b", "?&&", "?ref=x&ref=y&z"]),
)


@given(ORDINARY_URLS)
def test_ordinary_addresses_are_none_apart(url: str) -> None:
    """An address that is read quickly means what it means to the full reading, which a "#" at its end asks for."""
    assert urls.canonical(f"{url}#") == urls.canonical(url)
    assert urls.domain_of(f"{url}#") == urls.domain_of(url)
    assert urls.printed(f"{url}#") == urls.printed(url)
    assert urls.is_web(url) == bool(urls.canonical(url))


@given(st.text(st.characters(codec="utf-8")))
def test_story_ids_are_version_5(identity: str) -> None:
    """An id is the UUIDv5 that Python's own library gives."""
    assert f"urn:uuid:{uuid5(NAMESPACE_URL, identity)}" == urls.story_id(identity)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.org", "example.org"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="an umlaut"),
        pytest.param("straße.de", "xn--strae-oqa.de", id="sharp s: another host than strasse.de"),
        pytest.param("BÜCHER.example", "xn--bcher-kva.example", id="capitals"),
        pytest.param("☕.example", "☕.example", id="refused"),
        pytest.param("", "", id="none"),
    ],
)
def test_a_host_in_the_name_services_words(host: str, expected: str) -> None:
    """A host name in any script is written as the name service knows it."""
    assert expected == urls.ascii_host(host)
