"""Items become files: each once, whatever happens in between, and never against an editor's hand."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from frtfeed.deliver import inbox as deliver_inbox
from frtfeed.deliver.inbox import inbox_locked, stage
from frtfeed.errors import ConfigError, DeliveryError
from frtfeed.fetch.folder import walk
from frtfeed.model import Section, When
from frtfeed.newsdesk import library, taking
from frtfeed.newsdesk.reviewing import waiting
from frtfeed.newsdesk.taking import put, take
from frtfeed.parse import story_file
from frtfeed.records import replace
from frtfeed.sources import Polled, Source
from frtfeed.store import ledger, polling
from tests.edit.stories import story
from tests.newsdesk.desk import NOW, SOURCE, as_nobody, desk_of, files, in_auto, item, project, the_file, took, what


def test_an_item_becomes_a_hidden_file(tmp_path: Path) -> None:
    """In review a new story is a file that hides itself; in auto it leaves that to the threshold."""
    config = project(tmp_path)
    assert ["new"] == what(took(config, item()))
    assert "published: false" in the_file(config).read_text(encoding="utf-8")
    assert the_file(config).name.startswith("2024-03-12-police-scan-faces-at-station-1-")
    took(in_auto(config), item(2))
    assert any("published: auto" in text for text in files(config).values())


def test_a_story_is_written_once(tmp_path: Path) -> None:
    """A second poll of the same items writes nothing, and touches nothing."""
    config = project(tmp_path)
    took(config, item(1), item(2))
    before = files(config)
    assert ["known", "known"] == what(took(config, item(1), item(2)))
    assert before == files(config)


REISSUES = [
    pytest.param({"url": "https://watch.example/1-corrected"}, id="the same guid"),
    pytest.param({"guid": "urn:other"}, id="the same address"),
    pytest.param({"guid": "urn:other", "url": "http://www.watch.example/1/?utm_source=rss"}, id="a variant of it"),
    pytest.param(
        {"guid": "o", "url": "https://watch.example/9", "title": "POLICE scan ‘faces’ at station 1"}, id="the title"
    ),
]


@pytest.mark.parametrize("given", REISSUES)
@pytest.mark.parametrize("together", [True, False], ids=["in one poll", "in the next"])
def test_a_reissue_is_the_same_story(tmp_path: Path, given: dict[str, Any], together: bool) -> None:
    """An item under another guid or address is the same story, in whatever poll it comes."""
    config = project(tmp_path)
    again = item(1, **given)
    if together:
        assert ["new", "known"] == what(took(config, item(1), again))
    else:
        took(config, item(1))
        assert "new" not in what(took(config, again))
    assert 1 == len(files(config))
    assert "new" not in what(took(config, again, item(1)))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"published": When(at=NOW - timedelta(days=5))}, id="days apart"),
        pytest.param({"title": "Faces scanned elsewhere by the police"}, id="another title"),
        pytest.param({"provider": "Paper", "provider_domain": "paper.example"}, id="another provider"),
    ],
)
def test_another_story_is_another(tmp_path: Path, given: dict[str, Any]) -> None:
    """The same title days apart, or by another provider, is another story."""
    config = project(tmp_path)
    took(config, item(1))
    assert ["new"] == what(took(config, item(1, guid="o", url="https://watch.example/9", **given)))


def test_a_column_is_not_a_reissue(tmp_path: Path) -> None:
    """A short title that comes every day names a column, and each is a story."""
    config = project(tmp_path)
    assert ["new", "new"] == what(took(config, item(1, title="Daily briefing"), item(2, title="Daily briefing")))


def test_a_story_is_known_by_every_title_that_it_had(tmp_path: Path) -> None:
    """A story that was deleted stays away when its source gives it another title and issues it again under that."""
    config = project(tmp_path)
    took(config, item())
    the_file(config).unlink()
    took(config, item(title="Officers compare faces on every platform"))
    again = item(guid="o", url="https://watch.example/9", title="Officers compare faces on every platform")
    assert ["known"] == what(took(config, again))
    assert {} == files(config)


def test_a_title_that_an_editor_replaced_is_known(tmp_path: Path) -> None:
    """A title of the source's that never reached the file is one of the story's all the same."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    path.write_text(
        path.read_text(encoding="utf-8").replace("Police scan faces at station 1", "Mine"), encoding="utf-8"
    )
    took(config, item(title="Officers compare faces on every platform"))
    again = item(guid="o", url="https://watch.example/9", title="Officers compare faces on every platform")
    assert "new" not in what(took(config, again))
    assert 1 == len(files(config))


