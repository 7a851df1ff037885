from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from readiness import formatting
from readiness.access import GRANTS, Principal, allowed
from readiness.errors import Conflict, Conflicts, Denied, InputError, NotFound, StoreError
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.documents import Document
from readiness.model.dossier import Done, Dossier, Stored
from readiness.model.evidence import ReadAs
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import Rollback
from readiness.model.traces import KeptReason, StageFigure, TraceCount
from readiness.services import admin as admin_service
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.services import marks as marks_service
from readiness.services import revisions as revisions_service
from readiness.services import traces as traces_service
from readiness.store import Store, queries
from readiness.store.tables import StoreTable
from tests import factories, stored
from tests.factories import SLUG, TODAY, assessment_file, cell, evidence, mark, trace
from tests.stored import CopyOf

DANA, OMAR = factories.principal(), factories.principal(name="omar")
LATER = TODAY + dt.timedelta(days=30)
GAP, HALF = mark("capacity", "yes"), mark("traceability", "partial")


def stated(*marks: Mark, **fields: Any) -> AssessmentFile:
    policy, monitoring = factories.policy(), factories.monitoring()
    return assessment_file(*(marks or (GAP, HALF)), **{"policy": policy, "monitoring": monitoring} | fields)


def put(store: Store, file: AssessmentFile | None = None, name: str = "first.toml") -> Dossier:
    evidence_service.add_assessment(
        store, DANA, file or stated(), name=name, digest=factories.digest(name), as_of=TODAY
    )
    return queries.dossier(store, SLUG)


def put_traces(store: Store, *ids: str, name: str = "spans.jsonl", **fields: Any) -> Done:
    file = evidence(name, kind="traces", **fields)
    return stored.add_evidence(store, DANA, SLUG, file, traces=tuple(trace(each) for each in ids))


def gap(store: Store, signal: str = "capacity") -> Stored[Mark]:
    return queries.dossier(store, SLUG).marks[signal]


def move(store: Store, due: dt.date | None, reason: str = "", by: Principal = DANA) -> Done:
    now = gap(store)
    kept = now.record
    return gaps_service.change(
        store, by, now.id, seen=now.row_version, due=due, owner=kept.owner, action=kept.action, reason=reason
    )


def content(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in StoreTable.metadata.sorted_tables
        }


# Assessment files


def test_an_imported_file_is_stored_whole(store: Store) -> None:
    found = put(store)
    assert found.system.record == stated().system
    assert found.assessment.record == stated().assessment
    assert {name: kept.record for name, kept in found.marks.items()} == {"capacity": GAP, "traceability": HALF}
    assert found.policy is not None
    assert (found.policy.record, found.policy.number, found.policy.by) == (factories.policy(), 1, "dana")
    assert found.monitoring is not None
    assert found.monitoring.record == factories.monitoring()


def test_the_same_file_again_changes_nothing_and_leaves_edits_alone(store: Store) -> None:
    put(store)
    move(store, LATER, "vendor is late")
    before = content(store)
    again = evidence_service.add_assessment(
        store, DANA, stated(), name="first.toml", digest=factories.digest("first.toml"), as_of=TODAY
    )
    assert not again.changed
    assert content(store) == before
    assert gap(store).record.due == LATER


def test_another_file_with_the_same_content_is_no_write(store: Store) -> None:
    put(store)
    before = queries.head(store)
    assert put(store, name="same.toml").marks["capacity"].row_version == 1
    assert queries.head(store) == before


def test_marks_that_a_file_does_not_hold_are_left_as_they_are(store: Store) -> None:
    put(store)
    found = put(store, stated(mark("ownership", "no"), policy=None), "second.toml")
    assert set(found.marks) == {"capacity", "traceability", "ownership"}
    assert found.policy is not None
    assert found.policy.record == factories.policy()


def test_a_changed_document_is_a_new_revision_and_an_unchanged_one_is_not(store: Store) -> None:
    put(store)
    found = put(store, stated(policy=factories.policy(stages=[])), "second.toml")
    assert found.policy is not None
    assert (found.policy.number, found.policy.record.stages) == (2, [])
    assert found.monitoring is not None
    assert found.monitoring.number == 1


