"""One search over systems, questions, people and traces. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from readiness import names
from readiness.language import marked, tr
from readiness.model.checklist import Signal
from readiness.model.traces import NamedTrace

from .status import SystemStatus

MOST = 5
"""Hits of each kind: whoever needs more types another word."""


class Hit(NamedTuple):
    """Something that was found (`kind` is marked), and the page that shows it, with what is asked of its address."""

    kind: str
    title: str
    detail: str
    page: str
    asked: Mapping[str, str]


def hits(
    text: str,
    systems: Sequence[SystemStatus],
    signals: Sequence[Signal],
    of: str,
    owners: Collection[str],
    traces: Sequence[NamedTrace],
) -> list[Hit]:
    """What holds every word of a text; `signals` are those of the system `of`, `traces` were looked for already."""
    words = names.key(text).split()
    if not words:
        return []
    called = {system.slug: system.name or system.slug for system in systems}
    named = (
        Hit(marked("System"), called[one.slug], f"{one.candidate} · {one.owner}", "verdict", {"system": one.slug})
        for one in systems
        if _holds(words, one.name, one.slug, one.candidate, one.owner)
    )
    asked = (
        Hit(marked("Question"), tr(one.name), called.get(of, of), "checklist", {"system": of, "signal": one.id})
        for one in signals
        if _holds(words, one.name, one.id, one.risk, tr(one.name), tr(one.risk), str(one.number or ""))
    )
    people = (
        Hit(marked("Person"), one, tr("open gaps"), "gaps", {"owner": one}) for one in owners if _holds(words, one)
    )
    stored = (_trace(one, called.get(one.system, one.system)) for one in traces)
    return [hit for kind in (named, asked, people, stored) for hit in _first(kind)]


def _trace(trace: NamedTrace, of: str) -> Hit:
    asked = {"system": trace.system, "trace": str(trace.id)}
    return Hit(marked("Trace"), trace.note or trace.trace_id, f"{of} · {trace.workflow}", "traces", asked)


def _holds(words: Sequence[str], *fields: str) -> bool:
    said = names.key(" ".join(fields))
    return all(word in said for word in words)


def _first(kind: Iterator[Hit]) -> list[Hit]:
    return [hit for hit, _ in zip(kind, range(MOST), strict=False)]