@pytest.mark.parametrize("together", [True, False], ids=["in one poll", "in the next"])
@pytest.mark.parametrize(
    ("title", "rules"),
    [("Press release", ""), ("Police scan faces at the station", "[intake]\nsame_title_days = 0\n")],
    ids=["a short title", "turned off"],
)
def test_two_stories_of_one_day_and_title_are_two(tmp_path: Path, title: str, rules: str, together: bool) -> None:
    """Where a title does not tell, or shall not, two addresses are two stories, also of one day."""
    config = project(tmp_path, rules)
    day = When(at=NOW - timedelta(days=1), precision="day")
    one, other = (item(number, title=title, summary=f"Text {number}.", published=day) for number in (1, 2))
    taken = took(config, one, other) if together else (*took(config, one), *took(config, other))
    assert ["new", "new"] == what(taken)


def test_an_items_deleted_file_does_not_come_back(tmp_path: Path) -> None:
    """What an editor deleted stays away, also when its source changes it or issues it again."""
    config = project(tmp_path)
    took(config, item())
    the_file(config).unlink()
    for again in (item(), item(summary="Changed."), item(guid="urn:other"), item(url="https://watch.example/new")):
        assert ["known"] == what(took(config, again))
    assert {} == files(config)


def test_a_change_reaches_the_untouched_fields(tmp_path: Path) -> None:
    """The source's change is written where the editor has not been, again and again, and nowhere else."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    edited = path.read_text(encoding="utf-8").replace("Police scan faces at station 1", "My title") + "My words.\n"
    path.write_text(edited, encoding="utf-8")
    (taken,) = took(config, item(title="Their new title", summary="Second."))
    assert ("changed", ("excerpt",), ("title",)) == (taken.what, taken.changed, taken.kept)
    assert edited.replace("Travellers were not told.", "Second.") == path.read_text(encoding="utf-8")
    assert ["known"] == what(took(config, item(title="Their new title", summary="Second.")))
    assert ["changed"] == what(took(config, item(title="Third title", summary="Third.")))
    assert edited.replace("Travellers were not told.", "Third.") == path.read_text(encoding="utf-8")


def test_a_change_that_an_editor_keeps_out_is_asked_about_once(tmp_path: Path) -> None:
    """Where every changed field is the editor's, the file is not written."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    path.write_text(path.read_text(encoding="utf-8").replace("Travellers were not told.", "Mine."), encoding="utf-8")
    before = path.stat().st_mtime_ns
    (taken,) = took(config, item(summary="Theirs."))
    assert ("known", "an editor's hand keeps it", before) == (taken.what, taken.reason, path.stat().st_mtime_ns)
    assert ("excerpt",) == taken.kept
    assert "told in" in took(config, item(summary="Theirs."))[0].reason


def test_a_switch_to_auto_is_no_edit(tmp_path: Path) -> None:
    """A story that waits is left waiting when its source goes to auto, and no editor's hand is named."""
    config = project(tmp_path)
    took(config, item())
    before = files(config)
    (taken,) = took(in_auto(config), item())
    assert ("known", (), True, before) == (taken.what, taken.kept, taken.reason.startswith("told in"), files(config))


def test_the_newest_of_several_items_speaks(tmp_path: Path) -> None:
    """Two items that are one story do not take turns in its file."""
    config = project(tmp_path)
    old, new = item(), item(guid="urn:other", summary="Newer.", updated=When(at=NOW - timedelta(minutes=5)))
    took(config, old)
    assert [["known", "changed"], ["known", "known"], ["known", "known"]] == [
        what(took(config, old, new)),
        what(took(config, old, new)),
        list(reversed(what(took(config, new, old)))),
    ]


def test_another_source_does_not_change_a_story(tmp_path: Path) -> None:
    """A story that two sources bring follows the one that brought it first."""
    config = project(tmp_path, '[[source]]\nname = "watch"\nurl = "https://watch.example/feed"\n')
    took(config, item())
    other = Source(key="other", url="https://other.example/feed")
    assert ["known"] == what(took(config, item(summary="Their words."), source=other))
    assert "Travellers were not told." in the_file(config).read_text(encoding="utf-8")