def test_a_due_date_that_a_file_moves_is_kept_as_a_move(store: Store) -> None:
    put(store)
    found = put(store, stated(GAP.model_copy(update={"due": LATER})), "second.toml")
    kept = found.marks["capacity"]
    assert (kept.record.due, kept.row_version) == (LATER, 2)
    (moved,) = found.moves[kept.id]
    assert (moved.before, moved.after, moved.reason) == (GAP.due, LATER, "in the file second.toml")


def test_a_file_that_only_renames_the_system_is_stored_and_audited(store: Store) -> None:
    put(store)
    before = queries.chain(store).events
    found = put(store, stated(system=System(slug=SLUG, name="Copilot")), "second.toml")
    assert found.system.record.name == "Copilot"
    assert queries.chain(store).events == before + 1
    assert "the system" in queries.events(store)[0].sentence


def test_the_same_file_again_does_not_take_back_the_name_that_a_later_one_gave(store: Store) -> None:
    put(store)
    renamed = stated(system=System(slug=SLUG, name="Copilot"), assessment=Assessment(candidate="2026.12"))
    put(store, renamed, "second.toml")
    assert put(store).system.record.name == "Copilot"


def test_an_assessment_without_a_date_is_of_today_and_found_again(store: Store) -> None:
    put(store, stated(assessment=Assessment(candidate="2026.12")))
    found = put(store, stated(assessment=Assessment(candidate="2026.12", scope="EU")), "second.toml")
    assert (found.assessment.record.assessed_on, found.assessment.record.scope) == (TODAY, "EU")
    assert len(found.others) == 1


def test_another_candidate_is_another_assessment(store: Store) -> None:
    put(store)
    found = put(store, stated(assessment=factories.assessment(candidate="2026.12")), "second.toml")
    assert found.assessment.record.candidate == "2026.12"
    assert len(found.others) == 2


# Answers and gaps


def answer(store: Store, given: Mark, seen: int, by: Principal = DANA, reason: str = "") -> Done:
    return marks_service.answer(
        store, by, SLUG, queries.dossier(store, SLUG).assessment.id, given, seen=seen, reason=reason
    )


def test_a_first_answer_and_a_change_of_it_count_the_row_version_up(store: Store) -> None:
    put(store)
    assert answer(store, mark("ownership", "no"), 0).sentence == "ownership: not answered became No – controlled"
    assert gap(store, "ownership").row_version == 1
    answer(store, mark("ownership", "yes"), 1)
    assert (gap(store, "ownership").record, gap(store, "ownership").row_version) == (mark("ownership", "yes"), 2)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (mark("capacity", "no"), "capacity: Yes – gap became No – controlled"),
        (mark("capacity", "partial"), "capacity: Yes – gap became Partial"),
        (Mark(signal="capacity", note="to be asked"), "capacity: Yes – gap became not answered"),
        (GAP.model_copy(update={"note": "asked"}), "capacity: Yes – gap, details changed"),
        (GAP.model_copy(update={"due": TODAY}), "Due date of capacity moved from 4 Dec 2026 to 20 Nov 2026"),
    ],
)
def test_an_answer_says_what_became_of_it(store: Store, given: Mark, sentence: str) -> None:
    put(store)
    assert answer(store, given, 1) == Done(sentence)
    assert gap(store).record == given


def test_a_gap_that_is_stated_as_it_is_changes_nothing(store: Store) -> None:
    put(store)
    before = content(store)
    done = gaps_service.change(store, DANA, gap(store).id, seen=1, due=GAP.due, owner=GAP.owner, action=GAP.action)
    assert done == Done("Nothing was changed", changed=False)
    assert answer(store, GAP, 1) == Done("Nothing was changed", changed=False)
    assert content(store) == before


def test_an_answer_that_is_no_gap_may_let_go_of_its_due_date_or_move_it(store: Store) -> None:
    put(store)
    answer(store, mark("capacity", "no", due=LATER), 1)
    assert gap(store).record.due == LATER
    answer(store, mark("capacity", "no", note="done"), 2)
    assert gap(store).record.due is None


def test_a_first_due_date_is_said_to_be_set(store: Store) -> None:
    put(store, stated(mark("capacity", "yes", due=None)))
    assert move(store, LATER).sentence == "Due date of capacity set to 20 Dec 2026"
    assert move(store, TODAY, "  ").sentence == "Due date of capacity moved from 20 Dec 2026 to 20 Nov 2026"


