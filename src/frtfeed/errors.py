"""
What can fail outside of us: our user, the disk, a template, the network.

Bad input is a `Problem` (model.py), never an error; a fault of ours is left to crash.
"""

__all__ = ["ConfigError", "DeliveryError", "FetchError", "FrtfeedError", "StoreError", "TemplateError"]


class FrtfeedError(Exception):
    """
    Say what could not be done: the place, the fault, the value, the next step.

    The command line prints the message as it is and exits with status 2.
    """


class ConfigError(FrtfeedError):
    """frtfeed.toml or a command-line option cannot be used. Holds every mistake, a line each."""


class FetchError(FrtfeedError):
    """The seeds or the templates cannot be read."""


class DeliveryError(FrtfeedError):
    """The output cannot be written; what was there before is whole."""


class TemplateError(FrtfeedError):
    """A template does not render. Names the template's file and line."""


class StoreError(FrtfeedError):
    """What is remembered between runs cannot be read or written."""
