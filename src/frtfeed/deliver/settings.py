"""
The [[source]] tables of frtfeed.toml, added, changed and removed with everything else left byte for byte.

Strategy: the text is cut at its headers, one table is changed, and the result is read as TOML:
unless exactly that one thing differs from before, nothing is written and the editor is told
(docs/design/sources.md says why no library does this).
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from frtfeed.errors import ConfigError, DeliveryError

__all__ = ["add_sources", "change_source", "edit_settings", "remove_source"]

HEADER = re.compile(r"^[ \t]*\[\[[ \t]*source[ \t]*\]\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
# The next header that does not belong to the source; its own tables are [source.include] and the like.
NEXT = re.compile(r"^[ \t]*\[(?!\[?[ \t]*source[ \t]*\.)", re.MULTILINE)
INNER = re.compile(r"^[ \t]*\[", re.MULTILINE)
ABOVE_NEXT = re.compile(r"(?:^[ \t]*(?:#[^\n]*)?\r?\n)*\Z", re.MULTILINE)  # comments there speak of what follows
NOT_IN_STRING = re.compile("[\x7f]")


def edit_settings(path: Path | None, edit: Callable[[str], str]) -> None:
    """
    Change the configuration file: written beside and renamed over.

    Args:
        edit: takes the file's text and returns it changed.

    Raises:
        ConfigError: there is none, or it cannot be read.
        DeliveryError: it cannot be written; what was there is whole.
    """
    if path is None:
        raise ConfigError("frtfeed.toml: no such file. Make a project with: frtfeed init, or name it with --config.")
    try:
        before = path.read_bytes().decode()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Check its permissions.") from error
    after = edit(before)
    real = path.resolve()  # a link to the file stays a link
    beside = real.with_name(f".{real.name}.part")
    try:
        with open(beside, "wb") as file:
            file.write(after.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(real.stat().st_mode)
        os.replace(beside, real)
    except OSError as error:
        with suppress(OSError):  # a file system that is read-only refuses that, too
            beside.unlink()
        raise DeliveryError(
            f"{path}: cannot be written: {error.strerror}. Nothing was changed: check the folder's permissions."
        ) from error


def add_sources(text: str, sources: list[dict[str, Any]]) -> str:
    """
    Add sources at the end of the file.

    Args:
        sources: the keys of their tables, with texts, lists of texts, booleans and numbers.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    blocks = [
        end.join(["[[source]]", *(f"{key} = {_value(value)}" for key, value in each.items())]) for each in sources
    ]
    start = text if not text or text.endswith("\n") else text + end
    added = start + "".join(f"{end if start or number else ''}{block}{end}" for number, block in enumerate(blocks))
    wanted = _read(text)
    wanted["source"] = [*wanted.get("source", []), *sources]
    return _verified(added, wanted)


def change_source(text: str, name: str, changes: Mapping[str, str | bool]) -> str:
    """
    Set keys of one source.

    Raises:
        ConfigError: the table is written in a way that needs a person.
    """
    number, wanted = _found(text, name)
    wanted["source"][number] |= changes
    start, end = _span(text, number)
    table = text[start:end]
    head_end = (
        found.start() if (found := INNER.search(table, table.index("\n") if "\n" in table else 0)) else len(table)
    )
    head, rest = table[:head_end], table[head_end:]
    for key, value in changes.items():
        head = _with_key(head, key, _value(value))
    return _verified(text[:start] + head + rest + text[end:], wanted)


def remove_source(text: str, name: str) -> str:
    """
    Take a source out; the comments above the next one stay.

    Raises:
        ConfigError: the table is written in a way that needs a person.
    """
    number, wanted = _found(text, name)
    del wanted["source"][number]
    if not wanted["source"]:
        del wanted["source"]
    start, end = _span(text, number)
    return _verified(text[:start] + text[end:], wanted)


def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text.replace("\r\n", "\n"))


def _found(text: str, name: str) -> tuple[int, dict[str, Any]]:
    """Return the place of a source among the tables, and all of the file's content."""
    content = _read(text)
    number = next((n for n, each in enumerate(content.get("source", [])) if each.get("name") == name), None)
    if number is None:
        raise ConfigError(f"{name}: no such source. See: frtfeed source list")
    return number, content


def _span(text: str, number: int) -> tuple[int, int]:
    """Return where a source's table begins and ends."""
    headers = list(HEADER.finditer(text))
    if number >= len(headers):
        raise _by_hand()
    start = headers[number].start()
    after = NEXT.search(text, headers[number].end())
    end = after.start() if after else len(text)
    if after:
        end = start + len(ABOVE_NEXT.sub("", text[start:end]))
    return start, end


def _with_key(head: str, key: str, value: str) -> str:
    """Set a key among the lines of a table; what stands behind its value stays."""
    line = re.compile(rf"""^([ \t]*{key}[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s#]+)""", re.MULTILINE)
    if line.search(head):
        return line.sub(lambda found: found[1] + value, head, count=1)
    end = "\r\n" if "\r\n" in head else "\n"
    kept = head.rstrip()
    return f"{kept}{end}{key} = {value}{head[len(kept) :] or end}"


def _value(value: object) -> str:
    """Write a value as TOML does: JSON's text, lists, numbers and booleans are TOML's too."""
    return NOT_IN_STRING.sub(lambda char: f"\\u{ord(char[0]):04x}", json.dumps(value, ensure_ascii=False))


def _verified(text: str, wanted: Mapping[str, Any]) -> str:
    """Return a text that means what it should."""
    try:
        means = _read(text)
    except tomllib.TOMLDecodeError:
        means = {}
    if means != wanted:
        raise _by_hand()
    return text


def _by_hand() -> ConfigError:
    return ConfigError(
        "frtfeed.toml: its [[source]] tables are written in a way that frtfeed does not change. "
        "Nothing was changed: please edit the file by hand."
    )