def test_a_story_whose_source_is_gone_is_adopted(tmp_path: Path) -> None:
    """A story that nobody updates any more follows the next followed source that brings it, and only that one."""
    table = '[[source]]\nname = "{0}"\nurl = "https://{0}.example/feed"\n'
    config = project(tmp_path, table.format("other") + table.format("third"))
    took(config, item())
    other, third = (Source(key=key, url=f"https://{key}.example/feed") for key in ("other", "third"))
    assert ["changed"] == what(took(config, item(summary="Their words."), source=other))
    assert ["known"] == what(took(config, item(summary="Third words."), source=third))
    assert "Their words." in the_file(config).read_text(encoding="utf-8")


def test_a_renamed_source_is_the_same(tmp_path: Path) -> None:
    """A source that is called otherwise in the configuration keeps its stories, also those without an address."""
    table = '[[source]]\nname = "{}"\nurl = "https://watch.example/feed"\n'
    config = project(tmp_path, table.format("watch"))
    bare = item(url="", title="Notice", content_html="<p>One.</p>")
    with desk_of(config) as desk:
        take([bare], source=SOURCE, desk=desk)
        polling.remember(desk.connection, "watch", Polled(url=SOURCE.url, etag="1"))
    config = project(tmp_path, table.format("wacht"))
    with desk_of(config) as desk:
        changed = replace(bare, content_html="<p>Two.</p>")
        assert ["changed"] == what(take([changed], source=replace(SOURCE, key="wacht"), desk=desk))
        assert {"wacht": "1"} == {key: polled.etag for key, polled in polling.recall(desk.connection).items()}


def test_other_commands_wait_for_short_writes_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is free for others while the folder is read and texts are flushed; a re-issue leaves nothing beside."""
    config = project(tmp_path)
    held: list[tuple[str, bool]] = []
    with desk_of(config) as desk:

        def watch(where: object, name: str) -> None:
            real = getattr(where, name)

            def watched(*given: Any, **named: Any) -> Any:
                held.append((name, desk.connection.in_transaction))
                return real(*given, **named)

            monkeypatch.setattr(where, name, watched)

        watch(library, "list_folder")
        watch(deliver_inbox, "_lay")
        watch(ledger, "plan")
        again = item(1, guid="urn:again", url="https://watch.example/again")
        assert ["new", "known", "new"] == what(take([item(1), again, item(2)], source=SOURCE, desk=desk))
    assert [("list_folder", False), *[("_lay", False)] * 3, *[("plan", True)] * 2] == held
    assert 2 == len(files(config))


def test_an_address_follows_its_source(tmp_path: Path) -> None:
    """A corrected address reaches the file; the story keeps its id and its first address: readers see no new one."""
    config = project(tmp_path)
    took(config, item())
    (before,) = waiting(config)
    for number in (7, 8):
        (taken,) = took(config, item(url=f"https://watch.example/{number}"))
        assert ("its address changed; its id stays", True) == (taken.reason, "webUrl" in taken.changed)
        assert ["known"] == what(took(config, item(url=f"https://watch.example/{number}")))
    (after,) = waiting(config)
    assert ("https://watch.example/8", before.story.id) == (after.story.url, after.story.id)
    assert ("https://watch.example/1", "https://watch.example/8") == after.story.names


def test_an_address_that_comes_later_changes_no_id(tmp_path: Path) -> None:
    """A story without an address keeps the id of its file when its source gives it one; one that is lost stays."""
    config = project(tmp_path)
    took(config, item(url=""))
    (before,) = waiting(config)
    took(config, item())
    took(config, item(url="", summary="Changed."))
    (after,) = waiting(config)
    assert ("https://watch.example/1", before.story.id) == (after.story.url, after.story.id)


def test_an_address_that_is_told_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """Two files are not made one story by a source that moves an item onto another one's address."""
    config = project(tmp_path)
    took(config, item(1), item(2))
    own = config.seeds / "own.md"
    own.write_text(f"---\n{OWN}webUrl: https://watch.example/9\n---\n", encoding="utf-8")
    before = files(config)
    for url in ("https://watch.example/2", "https://watch.example/9"):
        assert ["known"] == what(took(config, item(1, url=url)))
    assert before == files(config)


