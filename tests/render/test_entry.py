"""What an entry says, in whatever format."""

from datetime import timedelta

import pytest

from frtfeed.model import Facts, Image, Provider, Section, Story, When
from frtfeed.records import replace
from frtfeed.render.entry import (
    EMPTY_SINCE,
    Entry,
    Outlet,
    address,
    channel,
    content_html,
    digest,
    href,
    ours,
    rtl,
    tidy,
)
from frtfeed.render.inputs import closed_editions

from .samples import (
    ARABIC,
    BARE,
    COURIER,
    CROWD,
    GROUPS,
    INCIDENT,
    OWN,
    POLICE,
    RECORD,
    SITE,
    edition,
    feed,
    group,
    member,
    moment,
    month,
    on,
    publication,
    story,
)

DATED = replace(BARE.lead, published=on("2023-12-01T10:00"))


def entry_of(lead: Story, **fields: object) -> Entry:
    """Return the entry of a feed with a single group."""
    return channel(feed((group(lead, **fields),)), site=SITE).entries[0]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(POLICE.lead, "https://gazette.example/police-trial", id="an outlet's story: there"),
        pytest.param(OWN.lead, "https://frt.example/stories/our-view-the-law-is-late/", id="our own text: here"),
        pytest.param(
            INCIDENT, f"https://frt.example/{INCIDENT.page}", id="an incident: here, though it has an address"
        ),
        pytest.param(
            replace(INCIDENT, page=""), "https://records.example/incident/42", id="an incident without a page"
        ),
        pytest.param(
            replace(POLICE.lead, page="stories/x/"), "https://gazette.example/police-trial", id="a story with both"
        ),
        pytest.param(
            replace(OWN.lead, page="stories/gesichter-für-alle/"),
            "https://frt.example/stories/gesichter-f%C3%BCr-alle/",
            id="a page in another script",
        ),
        pytest.param(ARABIC.lead, "https://courier.example/ar/2024/%D9%88%D8%AC%D9%88%D9%87?page=2", id="an IRI"),
        pytest.param(story("x", "X", url="https://a.example/a b\x00%20c"), "https://a.example/a%20b%20c", id="mended"),
        pytest.param(story("x", "X", url="javascript:alert(1)"), "", id="nothing that runs"),
        pytest.param(story("x", "X", url="https://"), "", id="no host"),
        pytest.param(story("x", "X", url=""), "", id="nowhere"),
    ],
)
def test_a_title_links_to_where_the_story_is_read(told: Story, expected: str) -> None:
    """Readers get to the publisher, or to our page of what is published nowhere else."""
    assert expected == href(told, SITE)


def test_an_address_is_a_uri() -> None:
    """Folders may have names in any script; addresses are ASCII."""
    assert "https://frt.example/topics/%E9%A1%94/atom.xml" == address("topics/顔\ud800/atom.xml", SITE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC", id="umlaut"),
        pytest.param("https://Straße.example:8080/?ä#ö", "https://xn--strae-oqa.example:8080/?%C3%A4#%C3%B6", id="ß"),
        pytest.param("https://例え。example/", "https://xn--r8jz45g.example/", id="ideographic stop"),
        pytest.param("https://me@bücher.example/", "https://me@xn--bcher-kva.example/", id="user"),
        pytest.param("https://gazette.example/ü", "https://gazette.example/%C3%BC", id="only the path"),
        pytest.param("https://[::1]/ü", "https://[::1]/%C3%BC", id="address of a machine"),
        pytest.param("https://i❤.example/", "https://i%E2%9D%A4.example/", id="no name by the standard"),
    ],
)
def test_a_host_name_is_written_as_the_name_service_knows_it(url: str, expected: str) -> None:
    """Feed readers look names up as they find them: an international one is written in ASCII (IDNA 2008)."""
    assert expected == href(story("x", "X", url=url), SITE)


