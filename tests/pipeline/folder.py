"""A folder of stories that an editor works on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

WHO = ("Serco", "Met Police", "Clearview", "Home Office", "a startup", "Kraków city hall", "The FTC")
DID = ("orders", "halts", "is sued over", "rolls out", "defends", "bans", "tests")
WHAT = ("live face scans", "gait recognition", "a £4m camera network", "iris scanning", "face search")
WHERE = ("in schools", "at King's Cross", "on trains", "despite warnings", "for offenders")
BEGIN = datetime(2023, 1, 1, tzinfo=UTC)
INCIDENT = """---
type: incident
title: {title}
excerpt: What the record states of {title}.
publishedDateTime: {at}
occurred: {day}
operator: Met Police
country: UK
technology: facial recognition
---
"""


@dataclass(slots=True)
class Editor:
    """Somebody who works on a folder, as chance has it."""

    seeds: Path
    random: Random
    days: float = 200
    made: int = 0

    def begin(self, stories: int) -> None:
        """Write a first folder."""
        for _ in range(stories):
            self.add()

    def work(self) -> str:
        """Do one thing or a few; tell what."""
        deeds: list[Callable[[], None]] = [
            self.add, self.add, self.add, self.retitle, self.retitle, self.drop, self.move, self.hide, self.show,
            self.mention, self.mention, self.copy, self.rename, self.record, self.wait, self.name, self.spoil,
            self.hold, self.shared_id, self.tag, self.apart, self.withdraw, self.untitle, self.rate, self.put_first,
            self.file_under, self.mention_by_two_names, self.mention_what_waits,
        ]  # fmt: skip
        done = []
        for _ in range(self.random.choice((1, 1, 1, 2, 4))):
            deed = self.random.choice(deeds)
            deed()
            done.append(deed.__name__)
        return ", ".join(done)

    def add(self, **fields: str) -> None:
        """Write a new story."""
        self.made += 1
        self._write(f"s{self.made:04}.md", **fields)

    def retitle(self) -> None:
        """Change a headline."""
        self._change("title", self._title())

    def tag(self) -> None:
        """Change what is not compared."""
        self._change("quality", str(self.random.randrange(120)))

    def move(self) -> None:
        """Change a date."""
        self._change("publishedDateTime", self._date())

    def wait(self) -> None:
        """Let a story wait for a date soon after."""
        at = BEGIN + timedelta(days=self.days + self.random.uniform(0, 3))
        self._change("publishedDateTime", f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def hide(self) -> None:
        """Withdraw a story."""
        self._change("published", "false")

    def show(self) -> None:
        """Publish a story."""
        self._change("published", "true")

    def hold(self) -> None:
        """Leave it to its quality whether a story is shown."""
        self._change("published", "auto")

    def apart(self) -> None:
        """Keep a story out of every event."""
        self._change("solo", self.random.choice(("true", "false")))

    def name(self) -> None:
        """Name the event of a story."""
        self._change("group", self.random.choice(("trial", "ruling")))

    def shared_id(self) -> None:
        """Give a story an id that another one may have."""
        self._change("id", self.random.choice(("https://id.example/1", "https://id.example/2")))

    def mention(self) -> None:
        """Name other stories beside one: some that are there, some that are not."""
        self._list("".join(self._entry() for _ in range(self.random.randrange(1, 4))))

    def mention_by_two_names(self) -> None:
        """Name a story beside another one by two addresses, each of which may be known."""
        one, other = (self._url(self.random.randrange(1, self.made + 30)) for _ in range(2))
        self._list(self._entry(webUrl=one, ampWebUrl=other, originalUrl=other) + self._entry())

    def mention_what_waits(self) -> None:
        """Name stories beside one that are not to be shown, or not yet."""
        at = BEGIN + timedelta(days=self.days + self.random.uniform(0, 2))
        published = self.random.choice(("true", "false", "auto"))
        self._list(self._entry(published=published) + self._entry(publishedDateTime=f"{at:%Y-%m-%dT%H:%M:%SZ}"))

    def untitle(self) -> None:
        """Lose a headline, and the story with it."""
        if path := self._any():
            lines = [line for line in path.read_text().split("\n") if not line.startswith("title:")]
            path.write_text("\n".join(lines))

    def rate(self) -> None:
        """Change what decides who leads."""
        self._change("heat", self.random.choice(("-1", "0", "50", "300")))

    def put_first(self) -> None:
        """Say who leads."""
        self._change(self.random.choice(("lead", "pin")), self.random.choice(("true", "false")))

    def file_under(self) -> None:
        """Change a story's topic."""
        self._change("topics", self.random.choice(("Law", "Police", "Schools")))

    def drop(self) -> None:
        """Delete a file."""
        if path := self._any():
            path.unlink()

    def rename(self) -> None:
        """Give a file another name."""
        if path := self._any():
            self.made += 1
            path.rename(self.seeds / f"r{self.made:04}.md")

    def copy(self) -> None:
        """Put a second file of a story beside it."""
        if path := self._any():
            self.made += 1
            (self.seeds / f"c{self.made:04}.md").write_text(path.read_text())

    def record(self) -> None:
        """Write the record of an incident, or a story of our own."""
        self.made += 1
        path = self.seeds / f"i{self.made:04}.md"
        if self.random.random() < 0.5:
            path.write_text(INCIDENT.format(title=self._title(), at=self._date(), day=self._date()[:10]))
        else:
            path.write_text(
                f"---\ntitle: {self._title()}\npublishedDateTime: {self._date()}\n---\nOur own words on it.\n"
            )

    def spoil(self) -> None:
        """Break a file's fields."""
        if path := self._any():
            path.write_text(path.read_text().replace("title:", "title: [", 1))

    def withdraw(self) -> None:
        """Leave a file that says nothing but that its address is not to be shown."""
        path = self._any()
        lines = [line for line in (path.read_text() if path else "").splitlines() if line.startswith("webUrl:")]
        if path and lines:
            path.write_text(f"---\npublished: false\n{lines[0]}\n---\n")

    def _any(self) -> Path | None:
        paths = sorted(self.seeds.iterdir())
        return self.random.choice(paths) if paths else None

    def _change(self, field: str, value: str) -> None:
        path = self._any()
        if path is None:
            return
        lines = [line for line in path.read_text().split("\n") if not line.startswith(f"{field}:")]
        path.write_text("\n".join([lines[0], f"{field}: {value}", *lines[1:]]))

    def _title(self) -> str:
        return " ".join(self.random.choice(words) for words in (WHO, DID, WHAT, WHERE))

    def _date(self) -> str:
        return f"{BEGIN + timedelta(days=self.random.uniform(0, self.days)):%Y-%m-%dT%H:%M:%SZ}"

    def _url(self, number: int) -> str:
        return f"https://o{number % 7}.example/news/{number}"

    def _list(self, entries: str) -> None:
        """Give a story a list in the place of the one that it has."""
        if path := self._any():
            fields = path.read_text().split("related:\n")[0].removesuffix("---\n")
            path.write_text(f"{fields}related:\n{entries}---\n")

    def _entry(self, **fields: str) -> str:
        told = {
            "title": self._title(),
            "publishedDateTime": self._date(),
            "webUrl": self._url(self.random.randrange(1, self.made + 30)),
            "excerpt": " ".join(self.random.choices(WHO + WHAT, k=5)),
            **fields,
        }
        return "  -" + "".join(f" {field}: {value}\n   " for field, value in told.items())[:-3]

    def _write(self, name: str, **fields: str) -> None:
        told = {
            "title": self._title(),
            "excerpt": " ".join(self.random.choices(WHO + DID + WHAT, k=8)),
            "publishedDateTime": self._date(),
            "webUrl": self._url(self.made),
            **fields,
        }
        lines = "".join(f"{field}: {value}\n" for field, value in told.items())
        (self.seeds / name).write_text(f"---\n{lines}---\n")