def test_a_story_without_a_date_keeps_the_day_it_was_seen(tmp_path: Path) -> None:
    """A later poll does not make an undated item newer."""
    config = project(tmp_path)
    took(config, item(published=None))
    (taken,) = took(config, item(published=None, summary="Second."), now=NOW + timedelta(days=1))
    assert ("excerpt",) == taken.changed


def test_a_date_to_come_counts_when_it_has_come(tmp_path: Path) -> None:
    """An item dated weeks ahead keeps the day when it was first seen, until its own day is here."""
    config = project(tmp_path)
    ahead = item(published=When(at=NOW + timedelta(days=20)))
    took(config, ahead)
    before = files(config)
    assert "publishedDateTime: 2024-03-13T00:00:00Z" in next(iter(before.values()))
    for day in (1, 2):
        assert ["known"] == what(took(config, ahead, now=NOW + timedelta(days=day)))
    assert before == files(config)
    (taken,) = took(config, ahead, now=NOW + timedelta(days=21))
    assert ("publishedDateTime",) == taken.changed


def test_a_deleted_file_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files were deleted, the folder is walked once in a run, and not again in the next."""
    config = project(tmp_path)
    took(config, *map(item, range(1, 6)))
    for path in (config.seeds / "inbox").iterdir():
        path.unlink()
    walks: list[Path] = []
    monkeypatch.setattr(library, "walk", lambda root: walks.append(root) or walk(root))
    for summary, expected in (("Second.", 1), ("Third.", 1)):
        took(config, *(item(number, summary=summary) for number in range(1, 6)))
        assert expected == len(walks)


def test_a_file_that_is_back_is_followed(tmp_path: Path) -> None:
    """A file that was away for a while, as on another branch, follows its source again."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    content = path.read_bytes()
    path.unlink()
    assert "deleted or renamed: it does not come back" in took(config, item(summary="Second."))[0].reason
    path.write_bytes(content)
    assert ["changed"] == what(took(config, item(summary="Third.")))


def test_a_story_is_never_larger_than_a_build_reads(tmp_path: Path) -> None:
    """A text that would make too large a file is left out, and its summary stands for it."""
    config = project(tmp_path)
    took(config, item(url="", content_html="<p>" + "&amp;" * 262_000 + "</p>"))
    assert "Travellers were not told." in waiting(config)[0].story.body[0].html
    long = "https://watch.example/" + "a" * 10_000
    (taken,) = took(config, item(2, url=long))
    assert "an address of more than 8,000 characters" == taken.reason
    large = story("3", body=(Section(html="<p>" + "&amp;" * 262_000 + "</p>"),))
    with desk_of(config) as desk, pytest.raises(ConfigError, match="too large for a story: 1,3"):
        put(large, desk=desk)


def test_a_moved_file_is_followed(tmp_path: Path) -> None:
    """A file may be moved to any folder of the seeds: it is known by its name."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    (config.seeds / "2024").mkdir()
    moved = path.rename(config.seeds / "2024" / path.name)
    assert ["changed"] == what(took(config, item(summary="Second.")))
    assert "Second." in moved.read_text(encoding="utf-8")
    assert ["changed"] == what(took(config, item(summary="Third.")))
    assert 1 == len(files(config))


def test_a_file_in_another_encoding_is_left_alone(tmp_path: Path) -> None:
    """A file that is not UTF-8 any more is not changed."""
    config = project(tmp_path)
    took(config, item())
    the_file(config).write_bytes(b"---\ntitle: caf\xe9\n---\n")
    assert "not UTF-8" in took(config, item(summary="Second."))[0].reason
    assert b"---\ntitle: caf\xe9\n---\n" == the_file(config).read_bytes()


OWN = "title: A story\npublishedDateTime: 2024-03-12\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{OWN}webUrl: https://www.watch.example/1?utm_source=x", id="a story"),
        pytest.param(
            f"{OWN}webUrl: https://own.example/\nrelated:\n- title: R\n  webUrl: https://watch.example/1",
            id="a mention",
        ),
        pytest.param("published: no\nwebUrl: https://watch.example/1", id="withdrawn"),
        pytest.param(
            f"{OWN}webUrl: https://own.example/\nprovider: {{name: W, domain: watch.example}}".replace(
                "A story", "Police scan faces at station 1"
            ),
            id="its title",
        ),
    ],
)
def test_what_the_folder_tells_already_is_not_written(tmp_path: Path, text: str) -> None:
    """A hidden copy would hide an editor's own story, so what the seeds tell or mention is known, for good."""
    config = project(tmp_path)
    own = config.seeds / "own.md"
    own.write_text(f"---\n{text}\n---\n", encoding="utf-8")
    before = files(config)
    assert ["known"] == what(took(config, item(1)))
    assert ["known"] == what(took(config, item(1, summary="Changed.")))
    assert before == files(config)
    own.unlink()
    assert ["known"] == what(took(config, item(1)))