def test_outlets_and_pictures_on_international_hosts_can_be_found() -> None:
    """The outlet's address and its picture's are written alike; its name stays as people read it."""
    lead = story("x", "X", url="https://bücher.example/a", images=(Image(url="https://bücher.example/a.png"),))
    entry = entry_of(replace(lead, provider=None))
    assert Outlet(name="bücher.example", url="https://xn--bcher-kva.example/") == entry.outlet
    assert entry.image
    assert "https://xn--bcher-kva.example/a.png" == entry.image.url


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", True),
        ("he-IL", True),
        ("FA", True),
        ("az-Arab-IR", True),
        ("zh-yue-Arab", True),
        ("ar-Latn", False),
        ("az", False),
        ("en-GB", False),
        ("de-1996", False),
        ("", False),
    ],
)
def test_a_languages_direction_follows_from_its_tag(language: str, expected: bool) -> None:
    """Arabic and Hebrew run from right to left, and whatever is written in their scripts."""
    assert expected == rtl(language)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("الجزيرة", ' — <span dir="auto">الجزيرة</span>, 20 February 2024', id="Arabic"),
        pytest.param("הארץ", ' — <span dir="auto">הארץ</span>, 20 February 2024', id="Hebrew"),
        pytest.param("Süddeutsche", " — Süddeutsche, 20 February 2024", id="German"),
    ],
)
def test_a_date_behind_an_arabic_name_stays_behind_it(name: str, expected: str) -> None:
    """A name that runs the other way stands apart, so that its line keeps its order."""
    other = member("x", "X", Provider(name=name, domain="courier.example"))
    assert expected in content_html(group(story("y", "Y"), coverage=(other,)), SITE)


def test_ours_is_what_is_read_here() -> None:
    """Only incidents and texts without another address are read on this site."""
    assert [False, False, True, True, False, False] == [ours(each.lead) for each in GROUPS]


def test_tidy_leaves_one_line_that_xml_can_hold() -> None:
    """Control characters, lone surrogates and line ends do not get out."""
    assert "a b c" == tidy(" a\x00\ud800 \n\tb\u00a0c\ufffe ")


def test_content_tells_excerpt_picture_coverage_and_background() -> None:
    """An entry is complete in a reader that shows nothing but its content, and no text of it is markup."""
    expected = """\
<p>A force &amp; its vendor stop &lt;scanning&gt; faces in the street.</p>
<p><img src="https://img.gazette.example/a.jpg?w=1200&amp;h=800" alt="A &quot;van&quot;" width="1200" height="800"></p>
<h3>Coverage</h3>
<ul>
<li><a href="https://courier.example/van">Face van parked for good</a> — Courier, 21 February 2024</li>
<li><a href="https://herald.example/ends">Trial &lt;over&gt;, says force</a> — Herald, 23 February 2024</li>
</ul>
<h3>Background</h3>
<ul>
<li><a href="https://courier.example/begins">Trial begins</a> — Courier, 2 November 2023</li>
<li><a href="https://frt.example/incidents/shop-scanner-misidentifies-customers/">Shop scanner misidentifies customers\
</a> — Incident Records, incident of March 2023</li>
</ul>"""
    assert expected == content_html(POLICE, SITE)


def test_an_incident_tells_its_facts_its_text_and_its_record() -> None:
    """Months stay months, empty facts are not listed, and the record's publisher is named."""
    expected = """\
<p>Customers were led out of shops by mistake.</p>
<ul>
<li>Occurred: March 2023</li>
<li>Recorded: January 2024</li>
<li>Operator: Corner Shop &amp; Co</li>
<li>Developer: Facegate</li>
<li>Country: UK; Ireland</li>
<li>Technology: Facial recognition</li>
</ul>
<p>A retailer scanned everyone.</p>
<h3>Risks &amp; harms</h3>
<p>People were <em>wrongly</em> accused.</p>
<p><a href="https://records.example/incident/42">The record at Incident Records</a></p>"""
    assert expected == content_html(RECORD, SITE)


