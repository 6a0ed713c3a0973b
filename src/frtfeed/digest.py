"""What `frtfeed digest` does: find an edition, write its letter and message, take pictures of them."""

import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from frtfeed.config import Config
from frtfeed.errors import ConfigError, DeliveryError
from frtfeed.fetch.folder import read_templates
from frtfeed.fetch.listing import project_files
from frtfeed.model import Edition
from frtfeed.records import Struct
from frtfeed.render.letter import write_letter
from frtfeed.render.message import Letter, addressed, write_message
from frtfeed.render.views import View, views

__all__ = ["Written", "edition_facts", "find_browser", "find_edition", "photograph", "write_edition", "write_views"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_TIMEOUT_S = 60  # a first start on a slow machine takes ten
MAX_HEIGHT_PX = 16_000  # Chromium draws no higher picture


class Written(Struct, frozen=True, kw_only=True):
    """An edition's letter, as everybody may see it, and its message."""

    letter: Letter
    message: bytes


def find_edition(key: str, *, editions: Iterable[Edition]) -> Edition:
    """
    Return the edition of that key; without one the newest that is closed, else the newest.

    Raises:
        ConfigError: there is no such edition, or none at all.
    """
    found = tuple(editions)
    if not found:
        raise ConfigError("digest: there is no edition: no story has been published yet. See: frtfeed check")
    if not key:
        return next((edition for edition in found if not edition.draft), found[0])
    wanted = key.strip("/").rpartition("/")[2].casefold()  # "2024-w08", "digest/2024-W08/" as a shell completes it
    for edition in found:
        if edition.key.casefold() == wanted:
            return edition
    known = ", ".join(edition.key for edition in found[:5])
    raise ConfigError(f"digest: no edition: {key!r}. The newest: {known}. For all of them: frtfeed digest list")


def edition_facts(edition: Edition) -> dict[str, object]:
    """Return what `digest list --json` says of an edition."""
    return {
        "key": edition.key,
        "period": edition.period,
        "title": edition.title,
        "start": edition.start.isoformat(),
        "end": edition.end.isoformat(),
        "draft": edition.draft,
        "leads": len(edition.groups),
        "path": edition.path,
    }


def write_edition(edition: Edition, *, config: Config) -> Written:
    """
    Write an edition's letter and message, as `frtfeed build` does.

    Raises:
        TemplateError: a template does not render.
        FetchError: a template cannot be read.
    """
    templates = read_templates(project_files() / "templates", config.templates)
    letter = write_letter(edition, site=config.site, templates=templates)
    message = write_message(letter, edition=edition, site=config.site)
    return Written(letter=addressed(letter, site=config.site), message=message)


def write_views(letter: Letter, *, folder: Path) -> dict[str, Path]:
    """
    Write each view of a letter as a file that a browser opens: 375-light.html.

    Returns: the files, by the name of the view.

    Raises:
        DeliveryError: the folder cannot be written.
    """
    files = {view.name: folder / f"{view.name}.html" for view in views(letter.html)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for view in views(letter.html):
            files[view.name].write_text(view.html, encoding="utf-8")
    except OSError as error:
        raise DeliveryError(f"{folder}: cannot be written: {error.strerror}. Name another with --to.") from error
    return files


def find_browser(*, path: str | None = None) -> str:
    """
    Return a Chromium.

    Args:
        path: where to look instead of PATH.

    Raises:
        ConfigError: there is none.
    """
    for name in BROWSERS:
        if found := shutil.which(name, path=path):
            return found
    raise ConfigError(
        f"digest preview: no browser on PATH: {', '.join(BROWSERS)}. "
        "The views are written; open them by hand, or install Chromium."
    )


def photograph(files: Mapping[str, Path], *, letter: Letter, browser: str, online: bool = False) -> list[Path]:
    """
    Take a picture of each view, beside its file.

    Args:
        files: by the name of the view, as write_views returns them.
        online: let the browser ask publishers for their pictures; else it reaches nothing.

    Raises:
        DeliveryError: the browser fails.
    """
    shown = views(letter.html)
    heights = _heights(shown, browser=browser, online=online)
    pictures = []
    for view, height in zip(shown, heights, strict=True):
        picture = files[view.name].with_suffix(".png")
        _browse(
            browser,
            f"--screenshot={picture.absolute()}",
            f"--window-size={view.width},{height}",
            files[view.name].absolute().as_uri(),
            online=online,
        )
        if not picture.is_file():
            raise DeliveryError(f"{picture}: the browser wrote no picture. Open {files[view.name]} by hand.")
        pictures.append(picture)
    return pictures


# Strategy: a picture is as high as the window, and the height of a letter is known to a browser only.
# One page with a frame for each view measures them all in one run.
def _heights(shown: Sequence[View], *, browser: str, online: bool) -> list[int]:
    """Return how high each view is at its width, in CSS pixels."""
    frames = "".join(
        f'<iframe width="{view.width}" height="100" style="border:0" srcdoc="{html.escape(view.html)}"></iframe>'
        for view in shown
    )
    measure = (
        "onload = () => { for (const frame of document.querySelectorAll('iframe')) "
        "frame.setAttribute('data-height', frame.contentDocument.documentElement.scrollHeight) }"
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "heights.html"
        page.write_text(f"<!DOCTYPE html><meta charset=utf-8><script>{measure}</script>{frames}", encoding="utf-8")
        dumped = _browse(browser, "--dump-dom", page.as_uri(), online=online)
    heights = [int(height) for height in re.findall(r'data-height="(\d+)"', dumped)]
    if len(heights) != len(shown):
        raise DeliveryError(f"{browser}: does not say how high the views are. Open them by hand.")
    return [min(max(height, 1), MAX_HEIGHT_PX) for height in heights]


def _browse(browser: str, *words: str, online: bool) -> str:
    """Run a browser without a window and return what it prints."""
    # Chromium has no sandbox for root, which is who one is in most containers, and does not start with it.
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    network = [] if online else ["--host-resolver-rules=MAP * ~NOTFOUND"]
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            *sandbox,
            *network,
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            *words,
        ]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=BROWSER_TIMEOUT_S, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DeliveryError(f"{browser}: does not answer: {error}. Open the views by hand.") from error
    if ran.returncode:
        lines = ran.stderr.strip().splitlines() or [f"status {ran.returncode}"]
        raise DeliveryError(f"{browser}: failed: {lines[-1]}. Open the views by hand.")
    return ran.stdout
