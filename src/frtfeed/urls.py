"""
What address a story has, and when two addresses are the same story.

Rule v1 (DESIGN: The words; docs/concepts.md). It never changes: every id that a
subscriber's reader has stored depends on it. The only home of idna.
"""

import re
from hashlib import sha1
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit, urlunsplit
from uuid import NAMESPACE_URL

__all__ = [
    "ORDINARY",
    "absolute_uri",
    "ascii_host",
    "behind_redirector",
    "canonical",
    "domain_of",
    "https",
    "is_web",
    "printed",
    "slug",
    "story_id",
]

# Part of rule v1: adding a key would change ids that readers have stored.
TRACKING_KEYS = frozenset("fbclid gclid msclkid ref ref_src cmp cmpid cid ocid ncid icid smid outputType".split())
TRACKING_PREFIXES = ("utm_", "mc_")
# Where a feed's or a search's link leads first, and the key of the query that holds the story's own.
REDIRECTORS = {
    "google.com/url": ("q", "url"),
    "bing.com/news/apiclick.aspx": ("url",),
    "facebook.com/l.php": ("u",),
    "l.facebook.com/l.php": ("u",),
    "out.reddit.com": ("url",),
    "news.yahoo.com/redirect": ("url",),
    "linkedin.com/redir/redirect": ("url",),
    "flipboard.com/redirect": ("url",),
}
REDIRECTING = frozenset(place.partition("/")[0] for place in REDIRECTORS)
HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")
AMP_CACHE = re.compile(r"^https?://[^/]+\.cdn\.ampproject\.org/[cv]/(s/)?", re.IGNORECASE)
URI_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:\S+$", re.IGNORECASE)
# What no host name holds (WHATWG URL Standard, forbidden domain code points); urlsplit lets them through.
NOT_IN_HOST = re.compile(r'[\s"<>\\^`{|}%]')
# An address as nearly all are: nothing in it to escape, to fold or to take off but its tracking keys. What
# urlsplit and quote would do to it is known, at a tenth of the cost. Addresses in an AMP cache are not among them.
ORDINARY = re.compile(
    r"https?://((?:[a-z0-9-]++\.)++[a-z]++)(?<!\.cdn\.ampproject\.org)"
    r"((?:/[A-Za-z0-9/%:@!$&'()*+,;=~._-]*+)?+)(?:\?([A-Za-z0-9/%:@!$&'()*+,;=~._?-]++))?+"
)
NAMESPACE = NAMESPACE_URL.bytes
MAX_SLUG_BYTES = 80  # a file name holds 255 bytes; links that people can read aloud hold fewer


def canonical(url: str) -> str:
    """
    Reduce an address to the one form that all its variants share.

    The AMP cache is unwrapped; https; host in lower case without port and without
    leading www., m., mobile., amp.; path without /amp segments and trailing slash;
    no fragment; query pairs sorted, without tracking keys. Applying it twice changes nothing.

    Returns: "" when url is not an http or https address with a host.
    """
    if ordinary := ORDINARY.fullmatch(url):
        return _canonical(*ordinary.groups(""))
    url = url.strip()
    while unwrapped := AMP_CACHE.match(url):
        url = ("https://" if unwrapped[1] else "http://") + url[unwrapped.end() :]
    if ordinary := ORDINARY.fullmatch(url):  # without spaces around it, or unwrapped
        return _canonical(*ordinary.groups(""))
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        parts.port  # noqa: B018  raises where it is not a number
    except ValueError:  # a bracketed host that is no IPv6 address
        return ""
    if parts.scheme not in ("http", "https") or not host or NOT_IN_HOST.search(host) or re.search(r"\s", url):
        return ""
    return _canonical(f"[{host}]" if ":" in host else host, parts.path, parts.query)


def is_web(url: str) -> bool:
    """Tell whether an address is an http or https address with a host: whether canonical() gives anything."""
    return bool(ORDINARY.fullmatch(url) or canonical(url))