@pytest.mark.parametrize("facts", [None, Facts()])
def test_an_incident_without_facts_says_when_it_was_recorded(facts: Facts | None) -> None:
    """The one date that is known is told; where none is, there is no list."""
    bare = replace(INCIDENT, url="", body=(), facts=facts)
    excerpt = "<p>Customers were led out of shops by mistake.</p>"
    assert f"{excerpt}\n<ul>\n<li>Recorded: January 2024</li>\n</ul>" == content_html(group(bare), SITE)
    assert excerpt == content_html(group(replace(bare, published=None)), SITE)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param(month(2023, 3), "\n<p>Published: March 2023</p>", id="a month"),
        pytest.param(replace(month(2023, 1), precision="year"), "\n<p>Published: 2023</p>", id="a year"),
        pytest.param(
            When(at=moment("2022-08-01T22:00"), precision="day", estimated=True),
            "\n<p>Published: 2 August 2022 (estimated)</p>",
            id="an estimated day",
        ),
        pytest.param(When(at=moment("2022-08-01T22:00"), precision="day"), "", id="a day"),
        pytest.param(on("2022-08-01T22:00"), "", id="a time"),
        pytest.param(None, "", id="none"),
    ],
)
def test_a_date_that_is_not_exact_is_told(published: When | None, expected: str) -> None:
    """Where an entry's own date says more than is known, its content says what is known."""
    for lead in (BARE.lead, replace(INCIDENT, page="", facts=None)):
        told = content_html(group(replace(lead, excerpt="X", published=published)), SITE)
        assert f"<p>X</p>{expected}" == told


def test_a_date_stands_between_the_story_and_the_others() -> None:
    """What belongs to the story is told before coverage and background."""
    told = content_html(group(replace(OWN.lead, published=month(2023, 3)), coverage=(member("x", "X"),)), SITE)
    assert "the act</a>.</p>\n<p>Published: March 2023</p>\n<h3>Coverage</h3>" in told


def test_another_publishers_text_is_not_republished() -> None:
    """A story that lives elsewhere is told by its excerpt, even if its file holds the text."""
    told = replace(POLICE.lead, images=(), body=(Section(html="<p>All of it.</p>"),))
    assert "<p>A force &amp; its vendor stop &lt;scanning&gt; faces in the street.</p>" == content_html(
        group(told), SITE
    )


@pytest.mark.parametrize(
    "provider",
    [
        pytest.param(Provider(name="IT & Co"), id="known by name"),
        pytest.param(Provider(name="IT & Co", domain="it.example"), id="known by domain"),
    ],
)
def test_another_publishers_text_is_not_republished_even_if_it_is_kept_here(provider: Provider) -> None:
    """A saved article with a page here is told by its whole excerpt and a link to that page."""
    text = (Section(html="<p>Regulators knew for years. And did nothing.</p>"),)
    expected = """\
<p>Regulators knew for years.</p>
<p><a href="https://frt.example/stories/our-view-the-law-is-late/">The whole text by IT &amp; Co</a></p>"""
    assert expected == content_html(group(replace(OWN.lead, provider=provider, body=text)), SITE)


@pytest.mark.parametrize(
    "provider",
    [
        pytest.param(None, id="nobody named"),
        pytest.param(Provider(name="Watch", domain="frt.example"), id="our domain"),
        pytest.param(Provider(name="FRT desk"), id="our author"),
        pytest.param(Provider(name="Face Recognition Watch"), id="our title"),
        pytest.param(Provider(name=" "), id="a name that says nothing"),
    ],
)
def test_our_own_text_is_told_in_full(provider: Provider | None) -> None:
    """A reader need not leave the feed reader for what this site wrote itself."""
    told = content_html(group(replace(OWN.lead, provider=provider)), SITE)
    assert "Regulators knew. See <a" in told
    assert "The whole text" not in told
    assert SITE.url == entry_of(replace(OWN.lead, provider=provider)).author_url


@pytest.mark.parametrize(
    ("excerpt", "expected"),
    [
        pytest.param("Regulators & courts…", "<p>Regulators &amp; courts <b>knew</b>.</p>", id="cut from the text"),
        pytest.param("The law.", "<p>The law.</p>\n<p>Regulators &amp; courts <b>knew</b>.</p>", id="its own"),
    ],
)
def test_an_excerpt_that_opens_the_text_is_not_said_twice(excerpt: str, expected: str) -> None:
    """An excerpt is told before our own text only if it is not its beginning."""
    told = replace(OWN.lead, excerpt=excerpt, body=(Section(html="<p>Regulators &amp; courts <b>knew</b>.</p>"),))
    assert expected == content_html(group(told), SITE)


def test_long_lists_are_cut_but_no_link_is_lost() -> None:
    """Twelve are listed, the others counted; the formats' own fields hold them all."""
    told = content_html(CROWD, SITE)
    assert "report 12</a>" in told
    assert "report 13</a>" not in told
    assert "<li>and 2 more</li>" in told
    entry = channel(feed(), site=SITE).entries[0]
    assert [each.story for each in CROWD.coverage] == list(entry.coverage)


