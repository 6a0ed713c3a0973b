"""What rendering learns that is dear to learn and true as long as the program and its packages stay."""

from dataclasses import dataclass, field

from frtfeed.render.inline import Styles
from frtfeed.render.templates import Compiled

__all__ = ["Kept"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What tags of letters look like, and templates as they are run. What is learnt is added to both."""

    styles: Styles = field(default_factory=Styles)
    compiled: Compiled = field(default_factory=Compiled)
