"""Small documents of the three formats, invented, and how the tests read them."""

from datetime import UTC, tzinfo

from frtfeed.model import Document, Parsed, Problem, Story
from frtfeed.parse import parse

LEAD = """\
---
category: news
title: "Gym chain told to stop scanning the faces of its staff"
excerpt: "The regulator gave the operator three months."
publishedDateTime: 2024-02-23T12:09:00Z
originalUrl: "https://feeds.example.net/out?id=7"
webUrl: "https://www.example.org/news/gym-chain?utm_source=feed"
ampWebUrl: "https://amp.example.org/news/gym-chain"
cdnAmpWebUrl: "https://amp-example-org.cdn.ampproject.org/c/s/amp.example.org/news/gym-chain"
type: article
quality: 57
heat: 77
published: true
provider:
  name: Example News
  domain: www.Example.org
  images:
    - url: https://www.example.org/logo.png
      width: 50
      height: 50
topics:
  - Privacy
  - AI
images:
  - url: "https://www.example.org/scan.jpg"
    width: 1600
    height: 900
    title: A scanner by a door
    isCached: true
related:
  - title: "Gym chain told to stop scanning faces"
    publishedDateTime: 2024-02-23T12:09:00Z
    webUrl: "https://example.org/news/gym-chain/"
  - title: "Staff of 38 gyms win against face scans"
    excerpt: "Fingerprints, too."
    publishedDateTime: 2024-02-23T12:50:00Z
    webUrl: "https://www.example.com/gyms"
    topics: Work
    quality: 17
  - title: "What the regulator said"
    webUrl: "https://www.example.edu/said"
secured: "b3BhcXVl;b3BhcXVl"
---
"""

INCIDENT = """\
Station quietly scans the faces of travellers

Occurred: August 2019

Report incident 🔥 | Improve page | Access database 🔢

A station was found to scan the faces of everybody who passed its gates, without telling them.

Its owner had said that no such system was in use.

Misleading statements

The owner first denied the scans, then called them a trial.

The police later admitted that it had supplied seven pictures.

System 🤖

Operators: Example Rail; Example Police (EP)
Developer: Example Vision

Country: UK
Sector: Transport; Govt - police
Purpose: Strengthen security
Technologies: Facial recognition
Issue: Privacy; Ethics; privacy

Transparency: Governance

Legal, regulatory 👩🏼‍⚖️

Research, advocacy

Page info
Type: Issue
Published: March 2023
"""

ARTICLE = """\
Example Pro is supported by its audience. When you purchase through links on our site, we may earn a commission.

Ministry to scan the faces of people on bail with watches

Pictures will be matched with the databases of three ministries and all police forces

A watch on an arm, lit in red

The ministry is planning to fit people on bail with watches that scan their faces five times per day.

Their names and dates of birth will be stored for six years, until 30 December 2028.

“Nobody has told us how long people will stay under this kind of watch,” a lecturer in law at a large university said

Featured Resources

The total impact of something

Free Download

Recommended

Safety sees another year of growth
business

Safety sees another year of growth

1 Aug 2022
Ten watches to buy
Sponsored

Ten watches to buy

9 Aug 2022
A shop settles a lawsuit
privacy

A shop settles a lawsuit

2 Aug 2022

Most Popular

How to start a computer

8 Aug 2022
"""

HTML = """\
<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Watchdog halts face scans at gyms | Example News</title>
<meta property="og:site_name" content="Example News">
<meta property="og:title" content="Watchdog halts face scans at gyms">
<meta property="og:image" content="https://www.example.org/scan.jpg">
<meta property="article:published_time" content="2024-02-23T12:09:00Z">
<meta name="description" content="A regulator told an operator of 38 gyms to stop scanning the faces of its staff.">
<link rel="canonical" href="https://www.example.org/news/watchdog?utm_source=x">
</head><body><nav><a href="/">Home</a><a href="/news">News</a></nav>
<main><article><h1>Watchdog halts face scans at gyms</h1>
<p>The data protection regulator has told an operator of leisure centres to stop scanning the faces of its staff.</p>
<figure><img src="/scan.jpg" alt=""><figcaption>A scanner by a door</figcaption></figure>
<p>More than two thousand employees at 38 centres had to show their faces to clock in, its investigation found.</p>
<p>The company has three months to destroy all biometric data which it is not legally obliged to retain, it said.</p>
</article></main><aside><h2>Most popular</h2><p>Ten gadgets you must buy this week, chosen by our experts.</p></aside>
<footer>Copyright Example News</footer></body></html>
"""


def read(content: str | bytes, *, path: str = "2024/a-story.md", zone: tzinfo = UTC) -> Parsed:
    """Parse a document."""
    raw = content if isinstance(content, bytes) else content.encode()
    return parse(Document(path=path, content=raw), zone=zone)


def story_of(content: str | bytes, *, zone: tzinfo = UTC) -> Story:
    """Parse a document that has a story."""
    (story,) = read(content, zone=zone).stories
    return story


def only_problem(content: str | bytes) -> Problem:
    """Parse a document that has exactly one problem."""
    (problem,) = read(content).problems
    return problem


def front(*lines: str, body: str = "") -> str:
    """Return a story file with title, date and address, and further lines; a line replaces its field."""
    fields = {
        "title": "title: A title",
        "publishedDateTime": "publishedDateTime: 2024-02-23T12:00:00Z",
        "webUrl": "webUrl: https://example.org/a",
    }
    for line in lines:
        fields[line.partition(":")[0]] = line
    return "\n".join(["---", *filter(str.strip, fields.values()), "---", body])