def test_twelve_are_not_cut() -> None:
    """Nothing is "and 0 more"."""
    assert " more" not in content_html(replace(CROWD, coverage=CROWD.coverage[:12]), SITE)


def test_an_entry_without_anything_to_tell_links_to_its_story() -> None:
    """Content is never empty: JSON Feed demands it."""
    expected = '<p><a href="https://gazette.example/bare">A page without anything else</a></p>'
    assert expected == content_html(replace(BARE, lead=replace(BARE.lead, published=None)), SITE)
    assert f"{expected}\n<p>Published: December 2023</p>" == content_html(BARE, SITE)


def test_a_foreign_title_says_its_language() -> None:
    """An Arabic title is read aloud in Arabic and keeps to its place in the line; an American one needs nothing."""
    lead = replace(POLICE.lead, images=())
    both = group(lead, coverage=(member("ar", "وجوه", language="ar"), member("us", "Faces", language="en-US")))
    told = content_html(both, SITE)
    assert '<a href="https://courier.example/ar" lang="ar" dir="auto">وجوه</a>' in told
    assert '<a href="https://courier.example/us">Faces</a>' in told
    assert "ar" == entry_of(ARABIC.lead).language
    assert not entry_of(replace(lead, language="en-US")).language


def test_who_has_no_address_is_named_without_a_link() -> None:
    """A mention without an address is still told, and is in no list of links."""
    silent = member("x", "On <paper>", url="", provider=COURIER, published=None)
    foreign = member("y", "Papier", url="", provider=COURIER, language="de")
    told = group(POLICE.lead, coverage=(silent, foreign))
    assert "<li>On &lt;paper&gt; — Courier</li>" in content_html(told, SITE)
    assert '<li><span lang="de" dir="auto">Papier</span> — Courier, 20 February 2024</li>' in content_html(told, SITE)
    assert () == entry_of(POLICE.lead, coverage=(silent, foreign)).coverage


def test_an_untitled_source_shows_its_address() -> None:
    """A link without a text cannot be clicked."""
    told = group(POLICE.lead, background=(member("x", " ", published=None, kind="incident"),))
    expected = '<li><a href="https://courier.example/x">https://courier.example/x</a> — Courier, incident</li>'
    assert expected in content_html(told, SITE)


def test_a_source_without_provider_or_date_is_only_a_title() -> None:
    """Nothing is made up."""
    told = group(POLICE.lead, background=(member("x", "X", COURIER, url="https://courier.example/x", published=None),))
    nameless = replace(told.background[0], story=replace(told.background[0].story, provider=None))
    assert '<li><a href="https://courier.example/x">X</a></li>' in content_html(
        replace(told, background=(nameless,)), SITE
    )


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        pytest.param((), None, id="none"),
        pytest.param((Image(url="data:image/png;base64,x"), Image(url="/a.png")), None, id="none that can be loaded"),
        pytest.param(
            (Image(url="a.png"), Image(url="http://a.example/b c.png", height=9, alt=" b\n")),
            Image(url="http://a.example/b%20c.png", height=9, alt="b"),
            id="the first that can",
        ),
    ],
)
def test_the_picture_is_the_first_that_readers_can_load(images: tuple[Image, ...], expected: Image | None) -> None:
    """Pictures have absolute http or https addresses."""
    assert expected == entry_of(replace(POLICE.lead, images=images)).image


def test_a_picture_that_cannot_be_loaded_is_not_in_the_content() -> None:
    """A broken image is worse than none."""
    told = replace(DATED, excerpt="X", images=(Image(url="data:image/png;base64,x"),))
    assert "<p>X</p>" == content_html(group(told), SITE)


def test_our_own_text_holds_nothing_that_xml_forbids() -> None:
    """One such character in a text would lose the feed."""
    for excerpt in ("", "ab", "a\ud800b"):
        told = replace(OWN.lead, excerpt=excerpt, body=(Section(html="<p>a\x0bb\ud800\nc</p>"),))
        assert "<p>ab\nc</p>" == content_html(group(told), SITE)


def test_a_language_cannot_leave_its_attribute() -> None:
    """What a file holds is text, never markup."""
    told = replace(DATED, excerpt="X", language='x"><script>')
    assert '<p lang="x&quot;&gt;&lt;script&gt;" dir="auto">X</p>' == content_html(group(told), SITE)


