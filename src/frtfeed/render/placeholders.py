"""What a sender's facts say by way of example, and must not say to a list."""

import re

__all__ = ["placeholder_domain", "placeholder_postal"]

DOMAINS = ("example.org", "example.com", "example.net")  # RFC 2606 §3: nobody's
HOST = re.compile(r"^(?:[a-z]+:)?(?://)?(?:[^@/?]*@)?([^/?#:>]*)", re.IGNORECASE)
POSTAL = "1 example street, example town"  # as a new project's frtfeed.toml has it


def placeholder_domain(stated: str) -> bool:
    """Tell whether a mailbox, a list's name or an address of the web lies below a domain for examples."""
    host = HOST.match(stated.strip())[1].lower().rstrip(".")  # type: ignore[index]  # it matches any text
    return any(host == domain or host.endswith(f".{domain}") for domain in DOMAINS)


def placeholder_postal(stated: str) -> bool:
    """Tell whether a postal address is the one of a new project."""
    return "".join(POSTAL.split()) in "".join(stated.lower().split())