def test_another_story_of_the_folder_changes_nothing(tmp_path: Path) -> None:
    """A story of an editor's that is another one keeps nothing out."""
    config = project(tmp_path)
    (config.seeds / "own.md").write_text(f"---\n{OWN}webUrl: https://watch.example/2\n---\n", encoding="utf-8")
    assert ["new", "known"] == what(took(config, item(1), item(2)))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """A dry run tells what would become of each item, and leaves folder and memory as they are."""
    config = project(tmp_path)
    with desk_of(config, dry=True) as desk:
        assert ["new", "known", "dropped"] == what(
            take([item(1), item(1, guid="x"), item(2, title="X Market Size, Share")], source=SOURCE, desk=desk)
        )
    assert not config.state.exists()
    took(config, item(1))
    before = files(config)
    with desk_of(config, dry=True) as desk:
        assert ["changed", "new"] == what(take([item(1, summary="New."), item(2)], source=SOURCE, desk=desk))
    assert before == files(config)
    assert ["changed", "new"] == what(took(config, item(1, summary="New."), item(2)))


class Killed(BaseException):
    """Stands for kill -9: nothing of ours runs after it."""


STEPS = [
    (taking, "stage_all"),
    (ledger, "plan"),
    (taking, "place"),
    (taking, "flush"),
    (ledger, "end_plans"),
    (ledger, "plan_change"),
]


def die_at(monkeypatch: pytest.MonkeyPatch, where: object, name: str, *, after: bool, times: int) -> None:
    """Die before or after the given call of a function."""
    real = getattr(where, name)
    calls = 0

    def dying(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        mine = calls  # several threads lay texts beside
        if mine == times and not after:
            raise Killed
        result = real(*given, **named)
        if mine == times:
            raise Killed
        return result

    monkeypatch.setattr(where, name, dying)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(("where", "name"), STEPS[:5], ids=lambda each: each if isinstance(each, str) else "")
def test_killed_while_new_stories_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str, times: int, after: bool
) -> None:
    """Killed at any step, the next run has every story once, whole, and leaves nothing beside."""
    config = project(tmp_path)
    with monkeypatch.context() as patched:
        die_at(patched, where, name, after=after, times=times)
        try:
            took(config, item(1), item(2))
            assert (name, times) in [("stage_all", 2), ("flush", 2), ("end_plans", 2)]  # one of each is all there is
        except Killed:
            pass
    took(config, item(1), item(2))
    clean = project(tmp_path / "clean") if (tmp_path / "clean").mkdir() is None else config
    took(clean, item(1), item(2))
    assert files(clean) == files(config)
    with desk_of(config) as desk:
        assert () == ledger.open_plans(desk.connection)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name"), [STEPS[2], STEPS[3], STEPS[4]], ids=lambda each: each if isinstance(each, str) else ""
)
def test_killed_and_then_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str, after: bool
) -> None:
    """A story that an editor deletes between the kill and the next run does not come back."""
    config = project(tmp_path)
    with monkeypatch.context() as patched:
        die_at(patched, where, name, after=after, times=1)
        with pytest.raises(Killed):
            took(config, item())
    there = [path for path in (config.seeds / "inbox").iterdir() if not path.name.startswith(".")]
    for path in there:
        path.unlink()
    took(config, item())
    assert (0 if there else 1) == len(files(config))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "name"),
    [(taking, "stage"), STEPS[5], STEPS[2], STEPS[4]],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_killed_while_a_story_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, name: str, after: bool
) -> None:
    """Killed while a file is changed, it is whole, keeps what an editor does next, and follows its source again."""
    config = project(tmp_path)
    took(config, item())
    with monkeypatch.context() as patched:
        die_at(patched, where, name, after=after, times=1)
        with pytest.raises(Killed):
            took(config, item(summary="Second."))
    path = next(path for path in (config.seeds / "inbox").iterdir() if not path.name.startswith("."))
    path.write_text(path.read_text(encoding="utf-8").replace("station 1", "my station"), encoding="utf-8")
    took(config, item(summary="Third."))
    (text,) = files(config).values()
    assert ("Third." in text, "my station" in text) == (True, True)


