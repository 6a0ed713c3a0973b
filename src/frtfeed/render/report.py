"""build.json: what a build read, told and wrote, for programs and for the next build."""

import json
from collections.abc import Mapping

from frtfeed.model import Page

__all__ = ["REPORT_PATH", "report_page"]

REPORT_PATH = "build.json"


def report_page(
    facts: Mapping[str, object],
    etags: Mapping[str, str],
    *,
    seconds: Mapping[str, float],
    previous: Mapping[str, object],
) -> Page:
    """
    Write build.json: the facts in their order, the files with their hashes by path, the timings.

    Timings are taken over from the previous report when nothing else differs, so that a build
    without a change leaves the file untouched.

    Args:
        facts: plain values, as JSON knows them; not "files" and not "timings".
        etags: of every page besides this one, by path, in any order.
        seconds: by stage.
        previous: the last build's report as it was read; empty when there was none.
    """
    files = {path: etag.strip('"') for path, etag in sorted(etags.items())}
    report: dict[str, object] = {**facts, "files": files}
    same = {key: previous.get(key) for key in report} == json.loads(json.dumps(report))
    report["timings"] = previous["timings"] if same and "timings" in previous else dict(seconds)
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    # A path that is not UTF-8 on its disk holds lone surrogates; "\udce9" is how JSON escapes them, too.
    return Page(path=REPORT_PATH, media_type="application/json", content=text.encode(errors="backslashreplace"))