def test_a_gap_of_nobody_is_not_moved_by_an_owner(store: Store) -> None:
    put(store, stated(mark("capacity", "yes", owner="omar")))
    with pytest.raises(Denied):
        move(store, LATER, "vendor is late", factories.principal("owner", name="rosa"))


def test_the_same_answer_again_changes_nothing(store: Store) -> None:
    put(store)
    before = content(store)
    assert not answer(store, GAP, 1).changed
    assert content(store) == before


@pytest.mark.parametrize("seen", [0, 2, -1])
def test_an_answer_that_saw_another_version_is_refused_and_shows_theirs(store: Store, seen: int) -> None:
    put(store)
    before = content(store)
    with pytest.raises(Conflict) as lost:
        answer(store, GAP.model_copy(update={"note": "mine"}), seen, OMAR)
    assert lost.value.theirs == {"note": ""}
    assert content(store) == before


def test_a_first_answer_that_somebody_else_gave_meanwhile_is_a_conflict(store: Store) -> None:
    put(store)
    answer(store, mark("ownership", "no"), 0)
    with pytest.raises(Conflict) as lost:
        answer(store, mark("ownership", "partial"), 0, OMAR)
    assert lost.value.theirs["mark"] == "no"


def test_a_lost_race_over_a_gap_shows_what_they_wrote(store: Store) -> None:
    put(store)
    mine = gap(store)
    move(store, LATER, "vendor is late", OMAR)
    with pytest.raises(Conflict) as lost:
        gaps_service.change(store, DANA, mine.id, seen=mine.row_version, due=GAP.due, owner="rosa", action="Close it")
    assert lost.value.theirs == {"due": LATER, "owner": "omar"}
    assert (gap(store).record.due, gap(store).record.owner) == (LATER, "omar")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_later_due_date_needs_a_reason(store: Store, reason: str) -> None:
    put(store)
    before = content(store)
    with pytest.raises(InputError, match=r"moving the due date from 4 Dec 2026 to 20 Dec 2026 has no reason"):
        move(store, LATER, reason)
    with pytest.raises(InputError, match="has no reason"):
        answer(store, GAP.model_copy(update={"due": LATER}), 1, reason=reason)
    assert content(store) == before


def test_an_earlier_or_a_first_due_date_needs_none(store: Store) -> None:
    put(store, stated(mark("capacity", "yes", due=None)))
    move(store, LATER)
    assert move(store, TODAY).sentence == "Due date of capacity moved from 20 Dec 2026 to 20 Nov 2026"
    assert [(each.before, each.after) for each in queries.dossier(store, SLUG).moves[gap(store).id]] == [
        (None, LATER),
        (LATER, TODAY),
    ]


def test_every_move_is_kept_with_its_reason_and_its_author(store: Store) -> None:
    put(store)
    move(store, LATER, "vendor is late")
    answer(store, gap(store).record.model_copy(update={"due": LATER + dt.timedelta(1)}), 2, OMAR, "one day more")
    moves = queries.dossier(store, SLUG).moves[gap(store).id]
    assert [(each.reason, each.by) for each in moves] == [("vendor is late", "dana"), ("one day more", "omar")]


def test_a_change_of_anything_but_the_due_date_is_no_move(store: Store) -> None:
    put(store)
    answer(store, GAP.model_copy(update={"note": "asked again"}), 1)
    done = gaps_service.change(store, DANA, gap(store).id, seen=2, due=GAP.due, owner="rosa", action="Ask")
    assert done.sentence == "Gap capacity updated"
    assert queries.dossier(store, SLUG).moves.get(gap(store).id, []) == []


def test_the_event_of_an_answer_holds_what_was_there_before_and_after_and_nothing_that_stayed(store: Store) -> None:
    put(store)
    answer(store, GAP.model_copy(update={"note": "asked", "due": LATER}), 1, reason="vendor is late")
    event = queries.events(store)[0]
    assert (event.subject, event.sentence) == (
        "signal capacity",
        "Due date of capacity moved from 4 Dec 2026 to 20 Dec 2026",
    )
    assert event.detail == {
        "assessment": 1,
        "before": {"note": "", "due": "2026-12-04"},
        "after": {"note": "asked", "due": "2026-12-20"},
        "reason": "vendor is late",
    }


