"""Which traces of a file are worth keeping, and why: a proposal, which a person may change. Pure.

A file holds more traces than anybody reads. The figures are drawn from all of them; what is stored whole are a few
that show something: of each workflow the slowest, one that failed, one that was escalated and one as most of them are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from readiness import formatting
from readiness.language import marked, numeral, tr
from readiness.model.traces import KeptReason, Trace, TracePath

Numbers = NDArray[Any]
Reasons = tuple[KeptReason, ...]

FEW = 50
"""A file with at most this many traces is kept whole."""
MOST = 200
"""Traces that are kept of one file at most, beside those that a person labelled."""
_ESCALATED = {"escalated", "escalated_to", "escalation", "human_handoff"}
_WHY = {
    "labelled": marked("labelled by a person before"),
    "slowest": marked("slowest of {workflow}, {duration}"),
    "typical": marked("typical of {workflow}, {duration}"),
    "failed": marked("failed, as {count} of {total} of {workflow} did"),
    "escalated": marked("escalated, as {count} of {total} of {workflow} were"),
    "stated": marked("labelled {path} in the file"),
}
_NOTHING = {"", "0", "0.0", "false", "no", "none", "null"}


@dataclass(frozen=True)
class Summaries:
    """What decides which traces are kept, a row each. `group` is the number of version and workflow in `groups`.

    `paths` are the labels that the file states, by row.
    """

    group: Numbers
    groups: Sequence[tuple[str, str]]
    duration_ns: Numbers
    failed: Numbers
    escalated: Numbers
    paths: Mapping[int, TracePath] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.group)

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> Summaries:
        """Failed is a trace in which any span failed; whether it was escalated its root says."""
        named = [(trace.version, trace.workflow) for trace in traces]
        number = {group: at for at, group in enumerate(dict.fromkeys(named))}
        return cls(
            group=np.array([number[group] for group in named], dtype=int),
            groups=list(number),
            duration_ns=np.array([_duration_ns(trace) for trace in traces], dtype=np.int64),
            failed=np.array([any(span.status == "error" for span in trace.spans) for trace in traces], dtype=bool),
            escalated=np.array([_is_escalated(trace) for trace in traces], dtype=bool),
            paths={at: trace.path for at, trace in enumerate(traces) if trace.path},
        )


def _duration_ns(trace: Trace) -> int:
    """From the first start to the last end."""
    ends = [span.end_ns for span in trace.spans if span.end_ns is not None]
    return max(max(ends) - min(span.start_ns for span in trace.spans), 0) if ends else 0


def _is_escalated(trace: Trace) -> bool:
    attributes = (attribute for span in trace.spans if not span.parent_id for attribute in span.attributes.items())
    return any(says_escalated(*attribute) for attribute in attributes)


def names_escalation(name: str) -> bool:
    """Whether an attribute of this name says if a request was handed to a person: `app.escalated`."""
    return name.rpartition(".")[2].lower() in _ESCALATED


def says_escalated(name: str, value: Any) -> bool:
    return names_escalation(name) and str(value).strip().lower() not in _NOTHING


def propose(summaries: Summaries, ids: Sequence[str], labelled: Collection[str] = ()) -> dict[int, Reasons]:
    """The rows of the traces to keep with the reasons for each, which are none where a small file is kept whole.

    `ids` are those of the rows, and `labelled` of traces that a person labelled before; they are kept in any case.
    """
    if len(summaries) <= FEW:
        return dict.fromkeys(range(len(summaries)), ())
    reasons = defaultdict(
        list, {row: [KeptReason(kind="labelled")] for row, trace_id in enumerate(ids) if trace_id in labelled}
    )
    room = len(reasons) + MOST
    named = set(summaries.group[list(reasons)].tolist())
    sizes = np.bincount(summaries.group, minlength=len(summaries.groups))
    for number in np.argsort(-sizes, kind="stable").tolist():
        wanted = sizes[number] and (len(reasons) < room or number in named)
        for row, reason in _of_group(summaries, number) if wanted else ():
            if row in reasons or len(reasons) < room:
                reasons[row].append(reason)
    return {row: tuple(why) for row, why in reasons.items()}


def _of_group(summaries: Summaries, number: int) -> Iterator[tuple[int, KeptReason]]:
    """The traces of one workflow that show something; where many do, the one that is like most of them."""
    rows = np.flatnonzero(summaries.group == number)
    duration, failed = summaries.duration_ns[rows], summaries.failed[rows]
    paths = {row: summaries.paths[row] for row in rows.tolist() if row in summaries.paths} if summaries.paths else {}
    handed = summaries.escalated[rows] | np.isin(rows, [row for row, path in paths.items() if path == "escalation"])
    name = summaries.groups[number][1]

    slowest = int(duration.argmax())
    yield int(rows[slowest]), KeptReason(kind="slowest", workflow=name, duration_ns=int(duration[slowest]))
    kinds: tuple[Literal["failed", "escalated"], ...] = ("failed", "escalated")
    for kind, among in zip(kinds, (failed, handed), strict=True):
        if among.any():
            share = KeptReason(kind=kind, workflow=name, count=int(among.sum()), total=len(rows))
            yield int(rows[_middle(duration, among)]), share
    if not failed.all():
        typical = _nearest(duration, ~failed, _median(duration))
        yield int(rows[typical]), KeptReason(kind="typical", workflow=name, duration_ns=int(duration[typical]))
    for path in sorted(set(paths.values())):
        yield next(row for row, stated in paths.items() if stated == path), KeptReason(kind="stated", path=path)


def told(reasons: Sequence[KeptReason]) -> str:
    """Why a trace is kept, in words: `slowest of refund, 300 ms; failed, as 2 of 80 of refund did`."""
    return "; ".join(map(_told, reasons))


def _told(reason: KeptReason) -> str:
    return tr(
        _WHY[reason.kind],
        workflow=reason.workflow[:60] or tr("those without a workflow"),
        duration=numeral(f"{reason.duration_ns / 1e6:,.0f} ms"),
        count=formatting.whole(reason.count),
        total=formatting.whole(reason.total),
        path=tr(reason.path or ""),
    )


def _middle(duration: Numbers, among: Numbers) -> int:
    return _nearest(duration, among, _median(duration[among]))


def _median(duration: Numbers) -> int:
    """The lower of the two in the middle."""
    return int(np.partition(duration, (len(duration) - 1) // 2)[(len(duration) - 1) // 2])


def _nearest(duration: Numbers, among: Numbers, wanted: int) -> int:
    """The first of these that lasts as long as wanted, or as nearly as any."""
    places = np.flatnonzero(among)
    return int(places[np.abs(duration[places] - wanted).argmin()])
