"""Which project a command is about: known before its configuration is read."""

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CONFIG_NAME", "Asked", "asked_stamp", "find_config", "state_folder"]

CONFIG_NAME = "frtfeed.toml"
STATE_NAME = ".frtfeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line names. config: None for the defaults. seeds, out: instead of what that says."""

    config: Path | None = None
    seeds: Path | None = None
    out: Path | None = None


def find_config(*, named: Path | None, seeds: Path | None) -> Path | None:
    """
    Return the configuration file to read: the one named, else the one in the current folder,
    else the one beside the seeds folder, else None.
    """
    if named:
        return named
    beside = [Path(), *([seeds.absolute().parent] if seeds else [])]
    return next((folder / CONFIG_NAME for folder in beside if (folder / CONFIG_NAME).is_file()), None)


def state_folder(config: Path | None) -> Path:
    """Return the folder for what is remembered between runs, which need not be there."""
    return (config.parent if config else Path()) / STATE_NAME


def asked_stamp(asked: Asked) -> str:
    """Return what changes when other folders are meant, or the configuration says something else."""
    from hashlib import sha256  # brings OpenSSL, which help has no use for

    content = b""
    if asked.config:
        try:
            content = asked.config.read_bytes()
        except OSError:
            return ""  # whoever reads it will tell
    named = (os.getcwd(), asked.config, asked.seeds, asked.out)
    return sha256(repr([str(each) for each in named]).encode(errors="backslashreplace") + content).hexdigest()