def test_the_event_of_a_gap_holds_what_was_there_before_and_after(store: Store) -> None:
    put(store)
    done = gaps_service.change(
        store, OMAR, gap(store).id, seen=1, due=LATER, owner="rosa", action="Close it", reason="vendor is late"
    )
    event = queries.events(store)[0]
    assert done.sentence == "Due date of capacity moved from 4 Dec 2026 to 20 Dec 2026; reason kept"
    assert (event.actor, event.subject, event.sentence) == ("omar", "signal capacity", done.sentence)
    assert event.detail == {
        "assessment": 1,
        "before": {"owner": "omar", "due": "2026-12-04"},
        "after": {"owner": "rosa", "due": "2026-12-20"},
        "reason": "vendor is late",
    }


def test_a_due_date_cannot_be_taken_away_from_a_gap(store: Store) -> None:
    put(store)
    with pytest.raises(InputError, match="cannot be taken away"):
        move(store, None, "no longer needed")
    with pytest.raises(InputError, match="cannot be taken away"):
        answer(store, GAP.model_copy(update={"due": None}), 1)


def test_a_gap_that_is_closed_lets_go_of_its_due_date(store: Store) -> None:
    put(store)
    answer(store, mark("capacity", "no"), 1)
    with pytest.raises(InputError, match="capacity is not a gap"):
        move(store, LATER, "vendor is late")


def test_an_owner_whose_name_is_too_long_is_refused_in_one_sentence(store: Store) -> None:
    put(store)
    with pytest.raises(InputError, match="owner: "):
        gaps_service.change(store, DANA, gap(store).id, seen=1, due=GAP.due, owner="x" * 301, action="")


# Evidence and traces


def test_the_same_bytes_read_the_same_way_store_nothing_twice(store: Store) -> None:
    put(store)
    assert put_traces(store, "t-1").changed
    before = content(store)
    again = put_traces(store, "t-1", "t-2", digest=factories.digest("spans.jsonl"))
    assert not again.changed
    other_name = stored.add_evidence(
        store, OMAR, SLUG, evidence("copy.jsonl", kind="traces", digest=factories.digest("spans.jsonl"))
    )
    assert "as spans.jsonl" in other_name.sentence
    assert content(store) == before


def test_the_same_bytes_read_in_another_way_replace_and_keep_the_labels(store: Store) -> None:
    put(store)
    put_traces(store, "t-1", "t-2", "t-3")
    label(store, "t-1", "bad", "wrong tenant")
    label(store, "t-2", None, "unclear")
    put_traces(store, "t-1", "t-2", "t-4", options=ReadAs(mapping={"cohort": "tenant"}))
    found = queries.dossier(store, SLUG)
    kept = {each.record.trace_id: (each.record.path, each.record.note) for _, each in found.traces}
    assert kept == {"t-1": ("bad", "wrong tenant"), "t-2": (None, "unclear"), "t-4": (None, "")}
    (file,) = found.evidence.values()
    assert (file.row_version, file.record.options) == (2, ReadAs(mapping={"cohort": "tenant"}))


def label(store: Store, trace_id: str, path: Any, note: str, by: Principal = DANA) -> Done:
    traces = queries.dossier(store, SLUG).traces
    now = next(each for _, each in traces if each.record.trace_id == trace_id)
    return traces_service.label(store, by, SLUG, now.id, path, note, seen=now.row_version)


def timed(store: Store, *ids: str, n: int = 100_000, **fields: Any) -> Done:
    """Some traces kept out of `n`."""
    figure = StageFigure(version="2", workflow="*", kind="model", n=n, p50=0.1 + 0.2, p95=2, p99=3, share=1 / 3)
    return stored.add_evidence(
        store,
        DANA,
        SLUG,
        evidence("spans.jsonl", kind="traces", **fields),
        traces=tuple(trace(each, kept_for=[KeptReason(kind="slowest", workflow=each)]) for each in ids),
        stages=(figure,),
        counts=(TraceCount(version="2", traces=n, no_tool=7),),
    )


