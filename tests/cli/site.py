"""A web site with feeds on loopback, and a project that may ask it."""

from pathlib import Path

from click.testing import CliRunner, Result

from frtfeed.cli import main
from tests.fetch.server import Answer, Site

NOW = "2024-03-13T00:00:00Z"
LATER = "2024-03-14T00:00:00Z"


def ask(*words: object, keys: str = "") -> Result:
    """Run a command; keys are its standard input."""
    return CliRunner().invoke(main, [str(word) for word in words], input=keys, catch_exceptions=False)


def entry(number: int, title: str, summary: str = "Travellers were not told.") -> str:
    return (
        f"<entry><id>urn:{number}</id><title>{title}</title><link href='https://watch.example/{number}'/>"
        f"<updated>2024-03-12T10:0{number}:00Z</updated><summary>{summary}</summary></entry>"
    )


def atom(*entries: str, title: str = "The Watch") -> Answer:
    """Answer with an Atom feed."""
    body = (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title><id>urn:x</id>'
        f"<link href='https://watch.example/'/><updated>2024-03-12T10:00:00Z</updated>{''.join(entries)}</feed>"
    )
    return Answer(body=body.encode(), headers={"Content-Type": "application/atom+xml"})


def page(*links: str, body: str = "") -> Answer:
    """Answer with a web page that names feeds: paths."""
    head = "".join(
        f'<link rel="alternate" type="application/atom+xml" title="{link[1:]}" href="{link}">' for link in links
    )
    return Answer(
        body=f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(),
        headers={"Content-Type": "text/html"},
    )


def project(folder: Path, site: Site, text: str = "") -> Path:
    """Write a configuration that may ask a site on loopback; return its path."""
    path = folder / "frtfeed.toml"
    head = f'[site]\nurl = "https://site.example/"\n\n[fetch]\nallow = ["{site.place}"]\ngap_s = 0.0\n'
    path.write_text(f"{head}\n{text}", encoding="utf-8")
    (folder / "seeds").mkdir(exist_ok=True)
    return path


def source(name: str, url: str, *lines: str) -> str:
    return "\n".join(["[[source]]", f'name = "{name}"', f'url = "{url}"', *lines, "", ""])


def inbox(folder: Path) -> dict[str, str]:
    """Return the files in the inbox with their texts, by name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "seeds/inbox").glob("*"))}
