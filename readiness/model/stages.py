"""Steps through the stages of a rollout, as somebody took them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from readiness.language import marked, tr

from .record import Line, Record

StageAction = Literal["advance", "hold", "roll back"]
ACTIONS: tuple[StageAction, ...] = (marked("advance"), marked("hold"), marked("roll back"))
AdviceKind = Literal["advance", "hold", "roll back", "done"]
ADVICE: tuple[AdviceKind, ...] = (*ACTIONS, marked("done"))


_AGAINST: dict[AdviceKind, str] = {
    "advance": marked("the evidence advises to advance; expected a note that says why not"),
    "hold": marked("the evidence advises to hold; expected a note that says why not"),
    "roll back": marked("the evidence advises to roll back; expected a note that says why not"),
    "done": marked("the evidence advises to done; expected a note that says why not"),
}


class StageStep(Record):
    """What was done: `stage` is where the rollout stands after it, empty once it is rolled back.

    `advice` is what the evidence advised then; a step against it says why in its note.
    """

    action: StageAction
    stage: Line = ""
    advice: AdviceKind
    note: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""

    @model_validator(mode="after")
    def _explained(self) -> StageStep:
        if self.action != self.advice and not self.note:
            raise ValueError(tr(_AGAINST[self.advice]))
        return self


@dataclass(frozen=True)
class StoredStep:
    id: int
    assessment_id: int
    record: StageStep
    by: str
    at: dt.datetime