def test_figures_over_all_traces_stay_beside_the_few_that_are_kept(store: Store) -> None:
    put(store)
    assert timed(store, "a", "b").sentence == (
        f"Stored 2 of 100,000 traces of {SLUG} from spans.jsonl: slowest of a, 0 ms; slowest of b, 0 ms"
    )
    found = queries.dossier(store, SLUG)
    assert {each.record.kept_for[0].workflow for _, each in found.traces} == {"a", "b"}
    ((_, figure),), ((_, count),) = found.stages, found.counts
    assert (figure.kind, figure.n, figure.p50, figure.share) == ("model", 100_000, 0.1 + 0.2, 1 / 3)
    assert (count.traces, count.no_tool, count.no_request) == (100_000, 7, 0)


def test_figures_over_all_traces_are_replaced_and_removed_with_their_file(store: Store) -> None:
    put(store)
    timed(store, "a")
    before = content(store)
    assert not timed(store, "a").changed
    assert content(store) == before
    timed(store, "a", n=7, options=ReadAs(mapping={"cohort": "tenant"}))
    found = queries.dossier(store, SLUG)
    assert ([each.n for _, each in found.stages], [each.traces for _, each in found.counts]) == ([7], [7])
    evidence_service.remove(store, DANA, SLUG, *found.evidence)
    found = queries.dossier(store, SLUG)
    assert (found.stages, found.counts) == ([], [])


def test_a_file_of_an_older_schema_gets_its_figures_when_it_is_imported_again(store: Store) -> None:
    put(store)
    put_traces(store, "a", "b")
    label(store, "a", "bad", "wrong tenant")
    assert timed(store, "a", "b").changed
    found = queries.dossier(store, SLUG)
    assert [each.n for _, each in found.stages] == [100_000]
    assert {each.record.note for _, each in found.traces} == {"wrong tenant", ""}


def test_a_trace_that_somebody_labelled_in_the_meantime_is_not_let_go(store: Store) -> None:
    put(store)
    timed(store, "a", "b")
    label(store, "a", "bad", "wrong tenant")
    assert queries.labelled(store, SLUG) == {"a"}
    assert queries.labelled(store, "other") == set()
    timed(store, "c", options=ReadAs(mapping={"cohort": "tenant"}))
    kept = {each.record.trace_id: each.record.note for _, each in queries.dossier(store, SLUG).traces}
    assert kept == {"a": "wrong tenant", "c": ""}


def test_figures_are_stored_as_they_were_read(store: Store) -> None:
    put(store)
    cells = (cell(mean=0.1 + 0.2, passed=372), cell(mean=None, n=None, errors=7, dimension="language", value="日本"))
    stored.add_evidence(store, DANA, SLUG, evidence(size=3 << 30), cells)
    found = queries.dossier(store, SLUG)
    assert tuple(each for _, each in found.cells) == cells
    assert [kept.record.size for kept in found.evidence.values()] == [3 << 30]


def test_a_label_that_saw_another_version_is_refused_and_shows_theirs(store: Store) -> None:
    put(store)
    put_traces(store, "t-1")
    ((_, seen),) = queries.dossier(store, SLUG).traces
    label(store, "t-1", "good", "fine", OMAR)
    with pytest.raises(Conflict) as lost:
        traces_service.label(store, DANA, SLUG, seen.id, "bad", "not fine", seen=seen.row_version)
    assert lost.value.theirs == {"path": "good", "note": "fine"}


@pytest.mark.parametrize(("path", "note", "place"), [("ugly", "", "path"), ("good", "x" * 20_001, "note")])
def test_a_label_that_is_not_allowed_is_refused_in_one_sentence(store: Store, path: str, note: str, place: str) -> None:
    put(store)
    put_traces(store, "t-1")
    with pytest.raises(InputError, match=f"{place}: "):
        label(store, "t-1", path, note)


def test_evidence_that_is_removed_takes_its_figures_and_traces_and_leaves_its_audit(store: Store) -> None:
    put(store)
    put_traces(store, "t-1")
    (file,) = queries.dossier(store, SLUG).evidence
    evidence_service.remove(store, DANA, SLUG, file)
    found = queries.dossier(store, SLUG)
    assert (found.evidence, found.traces) == ({}, [])
    assert [event.action for event in queries.events(store)] == ["evidence.remove", "import", "import"]


def test_a_file_that_was_taken_back_stays_known_with_its_versions_until_it_is_stored_again(store: Store) -> None:
    put(store)
    put_traces(store, "t-1")
    (file,) = queries.dossier(store, SLUG).evidence
    stored = queries.dossier(store, SLUG).evidence[file].record
    evidence_service.remove(store, DANA, SLUG, file)
    (removed,) = queries.dossier(store, SLUG).removed
    assert (removed.name, removed.by, removed.versions) == (stored.name, DANA.name, [factories.CANDIDATE])
    put_traces(store, "t-1")
    assert queries.dossier(store, SLUG).removed == []


