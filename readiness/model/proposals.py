"""What a file of another tool proposes for a document: lines that a person may adopt, and no facts until then. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from . import revision_diff
from .card import Component, Incident, SystemCard
from .documents import KINDS, Document, DocumentId
from .monitoring import Alert, MonitoringPlan, Owners
from .policy import Gate, ReleasePolicy, RolloutStage
from .record import Record

Part: TypeAlias = Gate | RolloutStage | Alert | Owners | Component | Incident


@dataclass(frozen=True)
class Proposal:
    """One line, where it stands in the file, and what of it nobody can put into our words (`beside`)."""

    place: str
    part: Part
    beside: str = ""


@dataclass(frozen=True)
class ProposedChange:
    """What a line would change by itself: what stands in its place (None where nothing does), and what would then.

    `told` says it in sentences; there is none where the line stands there already.
    """

    line: Proposal
    before: Part | None
    after: Part
    told: tuple[str, ...]


@dataclass(frozen=True)
class Proposed:
    """What a file proposes for one document; `left_out` says of the rest of it why it proposes nothing."""

    format: str
    document: DocumentId
    lines: tuple[Proposal, ...]
    left_out: tuple[str, ...] = ()

    def changes(self, current: Document | None) -> list[ProposedChange]:
        """What each line would change by itself in the document as it stands."""
        document = current or KINDS[self.document].record()
        return [_change(document, line) for line in self.lines]

    def chosen(self, numbers: Collection[int]) -> list[Proposal]:
        """The lines with these numbers, from 1, in the order of the file."""
        return [line for number, line in enumerate(self.lines, start=1) if number in numbers]


def _change(document: Document, line: Proposal) -> ProposedChange:
    before = _standing(document, line.part)
    after = _onto(before, line.part) if before else line.part
    return ProposedChange(line, before, after, revision_diff.between(document, adopted(document, [line])))


def adopted(document: Document, lines: Sequence[Proposal]) -> Document:
    """The document with these lines in it; where a part speaks of the same, what the line states is changed in it."""
    changed = document
    for line in lines:
        changed = _with(changed, line.part)
    return type(document).model_validate(changed.model_dump())


def _with(document: Document, part: Part) -> Document:
    if isinstance(document, MonitoringPlan) and isinstance(part, Owners):
        return document.model_copy(update={"owners": _onto(document.owners, part)})
    name, listed = _listed(document, part)
    at = _at(listed, part)
    if at is None:
        listed.insert(_place(listed, part), part)
    else:
        listed[at] = _onto(listed[at], part)
    return document.model_copy(update={name: listed})


def _standing(document: Document, part: Part) -> Part | None:
    """What speaks of the same as the part; of owners only those that it names."""
    if isinstance(document, MonitoringPlan) and isinstance(part, Owners):
        named = {name: getattr(document.owners, name) for name in _stated(part)}
        return Owners(**named) if any(named.values()) else None
    _, listed = _listed(document, part)
    at = _at(listed, part)
    return None if at is None else listed[at]


def _onto(before: Part, part: Part) -> Part:
    return before.model_copy(update=_stated(part))


def _stated(part: Part) -> dict[str, object]:
    """The fields that say something; what a file leaves out takes nothing away."""
    fields = type(part).model_fields.items()
    return {
        name: getattr(part, name)
        for name, field in fields
        if getattr(part, name) != field.get_default(call_default_factory=True)
    }


def _listed(document: Document, part: Part) -> tuple[str, list[Part]]:
    name = _LISTS.get((type(document), type(part)))
    if name is None:
        raise TypeError(f"a {type(part).__name__} is no part of a {type(document).__name__}")
    return name, list(getattr(document, name))


def _place(listed: Sequence[Part], part: Part) -> int:
    """At the end, save for a stage, which stands before those with more of the traffic."""
    larger = (at for at, other in enumerate(listed) if _share(other) > _share(part))
    return next(larger, len(listed))


def _share(part: Part) -> float:
    return (part.share if isinstance(part, RolloutStage) else None) or 0.0


def _at(listed: Sequence[Part], part: Part) -> int | None:
    return next((at for at, other in enumerate(listed) if _subject(other) == _subject(part)), None)


_LISTS: dict[tuple[type[Record], type[Record]], str] = {
    (ReleasePolicy, Gate): "gates",
    (ReleasePolicy, RolloutStage): "stages",
    (MonitoringPlan, Alert): "alerts",
    (SystemCard, Component): "components",
    (SystemCard, Incident): "incidents",
}


def _subject(part: Record) -> tuple[object, ...]:
    if isinstance(part, Gate):
        return part.metric, part.workflow, part.cohort, part.stat
    if isinstance(part, Component):
        return part.kind, part.name
    if isinstance(part, Incident):
        return part.on, part.what
    return (part.metric,) if isinstance(part, Alert) else (getattr(part, "name", ""),)
