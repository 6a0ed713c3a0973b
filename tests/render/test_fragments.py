"""What is written once, and joined into many pages."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.briefs import Brief, Groups, briefs_of
from frtfeed.edit.compose import compose
from frtfeed.model import Group, Member, Page, Publication
from frtfeed.policies import FeedPolicy
from frtfeed.records import replace
from frtfeed.render import RENDERERS
from frtfeed.render.fragments import AT_HAND_BYTES, Fragments, Place, fragment_key
from frtfeed.render.kept import Kept
from frtfeed.render.sketches import Sketch, sketched
from tests.render.changes import changes
from tests.render.human import TEMPLATES
from tests.render.samples import BARE, GROUPS, POLICE, SITE, edition, feed, moment, publication

SAMPLE = publication()
SHIPPED = frozenset(TEMPLATES)
CHANGES = changes(SAMPLE)
FIRST, SECOND, THIRD = (fragment_key("a", mark) for mark in "123")


class Press:
    """Makes pages, and cuts them as a later build does."""

    def __init__(self, templates: Mapping[str, str] = TEMPLATES, *, shipped: frozenset[str] = SHIPPED) -> None:
        self.templates, self.shipped = templates, shipped
        self.pages: dict[str, Page] = {}
        self.places: dict[str, tuple[Place, ...]] = {}

    def make(self, told: Publication) -> dict[str, bytes]:
        """Return the pages of all formats, by path."""
        fragments = Fragments(self.recall)
        kept = Kept(fragments=fragments, shipped=self.shipped)
        jobs = [job for plan in RENDERERS.values() for job in plan(told, templates=self.templates, kept=kept)]
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
    """Whatever differs from the build before: not a byte hangs on what is known of it, nor of other pages."""
    press = Press()
    press.make(one[1])
    assert press.make(other[1]) == Press(shipped=frozenset()).make(other[1]), (one[0], other[0])


def test_an_event_that_two_editions_tell() -> None:
    """At the turn of a year one edition leaves a date's year out, and the other does not."""
    weeks = (("2024-W52", "2024-12-23", "2024-12-30"), ("2025-W01", "2024-12-30", "2025-01-06"))
    grown = frozenset({POLICE.id})
    editions = tuple(replace(edition(*week, (POLICE,)), updates=grown) for week in reversed(weeks))
    made = Press().make(publication(editions=editions))
    assert Press(shipped=frozenset()).make(publication(editions=editions)) == made
    said = [b"21 February 2024 \xc2\xb7 grown" in made[f"digest/{key}/index.html"] for key, *_ in weeks]
    assert [False, True] == said


def unfetched(groups: Sequence[Group], *, but: Sequence[Group] = ()) -> Groups:
    """Return groups of which only some can be fetched."""
    held = {each.id: each for each in but}
    return Groups(briefs_of(groups), lambda brief: held[brief.id])


def alone(**fields: object) -> Publication:
    """Return a publication of little but the fields given."""
    return publication(**{"topics": (), "bands": (), "editions": (), "dossiers": (), **fields})


def remade(press: Press, told: Publication, path: str) -> bytes:
    """Return one page, made of what is known of it and of what is new."""
    kept = Kept(fragments=Fragments(press.recall), shipped=SHIPPED)
    jobs = (job for plan in RENDERERS.values() for job in plan(told, templates=TEMPLATES, kept=kept))
    (job,) = (job for job in jobs if path in job.paths)
    return next(page.content for page in job.make() if page.path == path)


@pytest.mark.parametrize("path", ["atom.xml", "rss.xml", "feed.json", "assets/search/2024-1.js"])
def test_a_group_whose_fragments_are_known_is_not_fetched(path: str) -> None:
    """Of many groups on a page one is new: it alone is asked for."""
    whole, press = feed(), Press()
    press.make(alone(feed=feed(GROUPS[1:])))
    told = alone(feed=replace(whole, groups=unfetched(GROUPS, but=GROUPS[:1])))
    assert Press().make(alone(feed=whole))[path] == remade(press, told, path)
    nothing = alone(feed=replace(whole, groups=unfetched(GROUPS)))
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


def test_a_page_of_known_events_fetches_what_it_describes_itself_by() -> None:
    """Of a topic's page, an edition's and the archive's only the first events are fetched, to say what it is of."""
    groups = tuple(_numbered(POLICE, number) for number in range(14))
    topic = feed(groups, path="topics/law/", label="Law")
    one = edition("2024-W07", "2024-02-12", "2024-02-19", groups)
    whole = alone(topics=(topic,), editions=(one,))
    press = Press()
    pages = press.make(whole)
    told = unfetched(groups, but=groups[:10])
    known = alone(topics=(replace(topic, groups=told),), editions=(replace(one, groups=told),))
    for path in ("topics/law/index.html", "digest/2024-W07/index.html", "digest/index.html"):
        assert pages[path] == remade(press, known, path)