def test_what_was_removed_never_lends_its_id_to_what_comes_after(store: Store) -> None:
    put(store)
    put_traces(store, "t-1")
    before = queries.dossier(store, SLUG)
    evidence_service.remove(store, DANA, SLUG, *before.evidence)
    put_traces(store, "t-2", name="other.jsonl")
    with pytest.raises(NotFound):
        evidence_service.remove(store, OMAR, SLUG, *before.evidence)
    with pytest.raises(NotFound):
        traces_service.label(store, OMAR, SLUG, before.traces[0][1].id, "bad", "", seen=1)


@pytest.mark.parametrize("slug", ["claims-triage", "unknown"])
def test_a_write_reaches_only_what_belongs_to_the_system_it_names(store: Store, slug: str) -> None:
    put(store)
    put_traces(store, "t-1")
    own = queries.dossier(store, SLUG)
    other = stated(system=System(slug="claims-triage", name="Claims"))
    evidence_service.add_assessment(store, DANA, other, name="o.toml", digest=factories.digest("o.toml"), as_of=TODAY)
    before = content(store)
    (file,), ((_, seen),) = own.evidence, own.traces
    with pytest.raises(NotFound):
        evidence_service.remove(store, DANA, slug, file)
    with pytest.raises(NotFound):
        traces_service.label(store, DANA, slug, seen.id, "bad", "", seen=1)
    with pytest.raises(NotFound):
        marks_service.answer(store, DANA, slug, own.assessment.id, mark("capacity", "no"), seen=1)
    assert content(store) == before


# The release policy and the monitoring plan


def save(store: Store, document: Document, seen: int, by: Principal = DANA) -> Done:
    return revisions_service.save(store, by, SLUG, queries.dossier(store, SLUG).assessment.id, document, seen=seen)


def test_each_save_is_a_numbered_revision_that_tells_what_is_different(store: Store) -> None:
    put(store)
    done = save(store, factories.policy(stages=[]), 1)
    assert done.sentence == "Stored revision 2 of the release policy: Stage canary removed; Stage all removed"
    done = save(store, factories.monitoring(review_cadence="daily"), 1, OMAR)
    assert done.sentence == "Stored revision 2 of the monitoring plan: Review cadence: “weekly” → “daily”"
    found = queries.dossier(store, SLUG)
    assert found.policy is not None
    assert (found.policy.number, found.policy.by, found.policy.record.stages) == (2, "dana", [])
    assert [(each.number, each.by) for each in queries.revisions(store, found.assessment.id)] == [
        (1, "dana"),
        (1, "dana"),
        (2, "dana"),
        (2, "omar"),
    ]
    assert queries.events(store)[0].detail["differences"] == ["Review cadence: “weekly” → “daily”"]


def test_a_file_that_changes_the_policy_records_the_difference(store: Store) -> None:
    put(store)
    put(store, stated(policy=factories.policy(stages=[])), "second.toml")
    assert queries.events(store)[0].detail["differences"] == ["Stage canary removed", "Stage all removed"]


def test_a_policy_that_is_as_stored_is_no_revision(store: Store) -> None:
    put(store)
    before = content(store)
    assert save(store, factories.policy(), 1) == Done("Nothing was changed", changed=False)
    assert content(store) == before


def test_an_empty_plan_where_there_is_none_is_no_revision(store: Store) -> None:
    put(store, stated(monitoring=None))
    before = content(store)
    assert not save(store, MonitoringPlan(), 0).changed
    assert content(store) == before


def test_a_long_difference_is_told_in_part_and_kept_whole(store: Store) -> None:
    put(store, stated(policy=None))
    done = save(store, factories.policy(), 0)
    assert done.sentence.endswith("goes on if “no incident”; Rollback step added: “Route back”; 10 more changes")
    assert len(queries.events(store)[0].detail["differences"]) == 14


