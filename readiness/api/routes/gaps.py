"""The open gaps, and changes of one."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from readiness.api import answers, asked
from readiness.api.dependencies import By, Day, Id, Slug, StoreOf, this_day
from readiness.services import gaps


class GapAnswer(BaseModel):
    """An open gap; `seen` is what a change must name."""

    id: int
    system: str
    signal: str
    name: str
    mark: str
    owner: str
    due: dt.date | None
    days_over: int
    slips: int
    action: str
    seen: int


class GapChange(BaseModel):
    """What is to be different; what is not named stays. `reason` is needed where the date moves later."""

    model_config = ConfigDict(extra="forbid")
    due: dt.date | None = None
    owner: str | None = Field(default=None, max_length=300)
    action: str | None = Field(default=None, max_length=300)
    reason: str = Field(default="", max_length=20_000)
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)


class WriteAnswer(BaseModel):
    changed: bool
    sentence: str


ROUTES = APIRouter()


@ROUTES.get("/gaps", summary="The open gaps, the earliest due date first")
def open_gaps(
    store: StoreOf, by: By, system: Slug = "", owner: str = "", *, overdue: bool = False, as_of: Day = None
) -> list[GapAnswer]:
    found = asked.gaps(store, by, system=system, owner=owner, as_of=this_day(as_of))
    wanted = found.overdue() if overdue else found.gaps
    return [GapAnswer(**answers.gap(one), seen=one.row_version) for one in wanted]


@ROUTES.patch("/gaps/{gap_id}", summary="Move a due date, name an owner or the next action")
def change(gap_id: Id, wanted: GapChange, store: StoreOf, by: By) -> WriteAnswer:
    stored = gaps.one(store, by, gap_id)
    done = gaps.change(
        store,
        by,
        gap_id,
        seen=stored.row_version if wanted.seen is None else wanted.seen,
        due=wanted.due if "due" in wanted.model_fields_set else stored.record.due,
        owner=stored.record.owner if wanted.owner is None else wanted.owner,
        action=stored.record.action if wanted.action is None else wanted.action,
        reason=wanted.reason,
    )
    return WriteAnswer(changed=done.changed, sentence=done.sentence)
