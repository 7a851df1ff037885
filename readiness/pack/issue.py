"""A gap as an issue: what is to be done about it, in the markup of the tracker, where no imported text does anything.

Every imported text stands on one line behind words of ours, so that none begins a line, which trackers act upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from readiness import formatting
from readiness.language import marked, tr
from readiness.outbound.trackers import Tracker, WantedIssue
from readiness.outbound.trackers.base import LABEL
from readiness.review.items import OpenGap

from . import markdown

_LONGEST = 240
"""Letters of a title; all three take 255."""
_NOTHING = "\u200b"
"""A character without width, between what would be acted upon."""
KEPT = marked("Kept by readiness; what is written below the last line stays.")


def writer(tracker: Tracker) -> Callable[[str, OpenGap], WantedIssue]:
    """What makes an issue of a system's name and a gap for this tracker."""
    body = _markdown if tracker.markdown else _wiki

    def write(name: str, gap: OpenGap) -> WantedIssue:
        return WantedIssue(
            key=f"{gap.system}/{gap.signal.id}",
            title=_title(f"{name}: {tr(gap.signal.name)}"),
            body=body(gap),
            due=gap.mark.due,
            labels=(LABEL, gap.system),
        )

    return write


def _title(text: str) -> str:
    """Nobody is called in a title, and nothing is marked up."""
    plain = formatting.plain(text).replace("@", f"@{_NOTHING}").replace("`", "'")
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _facts(gap: OpenGap) -> Iterator[tuple[str, str]]:
    yield tr("Why"), tr(gap.signal.risk)
    yield tr("Answer"), gap.mark.mark or tr("none")
    if gap.mark.holds_for:
        yield tr("Holds for"), gap.mark.holds_for
    yield tr("Next action"), gap.mark.action or tr(gap.signal.remedy)
    yield tr("Owner"), gap.mark.owner or tr("nobody")
    yield tr("Due"), formatting.day(gap.mark.due)
    yield tr("Closed by"), tr(gap.signal.needs)


def _markdown(gap: OpenGap) -> str:
    lines = [f"- **{name}:** {markdown.text(formatting.plain(value))}" for name, value in _facts(gap)]
    return "\n".join([*lines, "", tr(KEPT)])


def _wiki(gap: OpenGap) -> str:
    """Within `noformat`, where Jira reads no markup; what would end it is broken up."""
    lines = [f"{name}: {formatting.plain(value)}" for name, value in _facts(gap)]
    quoted = "\n".join(lines).replace("{noformat", f"{{{_NOTHING}noformat")
    return f"{{noformat}}\n{quoted}\n{{noformat}}\n\n{tr(KEPT)}"
