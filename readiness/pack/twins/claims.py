"""What a snapshot claims, in the few words that the published formats share. What is not known is never a pass."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

from readiness import formatting, language
from readiness.language import marked, tr
from readiness.model.checklist import AnswerState, Level
from readiness.pack.request import NOT_STATED
from readiness.pack.sections.base import Plain
from readiness.pack.snapshot import Snapshot
from readiness.review import scorecard_words, summaries
from readiness.seal import canonical

Outcome = Literal["holds", "in part", "fails", "not decided"]
Kind = Literal["answer", "gate"]
OWN = "tag:readiness,2026:"
"""Before the names of what a format has no field for."""
VERDICTS: dict[Level, Literal["PASSED", "WARNED", "FAILED"]] = {
    "staged": "PASSED",
    "narrow": "WARNED",
    "add-controls": "WARNED",
    "do-not-broaden": "FAILED",
    "undetermined": "FAILED",
    "blocked": "FAILED",
}
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, OWN)
_STATES: dict[AnswerState, Outcome] = {
    "shown": "holds",
    "attested": "in part",
    "uncovered": "in part",
    "not shown": "not decided",
    "contradicted": "fails",
    "unanswered": "not decided",
}
"""Of an answer of control: what rests on somebody's word holds in part."""
_GATES: dict[str, Outcome] = {"pass": "holds", "fail": "fails", "inconclusive": "not decided", "missing": "not decided"}
_STAMPED = ("recipient", "purpose", "classification", "valid", "contact", "draft", "incomplete")


@dataclass(frozen=True)
class Claim:
    """One thing that is said of the system. `id` is a token, unique within its pack."""

    kind: Kind
    name: str
    said: str
    why: str
    outcome: Outcome
    id: str = ""


@dataclass(frozen=True)
class Part:
    """A part that the system card states; what it does not state is empty."""

    kind: str
    name: str
    version: str
    provider: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class File:
    """A file that figures come from, as the audience may know it; `digest` is SHA-256 in hex."""

    name: str
    kind: str
    measured: str
    digest: str


@dataclass(frozen=True)
class Told:
    """A snapshot as programs read it."""

    taken: Snapshot

    @property
    def level(self) -> Level:
        return self.taken.level  # type: ignore[return-value]  # a snapshot holds texts

    @property
    def name(self) -> str:
        return text(self.taken.head["name"])

    @property
    def version(self) -> str:
        return text(self.taken.candidate)

    @property
    def verdict(self) -> str:
        return text(f"{self.taken.head['verdict']}: {self.taken.head['sentence']}")

    @property
    def made(self) -> str:
        """When it was made, as RFC 3339 in UTC."""
        return _instant(dt.datetime.fromisoformat(self.taken.origin["made"]))

    @property
    def expires(self) -> str:
        """The last second for which it counts."""
        last = dt.date.fromisoformat(self.taken.origin["valid_until"])
        return _instant(dt.datetime.combine(last, dt.time(23, 59, 59), dt.UTC))

    @property
    def stamp(self) -> dict[str, str]:
        """What stands on every page, without what is empty."""
        spoken = self.taken.language
        said = {name: said for name in _STAMPED if (said := text(self.taken.stamp[name], ""))}
        return said | ({"language": spoken} if spoken != language.ENGLISH else {})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what `snapshot.json` holds."""
        return canonical.digest(canonical.dumps(self.taken.data()))

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Answers, or the gaps where the audience sees no more, and gates."""
        answers = self._answers("checklist", "answers", "signal") or [
            *self._answers("boundary", "attestations", "name"),
            *self._answers("gaps", "gaps", "gap"),
        ]
        taken: set[str] = set()
        return tuple(replace(claim, id=_free(claim, taken)) for claim in (*answers, *self._gates()))

    def _answers(self, section: str, rows: str, name: str) -> list[Claim]:
        return [_answer(row, text(row[name])) for row in self._rows(section, rows) if name in row]

    def _gates(self) -> list[Claim]:
        return [_gate(row) for row in self._rows("gates", "gates") or self._rows("policy", "gates")]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(_part(row) for row in self._rows("card", "components"))

    @cached_property
    def files(self) -> tuple[File, ...]:
        rows = self._rows("provenance", "files")
        return tuple(File(*(text(row[key]) for key in ("name", "kind", "measured", "digest"))) for row in rows)

    def uuid(self, what: str) -> str:
        """The same for the same thing in every pack about this version of the system."""
        return str(uuid.uuid5(_SPACE, f"{self.taken.slug}\n{self.taken.candidate}\n{self.taken.audience}\n{what}"))

    @property
    def own_uuid(self) -> str:
        """That of the document: another one where anything in it is another."""
        return str(uuid.uuid5(_SPACE, self.digest))

    def _rows(self, section: str, rows: str) -> list[Mapping[str, Plain]]:
        found = next((each.data.get(rows, ()) for each in self.taken.sections if each.id == section), ())
        rest: Sequence[Plain] = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return [row for row in rest if isinstance(row, Mapping)]