@pytest.mark.parametrize("seen", [0, 1, 3, -1])
def test_a_policy_that_saw_another_revision_is_refused_and_shows_both(
    store: Store, seen: int, noon: dt.datetime
) -> None:
    put(store)
    save(store, factories.policy(stages=[]), 1, OMAR)
    before = content(store)
    with pytest.raises(Conflict, match="the release policy was changed by somebody else") as lost:
        save(store, factories.policy(rollback=Rollback()), seen)
    assert content(store) == before
    assert lost.value.theirs["stored now"] == f"revision 2, by omar on {formatting.day(noon)}"
    if seen == 1:
        assert lost.value.theirs["they changed"] == "Stage canary removed; Stage all removed"
        assert str(lost.value.theirs["you changed"]).startswith("Rollback step removed: “Route back”; ")


def test_the_card_has_revisions_and_a_conflict_of_its_own(store: Store) -> None:
    put(store)
    assert save(store, factories.card(), 0).sentence.startswith("Stored revision 1 of the system card: Intended use: ")
    assert save(store, factories.card(users="Brokers"), 1, OMAR).sentence == (
        "Stored revision 2 of the system card: Users: “Support desks; customers read the answers” → “Brokers”"
    )
    before = content(store)
    with pytest.raises(Conflict, match="the system card was changed by somebody else") as lost:
        save(store, factories.card(limits=[]), 1)
    assert content(store) == before
    assert lost.value.theirs["you changed"] == "Known limit removed: “Weak on scanned tables”"
    found = queries.dossier(store, SLUG)
    assert found.card is not None
    assert (found.card.number, found.card.by, found.card.record.users) == (2, "omar", "Brokers")
    assert found.policy is not None
    assert found.policy.number == 1


def test_a_file_states_the_card_again_and_a_change_of_somebody_else_is_a_conflict(store: Store) -> None:
    put(store, stated(card=factories.card()))
    save(store, factories.card(users="Brokers"), 1, OMAR)
    with pytest.raises(Conflicts, match=r"card\.users: somebody changed this since the file was last read"):
        put(store, stated(card=factories.card(users="Adjusters")), "second.toml")
    put(store, stated(card=factories.card(users="Brokers", limits=["Slow"])), "third.toml")
    found = queries.dossier(store, SLUG).card
    assert found is not None
    assert (found.record.users, found.record.limits) == ("Brokers", ["Slow"])


def test_documents_of_an_earlier_assessment_stay_as_they_were(store: Store) -> None:
    earlier = put(store).assessment.id
    put(store, stated(assessment=Assessment(candidate="2026.12", assessed_on=TODAY)), "second.toml")
    before = content(store)
    with pytest.raises(InputError, match=r"2026\.11 is an earlier assessment; expected the latest, of 2026\.12"):
        revisions_service.save(store, DANA, SLUG, earlier, factories.policy(stages=[]), seen=1)
    with pytest.raises(NotFound):
        revisions_service.save(store, DANA, SLUG, 999, factories.policy(stages=[]), seen=1)
    assert content(store) == before


# Every write


def _import(store: Store, by: Principal) -> Done:
    file = stated(mark("ownership", "yes"), policy=factories.policy(stages=[]))
    return evidence_service.add_assessment(
        store, by, file, name="b.toml", digest=factories.digest("b.toml"), as_of=TODAY
    )


def _evidence(store: Store, by: Principal) -> Done:
    return stored.add_evidence(store, by, SLUG, evidence(), (cell(), cell(workflow="refund")))


def _replace(store: Store, by: Principal) -> Done:
    file = evidence("spans.jsonl", kind="traces", options=ReadAs(mapping={"cohort": "tenant"}))
    return stored.add_evidence(store, by, SLUG, file, traces=(trace("t-9"),))


def _remove(store: Store, by: Principal) -> Done:
    return evidence_service.remove(store, by, SLUG, *queries.dossier(store, SLUG).evidence)


def _policy(store: Store, by: Principal) -> Done:
    return save(store, factories.policy(stages=[]), 1, by)


def _plan(store: Store, by: Principal) -> Done:
    return save(store, factories.monitoring(review_cadence="daily"), 1, by)


