"""Steps through the stages: kept with what the evidence advised, one at a time, and imported figures of a stage."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from readiness import clock
from readiness.errors import Conflict, Denied, InputError
from readiness.importers import Options
from readiness.model.policy import Gate, RolloutStage
from readiness.services import imports, reviews, stages
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
STAGES = [
    RolloutStage(name="canary", share=0.05, gates=[Gate(metric="task_success", min=0.5, max_unscored=1)]),
    RolloutStage(name="all", share=1),
]
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def filled(copy_of: CopyOf) -> Store:
    return copy_of(_filled)


def _filled(store: Store, folder: Path) -> None:
    file = files.whole()
    file.policy = factories.policy(stages=STAGES)
    files.keep(store, files.assessment(folder, file), files.results(folder))


def take(store: Store, action: Any, note: str = "", seen: int | None = None, by: Any = DANA) -> str:
    review = reviews.load(store, DANA, SLUG, as_of=TODAY)
    number, steps = review.assessment_id, len(review.dossier.steps)
    seen = steps if seen is None else seen
    return stages.take(store, by, SLUG, number, action, note=note, seen=seen, as_of=TODAY).sentence


def advised(store: Store) -> str:
    return stages.advice(DANA, reviews.load(store, DANA, SLUG, as_of=TODAY)).kind


def measure(store: Store, folder: Path, rate: float) -> None:
    rows = [f"{version},*,,task_success,{rate},900" for version in ("2026.11", "2026.10")]
    path = files.results(folder, *rows, name=f"canary-{rate}.csv")
    request = imports.ImportRequest(path, system=SLUG, options=Options(stage="canary", measured_on=TODAY))
    imports.keep(store, DANA, imports.read(store, DANA, request), system=SLUG, as_of=TODAY)


def test_a_rollout_goes_through_its_stages_by_evidence(filled: Store, tmp_path: Path) -> None:
    before = reviews.load(filled, DANA, SLUG, as_of=TODAY)
    first = take(filled, "advance", "" if advised(filled) == "advance" else "the pilot begins")
    assert first.startswith(f"Went on to canary with {SLUG} 2026.11")
    assert advised(filled) == "hold"
    with pytest.raises(InputError, match="says why not"):
        take(filled, "advance")
    measure(filled, tmp_path, 0.9)
    assert advised(filled) == "advance"
    after = reviews.load(filled, DANA, SLUG, as_of=TODAY)
    assert (after.verdict, len(after.rows)) == (before.verdict, len(before.rows))
    measure(filled, tmp_path, 0.2)
    assert advised(filled) == "roll back"
    assert take(filled, "roll back", "it fails") == f"Rolled back with {SLUG} 2026.11"
    event = queries.events(filled)[0]
    assert (event.action, event.detail["advice"]) == ("stage", "roll back")
    assert not queries.verified_facts(filled, SLUG).changed


def test_one_of_two_who_take_a_step_at_once_is_told(filled: Store) -> None:
    take(filled, "advance", "now")
    with pytest.raises(Conflict, match="somebody took a step in the meantime"):
        take(filled, "hold", "now", seen=0)


def test_no_step_leads_where_there_is_nothing(filled: Store) -> None:
    for action in ("hold", "roll back"):
        with pytest.raises(InputError, match="the rollout is in no stage"):
            take(filled, action, "now")
    take(filled, "advance", "now")
    take(filled, "advance", "now")
    with pytest.raises(InputError, match="there is no next stage"):
        take(filled, "advance", "now")


@pytest.mark.parametrize("role", ["viewer", "owner", "exporter", "admin"])
def test_who_may_take_no_step_is_denied(filled: Store, role: str) -> None:
    with pytest.raises(Denied, match="may not take steps through the stages"):
        take(filled, "advance", "now", by=factories.principal(role, name="kim"))


def test_a_step_may_be_written_down_later_and_its_hours_count_from_when_it_was_taken(filled: Store) -> None:
    review = reviews.load(filled, DANA, SLUG, as_of=TODAY)
    now = clock.now()

    def taken(at: dt.datetime, seen: int = 0) -> None:
        number = review.assessment_id
        stages.take(filled, DANA, SLUG, number, "advance", note="so it was", seen=seen, as_of=TODAY, at=at)

    for wrong in (now + dt.timedelta(minutes=1), now - dt.timedelta(days=400)):
        with pytest.raises(InputError, match="cannot have been taken on"):
            taken(wrong)
    taken(now - dt.timedelta(hours=5))
    with pytest.raises(InputError, match="cannot have been taken on"):
        taken(now - dt.timedelta(hours=6), seen=1)
    (step,) = reviews.load(filled, DANA, SLUG, as_of=TODAY).dossier.steps
    assert step.at == now - dt.timedelta(hours=5)
    event = queries.events(filled, system=SLUG)[0]
    assert (event.at, event.detail["taken"]) == (now, step.at.isoformat())