def behind_redirector(url: str) -> str:
    """
    Return the address that a redirector carries in its query; "" when url is none.

    It names the same story; identity stays with rule v1, which never changes.
    """
    if "?" not in url or domain_of(url) not in REDIRECTING:  # most addresses carry nothing
        return ""
    parts = _split(url)
    place = f"{_bare((parts.hostname or '').rstrip('.'))}{parts.path.rstrip('/')}"
    keys = next((keys for prefix, keys in REDIRECTORS.items() if f"{place}/".startswith(f"{prefix}/")), ())
    carried = dict(parse_qsl(parts.query)) if keys else {}
    return next((carried[key] for key in keys if canonical(carried.get(key, ""))), "")


def printed(url: str) -> str:
    """Return the address as people get to see and click it: without its tracking keys, nobody's password in it."""
    if ordinary := ORDINARY.fullmatch(url):
        if not ordinary[3]:
            return url
        query = "&".join(_telling_pairs(ordinary[3]))
        return url[: ordinary.start(3) - 1] + (query and f"?{query}")
    parts = _split(url)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote("&".join(_telling_pairs(parts.query)), safe="/%:@!$&'()*+,;=~-._?")
    fragment = quote(parts.fragment, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme.lower(), parts.netloc.rpartition("@")[2], path, query, fragment))


def https(url: str) -> bool:
    """Tell whether an address is one a mail may show a picture from."""
    return url.startswith("https://")


def domain_of(url: str) -> str:
    """Return the host of an address without www. and its like: "theguardian.com"; "" when there is none."""
    if ordinary := ORDINARY.fullmatch(url):
        return _bare(ordinary[1])
    return urlsplit(canonical(url)).hostname or ""


def story_id(identity: str) -> str:
    """Return the id that a canonical URL or a file's stem gives: `urn:uuid:` and a UUIDv5 (RFC 9562 §5.5)."""
    hashed = sha1(NAMESPACE + identity.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(hashed[16], 16) % 4]
    return f"urn:uuid:{hashed[:8]}-{hashed[8:12]}-5{hashed[13:16]}-{variant}{hashed[17:20]}-{hashed[20:32]}"


def absolute_uri(text: str) -> bool:
    """Tell whether a text may serve as an atom:id as it stands (RFC 4287 §4.2.6)."""
    return bool(URI_SCHEME.match(text)) and not text.lower().startswith(("javascript:", "data:"))


def slug(text: str) -> str:
    """
    Return a name for a folder: lower case letters and digits of any script, joined by "-".

    At most 80 bytes, cut between words where it can be; "" when nothing is left.
    """
    words = re.sub(r"[\W_]+", "-", text.replace("'", "").replace("’", "").lower()).strip("-")
    if len(words.encode()) <= MAX_SLUG_BYTES:
        return words
    cut = words.encode()[:MAX_SLUG_BYTES].decode(errors="ignore")
    return cut.rpartition("-")[0] or cut


def _split(url: str) -> SplitResult:
    """Take apart an address that has a canonical form; that form where an AMP cache's own host is none."""
    try:
        return urlsplit(url.strip())
    except ValueError:
        return urlsplit(canonical(url))


def _canonical(host: str, path: str, query: str) -> str:
    """Put an address together in its canonical form."""
    if "/amp" in path:
        path = "/".join([part for part in path.split("/") if part != "amp"])
    pairs = "&".join(sorted(_telling_pairs(query))) if query else ""
    return f"https://{_bare(host)}{path.rstrip('/')}{pairs and f'?{pairs}'}"


def _bare(host: str) -> str:
    """Strip the leading labels that say how a page is shown, as long as a name is left: amp.dev stays."""
    while host.startswith(HOST_PREFIXES) and "." in (rest := host.partition(".")[2]):
        host = rest
    return host


def _telling_pairs(query: str) -> list[str]:
    """Return the pairs of a query that say which page is meant, in their order and spelling."""
    pairs = []
    for pair in query.split("&"):
        key = pair.partition("=")[0]
        if pair and key not in TRACKING_KEYS and not key.startswith(TRACKING_PREFIXES):
            pairs.append(pair)
    return pairs


def ascii_host(host: str) -> str:
    """
    Return a host's name as the name service knows it (IDNA 2008, UTS 46): "bücher.example" is xn--bcher-kva.example.

    A name that the standard refuses, such as one with an emoji, stays: browsers find it all the same.
    """
    if host.isascii():
        return host
    import idna  # few addresses need it

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host