def test_unknown_sizes_of_a_picture_are_not_written() -> None:
    """A width of nothing would hide the picture."""
    told = content_html(group(replace(DATED, images=(Image(url="https://a.example/b.png", height=9),))), SITE)
    assert '<p><img src="https://a.example/b.png" alt="" height="9"></p>' == told


@pytest.mark.parametrize(
    ("lead", "author", "author_url", "outlet"),
    [
        pytest.param(
            ARABIC.lead,
            "Courier",
            "https://courier.example/",
            Outlet(name="Courier", url="https://courier.example/"),
            id="an outlet's story",
        ),
        pytest.param(
            BARE.lead,
            "gazette.example",
            "https://gazette.example/",
            Outlet(name="gazette.example", url="https://gazette.example/"),
            id="a story without a provider",
        ),
        pytest.param(
            replace(ARABIC.lead, provider=Provider(name=" ", domain="news.example")),
            "news.example",
            "https://news.example/",
            Outlet(name="news.example", url="https://news.example/"),
            id="a provider without a name",
        ),
        pytest.param(
            INCIDENT,
            "Incident Records",
            "https://records.example/",
            Outlet(name="Incident Records", url="https://records.example/"),
            id="an incident's record",
        ),
        pytest.param(OWN.lead, "FRT Desk", SITE.url, None, id="our own text"),
        pytest.param(replace(OWN.lead, provider=Provider(name="IT Pro")), "IT Pro", "", None, id="a saved article"),
        pytest.param(
            replace(OWN.lead, provider=Provider(name="IT Pro", domain="itpro.example")),
            "IT Pro",
            "https://itpro.example/",
            None,
            id="a saved article whose outlet has a domain",
        ),
        pytest.param(replace(ARABIC.lead, provider=None, url="https://[x"), "FRT Desk", SITE.url, None, id="no domain"),
    ],
)
def test_whose_text_it_is(lead: Story, author: str, author_url: str, outlet: Outlet | None) -> None:
    """Every entry has an author, with the author's own address or none, and an outlet's story names its outlet."""
    entry = entry_of(lead)
    assert (author, author_url, outlet) == (entry.author, entry.author_url, entry.outlet)


def test_a_site_without_an_author_signs_with_its_name() -> None:
    """Atom demands an author."""
    for title, expected in (("Face Recognition Watch", "Face Recognition Watch"), ("", SITE.url)):
        told = publication(site=replace(SITE, author="", title=title), feed=feed((OWN,)))
        assert expected == channel(told.feed, site=told.site).entries[0].author


def test_published_is_never_later_than_updated() -> None:
    """A lead that is newer than its group's date is dated by the group; one without a date, too."""
    assert on("2024-02-20T10:00").at == entry_of(POLICE.lead, updated=on("2024-02-20T10:00").at).published
    assert moment("2024-02-20") == entry_of(replace(POLICE.lead, published=None)).published
    late = on("2024-03-01T10:00").at
    assert (POLICE.lead.published, late) == (
        When(at=entry_of(POLICE.lead, updated=late).published),
        entry_of(POLICE.lead, updated=late).updated,
    )


def test_sources_are_unique_and_never_the_entry_itself() -> None:
    """A story that is coverage and background, or the lead again, is linked once."""
    van, again = member("van", "Van"), member("van", "Van again")
    self_link = member("self", "Self", url="https://gazette.example/police-trial")
    entry = entry_of(POLICE.lead, coverage=(van, self_link), background=(again, member("old", "Old")))
    assert (["Van"], ["Old"]) == ([each.title for each in entry.coverage], [each.title for each in entry.background])


def test_original_is_where_our_pages_text_comes_from() -> None:
    """Only an incident's page with a record elsewhere has an original."""
    assert [
        "https://records.example/incident/42",
        "",
        "",
    ] == [entry_of(lead).original for lead in (INCIDENT, OWN.lead, POLICE.lead)]


def test_a_broken_entry_still_has_all_that_the_formats_demand() -> None:
    """An id, a title, a link: one bad story must not lose the feed."""
    lead = story("x", "\x00", url="", provider=None, topics=(" ", "A", "A "))
    told = channel(feed((replace(group(lead), id=" "),)), site=SITE)
    entry = told.entries[0]
    assert (SITE.url, SITE.url, ("A",)) == (entry.title, entry.link, entry.topics)
    assert entry.id.startswith("urn:uuid:")