def _numbered(group: Group, number: int) -> Group:
    lead = replace(group.lead, id=f"urn:lead:{number}", title=f"Headline {number}")
    return replace(group, id=f"urn:group:{number}", lead=lead)


@pytest.mark.parametrize("changed", ["topic.html", "macros.html", "base.html"])
def test_a_template_of_ones_own_is_asked_for_all_that_it_shows(changed: str) -> None:
    """What somebody's own template shows of an event may hang on anything: all of it is written anew."""
    macros = TEMPLATES["macros.html"].replace('<article class="group"', '<article title="{{ title }}" class="group"')
    templates = {**TEMPLATES, "macros.html": macros}
    topic = feed((POLICE,), path="topics/law/", label="Law")
    press = Press(templates, shipped=SHIPPED - {changed})
    press.make(publication(topics=(topic,)))
    renamed = publication(topics=(replace(topic, label="Courts"),))
    page = press.make(renamed)["topics/law/index.html"]
    assert b'<article title="Courts" class="group"' in page


def _told_beside(groups: tuple[Group, ...]) -> Publication:
    """Return a publication of one week that tells these events, as a build arranges it."""
    policy = FeedPolicy()
    return compose(groups, site=SITE, policy=policy, now=moment("2024-03-20"))


def test_what_an_edition_tells_by_itself_is_in_no_background_of_it() -> None:
    """An event that did not change looks otherwise once another event of its edition tells a part of it."""
    lead = replace(BARE.lead, published=POLICE.lead.published)
    before = replace(BARE, id=lead.id, lead=lead, updated=POLICE.updated)
    first = replace(POLICE, background=(Member(story=lead, reason="named by the editor"),))
    press = Press()
    shown = press.make(_told_beside((first,)))["digest/2024-W08/index.html"]
    joined = press.make(_told_beside((first, before)))["digest/2024-W08/index.html"]
    assert Press().make(_told_beside((first, before)))["digest/2024-W08/index.html"] == joined
    assert (True, False) == (b'class="background"' in shown, b'class="background"' in joined)


def test_a_sketch_is_its_group() -> None:
    """Whoever looks at a sketch sees the group, also after it was let go; its id is known without."""
    fetched = []

    def fetch(brief: Brief) -> Group:
        fetched.append(brief.id)
        return POLICE

    (sketch,) = sketched(Groups(briefs_of((POLICE,)), fetch))
    assert (POLICE.id, []) == (sketch.id, fetched)
    assert (POLICE.lead, POLICE.heat) == (sketch.lead, sketch.heat)
    assert [POLICE.id] == fetched
    assert isinstance(sketch, Sketch)
    sketch.let_go()
    assert POLICE.coverage == sketch.coverage
    assert [POLICE.id] * 2 == fetched


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
    """On a finished page fragments are found in any order, each once; what the page dropped is not."""
    fragments = Fragments()
    fourth = fragment_key("a", "4")
    for key, text in ((FIRST, b"one"), (THIRD, b"gone"), (FIRST, b"one"), (SECOND, b"two"), (fourth, b"zero")):
        assert text == fragments.written("index.html", key, lambda text=text: text)  # type: ignore[misc]
    page = Page(path="index.html", media_type="", content=b"<zero one two one>")
    assert (Place(FIRST, 6, 3), Place(SECOND, 10, 3), Place(fourth, 1, 4)) == fragments.places(page)
    assert () == fragments.places(page)


def test_what_was_made_is_not_held_for_ever() -> None:
    """A first build makes more than there is room for: the oldest go, and one that is too large by itself."""
    fragments = Fragments()
    half = AT_HAND_BYTES // 2
    for key in (FIRST, SECOND, THIRD):
        fragments.written("a", key, lambda: b"." * half)
    made = [fragments.written("b", key, lambda: b"new") for key in (THIRD, SECOND, FIRST)]
    assert [half, half, 3] == [len(text) for text in made]
    whole = b"." * (AT_HAND_BYTES + 1)
    assert whole == fragments.written("c", fragment_key("large"), lambda: whole)
    assert b"new" == fragments.written("d", fragment_key("large"), lambda: b"new")


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
