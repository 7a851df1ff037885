"""One question answered from what an audience may be told: words, how far they are borne out, source and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.language import marked, tr
from readiness.pack.snapshot import Snapshot

from . import facts
from .facts import AnsweredFact
from .frameworks import FrameworkItem
from .signals import AnswerWord

LONGEST = 2_000
"""Characters of an answer: what a cell shows, and a reader reads."""
STATES: dict[AnswerWord, str] = {
    "shown": marked("Stored, fresh measurements or documents of this version bear the answer out."),
    "attested": marked("It rests on somebody's word and a reference; no stored measurement decides."),
    "stated": marked("Those who run the system say so."),
    "uncovered": marked("A part of what is asked is answered, and a part is not."),
    "contradicted": marked("Stored evidence speaks against what the team answered."),
    "not stated": marked("Nobody wrote it down; nothing was filled in."),
    "not shown": marked("Nothing stored answers it, or this reader is not told."),
}
"""What the states mean, to a reader from outside."""
_WEAKEST_FIRST: tuple[AnswerWord, ...] = ("uncovered", "attested", "stated", "shown")


@dataclass(frozen=True)
class FilledAnswer:
    """`as_of` is the ISO date that it was read on; `source` says since when each of its facts has stood."""

    text: str
    state: AnswerWord
    source: str
    as_of: str

    @property
    def answered(self) -> bool:
        return self.state not in ("not stated", "not shown")


def answer(taken: Snapshot, item: FrameworkItem) -> FilledAnswer:
    """What the facts of the item say; what they do not say is named, and never made up."""
    told = [facts.tell(taken, fact) for fact in item.answered_by]
    spoken = [fact for fact in told if not fact.silent]
    lines = [f"{fact.of}: {fact.text}" if len(told) > 1 else fact.text for fact in spoken]
    lines += [f"{fact.of}: {_silence(fact)}" for fact in told if spoken and fact.silent]
    lines += [tr("Answers a part only: {part}", part=tr(item.covers_only))] if spoken and item.covers_only else []
    state = _state(told, whole=not item.covers_only)
    text = _cut(". ".join(line.rstrip(". ") for line in lines)) or tr(state).capitalize()
    return FilledAnswer(text, state, "; ".join(dict.fromkeys(fact.source for fact in spoken or told)), taken.as_of)


def unmatched(taken: Snapshot) -> FilledAnswer:
    """What stands beside a question that is not certainly one of ours."""
    return FilledAnswer(tr("Not shown"), "not shown", tr("no fact is certainly what is asked"), taken.as_of)


def _silence(fact: AnsweredFact) -> str:
    return tr("not told in this pack") if fact.withheld else tr(fact.state)


def _state(told: Sequence[AnsweredFact], *, whole: bool) -> AnswerWord:
    """One contradiction is enough; one fact that says nothing leaves the answer uncovered; else the weakest counts."""
    states = [fact.state for fact in told]
    if "contradicted" in states:
        return "contradicted"
    borne = [state for state in states if state in _WEAKEST_FIRST]
    if not borne:
        return "not shown" if "not shown" in states else "not stated"
    if len(borne) < len(states) or not whole:
        return "uncovered"
    return min(borne, key=_WEAKEST_FIRST.index)


def _cut(text: str) -> str:
    """At a word: half of one would say something else."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2].rpartition(' ')[0]} …"