def test_a_feed_without_groups_has_a_constant_date() -> None:
    """An empty feed is a feed, and its bytes are the same at each build."""
    told = channel(feed((), title="", description=""), site=SITE)
    assert (
        told.updated,
        told.entries,
        told.title,
        told.description,
    ) == (EMPTY_SINCE, (), "Face Recognition Watch", "Face Recognition Watch")


def test_the_digest_feed_holds_closed_editions_newest_first() -> None:
    """A period that still runs is not sent to subscribers."""
    told = publication()
    for editions in (told.editions, told.editions[::-1]):
        written = digest(closed_editions(replace(told, editions=editions)), site=SITE)
        assert [
            "digest/2024-W07/",
            "digest/2024-W01/",
        ] == [each.link.removeprefix(SITE.url) for each in written.entries]
        assert told.editions[1].updated == written.updated


def test_an_editions_entry_tells_its_ranked_leads() -> None:
    """The digest can be read in a feed reader: excerpt and coverage below each lead, in the edition's order."""
    entry = digest((edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE, BARE)),), site=SITE).entries[0]
    expected = """\
<ol>
<li><p><a href="https://gazette.example/police-trial">Police &amp; &lt;live&gt; scanning: London's 'trial' ends</a>\
 — The Gazette &amp; Sons, 21 February 2024</p>\
<p>A force &amp; its vendor stop &lt;scanning&gt; faces in the street.</p><ul>
<li><a href="https://courier.example/van">Face van parked for good</a> — Courier, 21 February 2024</li>
<li><a href="https://herald.example/ends">Trial &lt;over&gt;, says force</a> — Herald, 23 February 2024</li>
</ul></li>
<li><p><a href="https://gazette.example/bare">A page without anything else</a> — December 2023</p></li>
</ol>"""
    assert expected == entry.content
    assert "Police & <live> scanning: London's 'trial' ends · A page without anything else" == entry.summary
    assert ("FRT Desk", SITE.url, None) == (entry.author, entry.author_url, entry.outlet)


def test_an_editions_entry_marks_what_an_earlier_one_told() -> None:
    """A subscriber sees at once that an event is no news but has grown."""
    told = edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE, ARABIC))
    entry = digest((replace(told, updates=frozenset({ARABIC.id})),), site=SITE).entries[0]
    assert '<p>Update: <a href="https://courier.example/ar/' in entry.content
    assert 1 == entry.content.count("Update")
    assert f"{tidy(POLICE.lead.title)} · Update: {ARABIC.lead.title}" == entry.summary


def test_an_editions_summary_names_three_and_counts_the_others() -> None:
    """A list view has room for a few headlines."""
    told = edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE, BARE, OWN, RECORD, CROWD))
    assert digest((told,), site=SITE).entries[0].summary.endswith("the law is late · and 2 more")


def test_an_edition_is_published_when_its_period_ends() -> None:
    """Whatever an edition's last change, subscribers see it dated at its end."""
    told = edition("2024-W08", "2024-02-19", "2024-02-26", (POLICE,))
    late = replace(told, updated=told.end + timedelta(days=2), title="")
    entry = digest((late,), site=SITE).entries[0]
    assert (told.end, late.updated, "2024-W08") == (entry.published, entry.updated, entry.title)


def test_without_editions_the_digest_feed_is_empty() -> None:
    """Subscribers can wait for the first edition."""
    told = digest((), site=replace(SITE, description=""))
    assert (
        told.updated,
        told.entries,
        told.description,
    ) == (EMPTY_SINCE, (), "Face Recognition Watch: digest")


def test_a_corrected_group_is_told_anew() -> None:
    """What an entry said before is not said again once its group has changed, nor on another site."""
    told = publication()
    corrected = replace(told.feed, groups=tuple(replace(each, heat=each.heat + 1) for each in told.feed.groups))
    moved = replace(told.site, url="https://elsewhere.example/")
    before, after, there = (
        channel(each.feed, site=each.site).entries
        for each in (told, replace(told, feed=corrected), replace(told, site=moved))
    )
    assert [entry.heat + 1 for entry in before] == [entry.heat for entry in after]
    assert [True, False] == [any(moved.url in entry.link for entry in each) for each in (there, before)]