def text(value: Plain, silent: str = NOT_STATED) -> str:
    """A text of the snapshot on one line, without what is not seen."""
    return formatting.plain(str(value)) or tr(silent)


def _answer(row: Mapping[str, Plain], name: str) -> Claim:
    mark, behind = text(row["mark"]), text(row.get("behind", ""), "")
    state = _state(text(row.get("state", ""), "") or behind)
    why = "; ".join(part for part in (behind or state or "", _action(row)) if part not in ("", "–"))
    return Claim("answer", name, mark, why or tr("nothing is said of it"), _outcome(mark, state))


def _action(row: Mapping[str, Plain]) -> str:
    told = (("due", marked("due {it}")), ("owner", marked("owner {it}")), ("action", marked("next action {it}")))
    said = [tr(words, it=text(row[key])) for key, words in told if key in row and text(row[key]) != "–"]
    return ", ".join(said)


def _state(words: str) -> AnswerState | None:
    """The state that a text begins with, as `attested by person 1: …` does."""
    states: tuple[AnswerState, ...] = get_args(AnswerState)
    return next((state for state in states if words.startswith(tr(state))), None)


def _outcome(mark: str, state: AnswerState | None) -> Outcome:
    if mark.startswith(tr(summaries.MARKS["yes"])):
        return "fails"
    if mark.startswith(tr(summaries.MARKS["partial"])):
        return "fails" if state == "contradicted" else "in part"
    return _STATES[state] if state and mark.startswith(_controlled()) else "not decided"


def _controlled() -> tuple[str, ...]:
    """How an answer of control begins: what is controlled, and what does not apply."""
    return tuple(summaries.answered("no", not_applicable) for not_applicable in (False, True))


def _gate(row: Mapping[str, Plain]) -> Claim:
    said = text(row["state"])
    state = next((state for state, words in scorecard_words.GATES.items() if tr(words) == said), "missing")
    return Claim("gate", text(row["gate"]), said, text(row["why"]), _GATES[state])


def _part(row: Mapping[str, Plain]) -> Part:
    kind, _, name = text(row["part"]).partition(": ")
    known = {key: said for key in row if (said := text(row[key])) not in (tr(NOT_STATED), "–")}
    facts: dict[str, str] = {key: known[key] for key in ("region", "retention", "training") if key in known}
    return Part(kind.lower(), name or kind, known.get("version", ""), known.get("provider", ""), facts)


def _free(claim: Claim, taken: set[str]) -> str:
    """A token of the name, with a number where another has it."""
    words = re.sub(r"[^a-z0-9]+", "-", claim.name.lower()).strip("-")[:80].strip("-")
    stem = f"{claim.kind}-{words}" if words else claim.kind
    found = next(token for token in _numbered(stem) if token not in taken)
    taken.add(found)
    return found


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    for number in range(2, 100_000):
        yield f"{stem}-{number}"


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
