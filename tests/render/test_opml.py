"""feeds.opml: every feed at once."""

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from frtfeed.model import Publication
from frtfeed.render import made
from frtfeed.render.opml import render

from .samples import feed, publication


def written(told: Publication) -> bytes:
    """Return the file."""
    (page,) = made(render(told, templates={}))
    assert "feeds.opml" == page.path
    return page.content


def test_the_file_names_every_feed_once() -> None:
    """An importer subscribes to all that it finds: one format of each, the topics in a folder."""
    expected = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Face Recognition Watch</title>
    <dateCreated>Thu, 22 Feb 2024 23:30:00 +0000</dateCreated>
  </head>
  <body>
    <outline type="rss" text="Face Recognition Watch" title="Face Recognition Watch" \
xmlUrl="https://frt.example/atom.xml" htmlUrl="https://frt.example/" />
    <outline type="rss" text="Incidents" title="Incidents" \
xmlUrl="https://frt.example/incidents/atom.xml" htmlUrl="https://frt.example/incidents/" />
    <outline type="rss" text="Face Recognition Watch: digest" title="Face Recognition Watch: digest" \
xmlUrl="https://frt.example/digest/atom.xml" htmlUrl="https://frt.example/digest/" />
    <outline text="Topics" title="Topics">
      <outline type="rss" text="Law" title="Law" \
xmlUrl="https://frt.example/topics/law/atom.xml" htmlUrl="https://frt.example/topics/law/" />
      <outline type="rss" text="Privacy &amp; rights" title="Privacy &amp; rights" \
xmlUrl="https://frt.example/topics/privacy-rights/atom.xml" htmlUrl="https://frt.example/topics/privacy-rights/" />
    </outline>
  </body>
</opml>
"""
    assert expected == written(publication()).decode()


def test_without_topics_there_is_no_folder() -> None:
    """An empty folder is of no use in a reader."""
    assert b"Topics" not in written(publication(topics=()))


def test_without_stories_the_date_is_constant() -> None:
    """The file is as old as what it lists, whenever it is written."""
    told = publication(feed=feed(()), topics=(), incidents=feed((), path="incidents/"))
    assert b"<dateCreated>Thu, 01 Jan 1970 00:00:00 +0000</dateCreated>" in written(told)


@settings(max_examples=40, deadline=None)
@given(title=st.text(st.characters(), max_size=20))
def test_any_title_can_be_imported(title: str) -> None:
    """Whatever a topic is called, the file is XML and every outline has a text."""
    told = publication(topics=(feed((), title=title, path="topics/x/"),))
    outlines = list(ET.fromstring(written(told)).iter("outline"))  # noqa: S314  our own output
    assert all(each.get("text") for each in outlines)
