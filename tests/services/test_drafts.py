"""What somebody has begun to answer: theirs alone, bounded, and gone with the answer, the person or the system."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import access, clock
from readiness.access import Principal
from readiness.errors import Denied, InputError, NotFound
from readiness.model.drafts import AnswerDraft
from readiness.services import Store, admin, drafts, evidence, marks, people, systems
from readiness.store import queries
from readiness.store.changes.drafts import KEPT_FOR, MOST
from tests import factories, files
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

OMAR, EVE = (Principal.of(f"{name}@example.com", access.GRANTS) for name in ("omar", "eve"))
BEGUN = AnswerDraft(signal="capacity", mark="partial", note="Half of it", evidence=["https://e.example/1"])


@pytest.fixture
def store(copy_of: CopyOf) -> Store:
    return copy_of(_one_system)


def _one_system(store: Store, _: Path) -> None:
    evidence.add_assessment(store, OMAR, files.whole(), name="a.toml", digest="1" * 64, as_of=TODAY)


def number(store: Store) -> int:
    return queries.dossier(store, SLUG).assessment.id


def keep(store: Store, draft: AnswerDraft = BEGUN, by: Principal = OMAR) -> None:
    drafts.keep(store, by, SLUG, number(store), draft)


def mine(store: Store, signal: str = "capacity", by: Principal = OMAR) -> AnswerDraft:
    return drafts.mine(store, by, SLUG, number(store), signal)


def rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM draft").scalar() or 0


def test_a_draft_is_there_again_for_whoever_wrote_it_alone_and_no_event_tells_of_it(store: Store) -> None:
    head = queries.head(store)
    keep(store)
    assert mine(store) == BEGUN
    assert not mine(store, by=EVE)
    keep(store, BEGUN.model_copy(update={"note": "Of Eve"}), EVE)
    assert mine(store) == BEGUN
    assert queries.head(store) == head
    assert [check.name for check in admin.examine(OMAR, store.url) if not check.ok] == []


def test_a_draft_is_written_where_it_changed_and_an_empty_one_is_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "writing", None)
        keep(store)
    keep(store, AnswerDraft(signal="capacity"))
    assert rows(store) == 0


def test_a_draft_goes_with_the_answer_of_whoever_wrote_it(store: Store) -> None:
    for by in (OMAR, EVE):
        keep(store, by=by)
    row = queries.dossier(store, SLUG).marks["capacity"]
    marks.answer(store, OMAR, SLUG, number(store), factories.mark("capacity", "yes"), seen=row.row_version)
    assert (bool(mine(store)), bool(mine(store, by=EVE))) == (False, True)


def test_a_draft_goes_with_a_person_who_leaves_and_with_the_system(store: Store) -> None:
    people.add(store, OMAR, EVE.name, "Eve")
    for by in (OMAR, EVE):
        keep(store, by=by)
    (eve,) = people.every(store, OMAR)
    people.edit(store, OMAR, eve.id, seen=eve.row_version, name="Eve", left_on=TODAY)
    assert rows(store) == 1
    for end in (systems.archive, systems.delete):
        end(store, OMAR, SLUG, "over", seen=systems.one(store, OMAR, SLUG).row_version)
    assert rows(store) == 0


def test_drafts_are_few_and_end_when_nobody_comes_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = clock.now()
    keep(store, by=EVE)
    for at in range(MOST + 2):
        monkeypatch.setattr(clock, "now", lambda at=at: first + dt.timedelta(minutes=at))
        keep(store, AnswerDraft(signal=f"signal-{at}", note="x"))
    assert rows(store) == MOST + 1
    assert (bool(mine(store, "signal-1")), bool(mine(store, "signal-2"))) == (False, True)
    monkeypatch.setattr(clock, "now", lambda: first + KEPT_FOR + dt.timedelta(days=1))
    keep(store)
    assert rows(store) == 1


@pytest.mark.parametrize("field", [{"note": "x" * 20_001}, {"evidence": ["x"] * 51}, {"evidence": ["x" * 2_001]}])
def test_what_is_longer_than_an_answer_is_no_draft(field: dict[str, object]) -> None:
    with pytest.raises(InputError):
        AnswerDraft.checked(signal="capacity", **field)


def test_a_draft_is_of_an_assessment_of_a_system_that_somebody_may_answer(store: Store) -> None:
    with pytest.raises(NotFound, match="has no assessment 99"):
        drafts.keep(store, OMAR, SLUG, 99, BEGUN)
    with pytest.raises(Denied):
        keep(store, by=Principal.of("eve", {"viewer", "admin"}))