WRITES: dict[str, tuple[str, str, Callable[[Store, Principal], Done]]] = {
    "an assessment": ("import", "import", _import),
    "evidence": ("import", "import", _evidence),
    "evidence read again": ("import", "import", _replace),
    "a removal": ("evidence.remove", "evidence.remove", _remove),
    "an answer": ("mark", "mark", lambda store, by: answer(store, mark("ownership", "no"), 0, by)),
    "another answer": ("mark", "mark", lambda store, by: answer(store, mark("capacity", "no"), 1, by)),
    "a gap": ("gap.move", "gap.move", lambda store, by: move(store, LATER, "vendor is late", by)),
    "a policy": ("release.edit", "release.edit", _policy),
    "a plan": ("release.edit", "release.edit", _plan),
    "a label": ("trace.label", "trace.label", lambda store, by: label(store, "t-1", "bad", "wrong", by)),
}
every_write = pytest.mark.parametrize(("right", "action", "write"), WRITES.values(), ids=WRITES)


@pytest.fixture
def filled(copy_of: CopyOf) -> Store:
    return copy_of(_filled)


def _filled(store: Store, _: Path) -> None:
    put(store)
    put_traces(store, "t-1")


@every_write
def test_each_write_has_one_event_that_says_who_what_and_where(
    filled: Store, right: str, action: str, write: Callable[[Store, Principal], Done]
) -> None:
    before = queries.chain(filled).events
    done = write(filled, OMAR)
    (event, *_) = queries.events(filled)
    assert done.changed
    assert (event.seq, event.actor, event.action, event.system) == (before + 1, "omar", action, SLUG)
    assert event.sentence == done.sentence
    assert queries.chain(filled).broken_at is None


@every_write
def test_a_write_whose_event_cannot_be_kept_stores_nothing(
    filled: Store, right: str, action: str, write: Callable[[Store, Principal], Done]
) -> None:
    before = content(filled)
    _refuse_events(filled)
    with pytest.raises(StoreError, match="the store refused the request"):
        write(filled, DANA)
    assert content(filled) == before


def _refuse_events(store: Store) -> None:
    if store.sqlite:
        statements = ["CREATE TRIGGER no_more BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no more'); END"]
    else:
        statements = [
            "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$",
            "CREATE TRIGGER no_more BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION no_more()",
        ]
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@every_write
def test_a_write_without_the_right_is_denied_and_stores_nothing(
    filled: Store, right: Any, action: str, write: Callable[[Store, Principal], Done]
) -> None:
    before = content(filled)
    roles = [factories.principal(role, name="eve") for role in (*GRANTS, "nobody")]
    elsewhere = factories.principal(systems=frozenset({"claims-triage"}))
    for by in (elsewhere, *(each for each in roles if not allowed(each, right, SLUG))):
        with pytest.raises(Denied):
            write(filled, by)
    assert content(filled) == before
    (may, *_) = [each for each in roles if allowed(each, right, SLUG)]
    assert write(filled, may).changed


def test_an_owner_moves_the_gap_that_is_theirs(filled: Store) -> None:
    assert move(filled, LATER, "vendor is late", factories.principal("owner", name="Omar")).changed


def test_traces_that_collide_store_nothing_of_their_file(store: Store) -> None:
    put(store)
    before = content(store)
    with pytest.raises(StoreError):
        put_traces(store, "t-1", "t-2", "t-1")
    assert content(store) == before


def test_a_replacement_that_fails_midway_leaves_the_old_traces_and_labels(filled: Store) -> None:
    label(filled, "t-1", "bad", "wrong tenant")
    before = content(filled)
    with pytest.raises(StoreError):
        put_traces(filled, "t-1", "t-2", "t-2", options=ReadAs(mapping={"cohort": "tenant"}))
    assert content(filled) == before


def test_a_fact_about_the_store_is_kept_once(store: Store) -> None:
    admin_service.keep_fact(store, factories.principal("assessor"), "demo", "yes")
    admin_service.keep_fact(store, factories.principal("assessor"), "demo", "no")
    assert (queries.meta(store, "demo"), queries.meta(store, "other")) == ("yes", None)


def test_a_label_that_was_taken_back_no_longer_keeps_its_trace(store: Store) -> None:
    put(store)
    put_traces(store, "a")
    ((_, trace_),) = queries.dossier(store, SLUG).traces
    traces_service.label(store, DANA, SLUG, trace_.id, "bad", "wrong tenant", seen=1)
    assert queries.labelled(store, SLUG) == {"a"}
    traces_service.label(store, DANA, SLUG, trace_.id, None, " ", seen=2)
    assert queries.labelled(store, SLUG) == set()
