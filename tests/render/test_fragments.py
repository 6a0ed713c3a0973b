"""What is written once, and joined into many pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.briefs import Groups, briefs_of
from frtfeed.model import Group, Page, Publication
from frtfeed.render import RENDERERS
from frtfeed.render.fragments import AT_HAND, Fragments, Place, fragment_key
from frtfeed.render.kept import Kept
from tests.render.changes import changes
from tests.render.human import TEMPLATES
from tests.render.samples import GROUPS, POLICE, edition, feed, publication

SAMPLE = publication()
CHANGES = changes(SAMPLE)
FIRST, SECOND, THIRD = (fragment_key("a", mark) for mark in "123")


class Press:
    """Makes pages, and cuts them as a later build does."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.places: dict[str, tuple[Place, ...]] = {}

    def make(self, told: Publication, *, afresh: bool = False) -> dict[str, bytes]:
        """Return the pages of all formats, by path; afresh: nothing of what was made before is used."""
        fragments = Fragments() if afresh else Fragments(self.recall)
        kept = Kept(fragments=fragments)
        jobs = [job for plan in RENDERERS.values() for job in plan(told, templates=TEMPLATES, kept=kept)]
        made = [page for job in jobs for page in job.make()]
        self.places = {page.path: fragments.places(page) for page in made}
        self.pages = {page.path: page for page in made}
        return {page.path: page.content for page in made}

    def recall(self, path: str) -> Mapping[bytes, bytes]:
        """Return the fragments of a page that was made."""
        places = self.places.get(path, ())
        return {each.key: self.pages[path].content[each.start : each.start + each.length] for each in places}


@pytest.mark.slow
@settings(max_examples=12)
@given(st.sampled_from(CHANGES), st.sampled_from(CHANGES))
def test_pages_that_are_joined_are_those_that_are_made_from_nothing(
    one: tuple[str, Publication], other: tuple[str, Publication]
) -> None:
    """Whatever differs from the build before: not a byte hangs on what is known of it."""
    press = Press()
    press.make(one[1])
    assert press.make(other[1]) == Press().make(other[1], afresh=True), (one[0], other[0])


def unfetched(groups: Sequence[Group], *, but: Sequence[Group] = ()) -> Groups:
    """Return groups of which only some can be fetched."""
    held = {each.id: each for each in but}
    return Groups(briefs_of(groups), lambda brief: held[brief.id])


def remade(press: Press, told: Publication, path: str) -> bytes:
    """Return one page, made of what is known of it and of what is new."""
    kept = Kept(fragments=Fragments(press.recall))
    jobs = (job for plan in RENDERERS.values() for job in plan(told, templates=TEMPLATES, kept=kept))
    (job,) = (job for job in jobs if path in job.paths)
    return next(page.content for page in job.make() if page.path == path)


@pytest.mark.parametrize("path", ["atom.xml", "rss.xml", "feed.json", "assets/search/2024-1.js"])
def test_a_group_whose_fragments_are_known_is_not_fetched(path: str) -> None:
    """Of many groups on a page one is new: it alone is asked for."""
    alone: dict[str, object] = {"topics": (), "bands": (), "editions": (), "dossiers": ()}
    whole, press = feed(), Press()
    press.make(publication(feed=feed(GROUPS[1:]), **alone))
    told = publication(feed=replace(whole, groups=unfetched(GROUPS, but=GROUPS[:1])), **alone)
    assert Press().make(publication(feed=whole, **alone))[path] == remade(press, told, path)
    nothing = publication(feed=replace(whole, groups=unfetched(GROUPS)), **alone)
    with pytest.raises(KeyError):
        remade(press, nothing, path)


def test_a_digest_of_known_editions_fetches_no_group() -> None:
    """Of the digest's entries, those of editions that are as they were are not made again."""
    press = Press()
    pages = press.make(SAMPLE)
    newer = edition("2024-W09", "2024-02-26", "2024-03-04", (POLICE,))
    draft, *closed = SAMPLE.editions
    kept = [replace(each, groups=unfetched(each.groups)) for each in closed]
    told = remade(press, publication(editions=(newer, draft, *kept)), "digest/atom.xml")
    assert Press().make(publication(editions=(newer, draft, *closed)))["digest/atom.xml"] == told
    assert pages["digest/atom.xml"] != told


def test_an_entry_in_several_feeds_is_written_once() -> None:
    """What the main feed tells is told by its topics in the same words, and cut from the first page that shows it."""
    fragments = Fragments()
    asked = []

    def make() -> bytes:
        asked.append("made")
        return b"text"

    assert [b"text"] * 3 == [fragments.written(path, FIRST, make) for path in ("a", "b", "a")]
    assert ["made"] == asked


def test_two_kinds_of_the_same_group_are_two_fragments() -> None:
    """A key tells what is written, and of what."""
    keys = [fragment_key("a", "1"), fragment_key("b", "1"), fragment_key("a", "1", ""), fragment_key("a1")]
    assert len(keys) == len(set(keys))
    assert fragment_key("a", "1") == FIRST


def test_where_fragments_stand() -> None:
    """On a finished page fragments are found in their order, each once; what the page dropped is not."""
    fragments = Fragments()
    for key, text in ((FIRST, b"one"), (THIRD, b"gone"), (FIRST, b"one"), (SECOND, b"two")):
        assert text == fragments.written("index.html", key, lambda text=text: text)  # type: ignore[misc]
    page = Page(path="index.html", media_type="", content=b"<two one two one>")
    assert (Place(FIRST, 5, 3), Place(SECOND, 9, 3)) == fragments.places(page)
    assert () == fragments.places(page)


def test_what_was_made_is_not_held_for_ever() -> None:
    """A first build makes more than there is room for: the oldest go."""
    fragments = Fragments()
    for number in range(AT_HAND + 1):
        fragments.written("a", fragment_key("n", str(number)), lambda: b"old")
    made = [fragments.written("b", fragment_key("n", str(number)), lambda: b"new") for number in (0, 2)]
    assert [b"new", b"old"] == made


def test_a_page_is_recalled_once() -> None:
    """What a page showed is read when its first fragment is asked for, and forgotten when it is finished."""
    recalled = []

    def recall(path: str) -> Mapping[bytes, bytes]:
        recalled.append(path)
        return {FIRST: b"one"}

    fragments = Fragments(recall)
    assert [] == recalled
    texts = [fragments.written("a", key, lambda: b"new") for key in (FIRST, SECOND, FIRST)]
    assert ([b"one", b"new", b"one"], ["a"]) == (texts, recalled)
    fragments.places(Page(path="a", media_type="", content=b""))
    fragments.written("a", FIRST, lambda: b"new")
    assert ["a", "a"] == recalled