def test_a_file_that_is_saved_meanwhile_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor who saves while the source's change is on its way keeps what was saved; the next poll tries again."""
    config = project(tmp_path)
    took(config, item())
    path = the_file(config)
    saved = path.read_text(encoding="utf-8").replace("station 1", "my station")
    real = taking.stage

    def stage_and_save(*given: Any) -> None:
        real(*given)
        path.write_text(saved, encoding="utf-8")

    with monkeypatch.context() as patched:
        patched.setattr(taking, "stage", stage_and_save)
        assert "is being edited" in took(config, item(summary="Second."))[0].reason
    assert {f"inbox/{path.name}": saved} == files(config)
    took(config, item(summary="Second."))
    assert saved.replace("Travellers were not told.", "Second.") == path.read_text(encoding="utf-8")


def test_a_read_only_inbox_is_told(tmp_path: Path) -> None:
    """An inbox that cannot be written is named, with what to do."""
    config = project(tmp_path)
    (config.seeds / "inbox").mkdir(mode=0o500)
    told = pytest.raises(DeliveryError, match=r"cannot be written: Permission denied\. Nothing is")
    with as_nobody(tmp_path), told, inbox_locked(config.seeds) as inbox:
        stage(inbox, "a.md", b"")


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("where", "name", "number"),
    [
        pytest.param(os, "fsync", 2, id="flushing each"),
        pytest.param(deliver_inbox, "_flush_disk", 12, id="flushing all"),
        pytest.param(os, "replace", 2, id="renaming"),
        pytest.param(os, "fsync", 12, id="flushing the folder"),
    ],
)
def test_a_full_disk_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, number: int
) -> None:
    """A disk that fills up at any step stops the run with a message; what comes next has every story once."""
    config = project(tmp_path)
    items = [item(each) for each in range(1, number + 1)]
    with monkeypatch.context() as patched:
        patched.setattr(where, name, (lambda: full) if name == "_flush_disk" else full)
        with pytest.raises(DeliveryError, match=r"No space left on device\. Nothing is lost"):
            took(config, *items)
    took(config, *items)
    assert number == len(files(config))
    assert ["known"] * number == what(took(config, *items))


def test_a_story_put_by_hand_is_known(tmp_path: Path) -> None:
    """An imported story is a file, is not written twice, and is not brought again by a feed."""
    config = project(tmp_path)
    mine = story("1", outlet="watch.example", hidden=True, stated=True)
    with desk_of(config) as desk:
        file = put(mine, desk=desk)
        with pytest.raises(ConfigError, match="told already in"):
            put(mine, desk=desk)
    assert [file] == list(files(config))
    assert ["known"] == what(took(config, item(1)))
    (config.seeds / file).unlink()
    with desk_of(config) as desk:
        assert file == put(mine, desk=desk)


def test_all_files_are_stories(tmp_path: Path) -> None:
    """Whatever an item is called, its file lies in the inbox under a harmless name."""
    config = project(tmp_path)
    names = ["../../etc/passwd", "CON", "a" * 400, "\u202eevil", "\x00", ".hidden", "語" * 200, "-rf", "nul.md"]
    took(config, *(item(number, title=name, guid=name) for number, name in enumerate(names, 1)))
    for name in files(config):
        folder, _, file = name.rpartition("/")
        assert ("inbox", True) == (folder, len(file.encode()) <= 120 and file[:5] == "2024-")
    assert len(names) == len(files(config))
    assert story_file.FRONT.match(next(iter(files(config).values())))
