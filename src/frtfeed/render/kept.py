"""What rendering learns that is dear to learn."""

from frtfeed.records import Struct, field
from frtfeed.render.fragments import Fragments
from frtfeed.render.inline import Styles
from frtfeed.render.templates import Compiled

__all__ = ["Kept"]


class Kept(Struct, frozen=True):
    """
    What tags of letters look like, templates as they are run, and what pages showed. What is learnt is added.

    shipped: the names of those templates that are as frtfeed brings them. Only of these it is known
        what their fragments hang on.
    """

    styles: Styles = field(default_factory=Styles)
    compiled: Compiled = field(default_factory=Compiled)
    fragments: Fragments = field(default_factory=Fragments)
    shipped: frozenset[str] = frozenset()
