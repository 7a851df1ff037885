"""What may leave: one unique word in every stored text, and the list of those each audience may read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from readiness import formatting, pack
from readiness.errors import InputError
from readiness.model.assessment import Assessment, Mark
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.traces import Excerpt
from readiness.pack import one_page, profiles
from readiness.pack.sections.paths import LONGEST
from readiness.pack.snapshot import Snapshot, snapshot
from readiness.review import summaries
from readiness.services import traces as traces_service
from tests import stored
from tests.pack import paper

from .conftest import DAY, HEAD, IMPORTER, NOON, Desk, asking, ordinary

HEADING = {"system.name", "candidate", "baseline", "scope"}
GATE = {"gate.metric", "gate.workflow"}
CARD = {
    *("card.intended_use", "card.not_for", "card.users", "card.oversight", "card.limits", "card.residual_risk"),
    *("card.customer_duties", "card.sampling", "card.judge", "card.agreement", "card.not_tested"),
    *("component.name", "component.version", "component.provider", "component.region", "component.retention"),
    *("component.training_use", "run.by", "run.tried", "run.report", "incident.what", "incident.done"),
}
MAY_LEAVE = {
    "leadership": HEADING
    | {"gate.metric"}
    | {"mark.critical_reason", "boundary.holds_for"}
    | {"mark.owner", "mark.action", "boundary.owner", "boundary.action"}
    | {"cell.workflow", "cell.metric", "cell.unit"}
    | {"approver.role", "approver.name", "owners.release_review"}
    | {"card.limits", "card.residual_risk"}
    | {"decision.people", "decision.reasons", "dissent.by", "dissent.why"}
    | {"condition", "condition.owner", "risk", "risk.reason", "risk.approver", "week.minutes"},
    "security": HEADING
    | GATE
    | CARD
    | {f"boundary.{field}" for field in ("holds_for", "note", "evidence", "action")}
    | {f"rollback.{field}" for field in ("steps", "data_dependencies", "confirm")}
    | {"span.name", "span.error", "trace.id", "trace.note", "trace.redacted"}
    | {"plan.review_cadence", "plan.watch_list", "plan.covers"}
    | {"alert.metric", "alert.condition", "alert.route"}
    | {"approver.role", "budget.stage", "budget.fallback"}
    | {"attack.category", "attack.attack"}
    | {"condition", "risk", "risk.reason"},
    "procurement": HEADING
    | GATE
    | CARD
    | {"system.description"}
    | {"mark.holds_for", "boundary.holds_for"}
    | {"stage.name", "stage.proceed_if", "approver.role"}
    | {"cell.metric", "cell.unit"},
}
MAY_LEAVE["customer"] = (
    HEADING
    | (CARD - {"run.report"})
    | {"system.description", "cell.tenant", "cell.metric", "cell.unit"}
    | {"mark.holds_for", "mark.critical_reason", "boundary.holds_for"}
    | {"plan.review_cadence", "plan.watch_list", "plan.covers", "alert.metric", "alert.condition"}
)
"""The tenant of the figures is the customer themselves; the traces and the gate are of others with few cases."""
TWINS = ("cyclonedx", "oscal", "in-toto")
"""What programs read says less."""
ONE_PAGE = ("pdf", "letter.pdf")
"""What is too much for leaders' one page is cut, which the page says."""
NEVER_LEAVE = {
    *("span.id", "span.parent", "span.input", "span.output", "span.attributes"),
    *("trace.workflow", "trace.tenant", "trace.flags", "gate.cohort"),
    "incident.tenant",
    *("results.name", "traces.name", "evidence.format", "evidence.tool", "evidence.tool_version"),
    "evidence.producer",
    *("evidence.options", "evidence.warnings", "skip.place", "skip.reason"),
    *("system.owner", "rollback.owner", "plan.escalation_owner", "owners.incident_response", "owners.weekly_decisions"),
    *("step.note", "week.people", "week.watched"),
    *("move.reason", "mark.note", "mark.evidence", "importer", "sign_off.comment"),
}


@pytest.fixture(scope="module")
def canaries(shared_desk: Desk) -> dict[str, str]:
    """The word that stands in each field of the stored system."""
    found: dict[str, str] = {}
    shared_desk.fill(lambda field: found.setdefault(field, f"zq{len(found):03}zq"))
    return found | {"importer": IMPORTER}


@pytest.mark.parametrize("format", pack.FORMATS)
@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_exactly_the_texts_an_audience_may_see_are_in_its_pack(
    shared_desk: Desk, canaries: dict[str, str], audience: str, format: str
) -> None:
    made = shared_desk.build(audience, format=format)
    body = paper.told(made).casefold()
    told = {field for field, word in canaries.items() if word in body}
    assert told <= MAY_LEAVE[audience]
    shortened = format in ONE_PAGE and one_page.SAID.casefold() in " ".join(body.split())
    assert told == MAY_LEAVE[audience] or format in TWINS or shortened
    assert not shortened or audience == "leadership"
    assert canaries["trace.tenant"] not in made.name


def test_these_texts_leave_in_no_pack(canaries: dict[str, str]) -> None:
    assert set(canaries) - set().union(*MAY_LEAVE.values()) == NEVER_LEAVE
    assert len(set(canaries.values())) == len(canaries)


def test_a_text_of_a_trace_leaves_only_where_it_was_released(desk: Desk, noon: dt.datetime) -> None:
    desk.fill()
    assert excerpts(desk) == [("good", "Error", "Plain span error")]
    desk.release("bad", "output", "rosa")
    desk.release("bad", "input", "omar")
    assert excerpts(desk) == [
        ("good", "Error", "Plain span error"),
        ("bad", "Input", "Plain span input"),
        ("bad", "Output", "Plain span output"),
    ]
    body = desk.build("security").body.decode()
    assert body.count("Plain span input") == 1
    assert f"Input of Plain span name, released by person 2 on {formatting.day(noon)}:" in body
    assert "omar" not in body
    for audience in ("leadership", "procurement"):
        assert "Plain span" not in desk.build(audience).body.decode()


def test_a_long_text_is_cut_and_what_is_left_is_counted(desk: Desk) -> None:
    desk.fill(lambda field: "x" * 5_000 if field == "span.error" else ordinary(field))
    body = desk.build("security").body.decode()
    assert "x" * LONGEST in body
    assert "x" * (LONGEST + 1) not in body
    assert "Cut after 4000 of 5000 characters." in body


def test_no_part_of_a_name_is_left_where_a_text_is_cut(desk: Desk) -> None:
    said = {"trace.tenant": "Kuroda Lines", "span.error": f"{'x' * (LONGEST - 8)} Kuroda Lines asked"}
    desk.fill(lambda field: said.get(field, ordinary(field)))
    body = desk.build("security").body.decode()
    assert "x tenant\n" in body
    assert "Kuroda" not in body


def test_a_pack_says_whether_texts_are_in_it(desk: Desk) -> None:
    desk.fill()
    assert "only where it says who released it" in desk.build("security").body.decode()
    found = desk.review().path("good")[0]
    excerpt = Excerpt.of(found.trace.trace_id, found.trace.spans[0], "error")
    traces_service.withdraw(desk.store, desk.by, "copilot", found.id, excerpt)
    assert "no trace text is part of this pack" in desk.build("security").body.decode()


def excerpts(desk: Desk) -> list[tuple[str, str, str]]:
    data = next(each.data for each in desk.take("security").sections if each.id == "traces")
    paths: Any = data["paths"]
    return [(path["path"], each["what"], each["text"]) for path in paths for each in path["excerpts"]]


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_a_snapshot_is_plain_text_and_counts(shared_desk: Desk, canaries: dict[str, str], audience: str) -> None:
    assert {type(leaf) for leaf in leaves(dataclasses.asdict(shared_desk.take(audience)))} <= {str, int, bool}


def leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield value


@pytest.mark.parametrize("profile", pack.AUDIENCES.values(), ids=pack.AUDIENCES)
def test_an_audience_gets_its_sections_in_their_order(
    shared_desk: Desk, canaries: dict[str, str], profile: pack.Profile
) -> None:
    taken = shared_desk.take(profile.id)
    assert [section.id for section in taken.sections] == list(profile.sections)
    assert profile.leaves
    assert profile.left_out
    assert profile.reader


@pytest.mark.parametrize(
    ("audience", "name", "rows"),
    [
        ("leadership", "approval", "people"),
        ("security", "ownership", "approvers"),
        ("procurement", "policy", "approvers"),
    ],
)
def test_where_the_approvers_stand_is_told_without_their_words(
    desk: Desk, audience: str, name: str, rows: str, noon: dt.datetime
) -> None:
    desk.fill()
    today = formatting.day(noon)
    assert [row["signed"] for row in signed(desk, audience, name, rows)][:2] == [f"✓ approved on {today}", "– open"]
    desk.sign(ordinary("approver.name"), decision="reject", comment="The rehearsal was too short")
    assert signed(desk, audience, name, rows)[0]["signed"] == f"✕ rejected on {today}"
    assert "too short" not in str(desk.take(audience))
    add(desk, Evidence(name="b.csv", format="results", kind="results", digest="c" * 64, size=1, measured_on=DAY), ())
    assert signed(desk, audience, name, rows)[0]["signed"] == f"? void: given on {today}, changed since"


def signed(desk: Desk, audience: str, name: str, rows: str) -> list[dict[str, str]]:
    found = next(each.data for each in desk.take(audience).sections if each.id == name)[rows]
    assert isinstance(found, list)
    return found


def test_an_unknown_audience_is_refused_with_those_there_are(desk: Desk) -> None:
    desk.bare()
    with pytest.raises(InputError, match="expected one of leadership, security, procurement"):
        desk.take("press")


def add(desk: Desk, evidence: Evidence, cells: tuple[Cell, ...]) -> None:
    stored.add_evidence(desk.store, desk.by, "copilot", evidence, cells)


def section(taken: Snapshot, name: str) -> str:
    return str(next(each.data for each in taken.sections if each.id == name))


def test_a_pack_begins_and_ends_with_what_it_is_about(desk: Desk) -> None:
    desk.bare(
        assessment=Assessment(
            candidate="2026.11",
            baseline="2026.08",
            scope=f"{'x' * 159} and more",
            target_date=DAY + dt.timedelta(days=22),
            assessed_on=DAY - dt.timedelta(days=3),
        )
    )
    taken = desk.take("security")
    assert (taken.audience, taken.slug, taken.candidate, taken.as_of, taken.level) == (
        "security",
        "copilot",
        "2026.11",
        "2026-11-23",
        "undetermined",
    )
    assert {name: taken.head[name] for name in taken.head if name not in ("verdict", "sentence", "scope")} == {
        "name": "Copilot",
        "audience": "Security",
        "candidate": "2026.11",
        "baseline": "2026.08",
        "target": "15 Dec 2026 (in 22 days)",
        "assessed": "20 Nov 2026",
        "as_of": "23 Nov 2026",
    }
    assert str(taken.head["verdict"]).endswith(" Undetermined")
    assert not str(taken.head["sentence"]).startswith("Undetermined")
    assert taken.head["scope"] == f"{'x' * 159} …"
    assert taken.foot == {
        "made": "23 Nov 2026, 12:00 UTC",
        "as_of": "23 Nov 2026",
        "checklist": "LLM rollout checklist, llm-rollout 2.0",
        "source": desk.review().checklist.source,
        "chain": HEAD,
        "numbered": "",
        "few": "",
    }
    assert taken.origin == {
        "made": "2026-11-23T12:00:00+00:00",
        "valid_until": "2027-02-21",
        "audit_head": HEAD,
        "checklist": "llm-rollout",
        "checklist_version": "2.0",
    }


def test_what_nobody_stated_is_said_at_the_head_and_the_foot(desk: Desk) -> None:
    desk.bare()
    taken = snapshot(
        desk.review(), asking("leadership"), chain_head="", made_at=NOON.astimezone(dt.timezone(dt.timedelta(0, 3600)))
    )
    assert (taken.head["baseline"], taken.head["target"], taken.head["scope"]) == ("no baseline", "not set", "")
    assert (taken.foot["chain"], taken.foot["made"]) == ("no event yet", "23 Nov 2026, 12:00 UTC")


def test_stale_evidence_is_labelled_stale_everywhere(desk: Desk) -> None:
    desk.fill(measured_on=DAY - dt.timedelta(days=40))
    for audience, name in (
        ("leadership", "differences"),
        ("security", "gates"),
        ("security", "traces"),
        ("security", "provenance"),
        ("procurement", "results"),
        ("procurement", "provenance"),
    ):
        assert "14 Oct 2026, 40 days ago, ✕ stale" in section(desk.take(audience), name)
    assert "it does not count" in section(desk.take("leadership"), "differences")


def test_files_of_other_versions_are_counted_and_not_named(desk: Desk) -> None:
    desk.fill()
    other = Evidence(name="secret.csv", format="results", kind="results", digest="b" * 64, size=1, measured_on=DAY)
    add(desk, other, (Cell(version="2027.01", metric="task_success", mean=0.5, n=5),))
    taken = desk.take("procurement")
    assert "'others': 1" in section(taken, "provenance")
    assert "secret.csv" not in str(taken)


def test_marks_are_never_yes_or_no_alone(desk: Desk) -> None:
    desk.fill()
    rows = next(each.data for each in desk.take("procurement").sections if each.id == "checklist")["answers"]
    assert isinstance(rows, list)
    said = {str(row["mark"]).partition(";")[0] for row in rows if "mark" in row}
    assert said == {"No – controlled", "Partial – tighten first", "Yes – gap"}


def test_a_checklist_without_answers_says_so(desk: Desk) -> None:
    desk.bare()
    rows = next(each.data for each in desk.take("procurement").sections if each.id == "checklist")["answers"]
    assert isinstance(rows, list)
    assert {row["mark"] for row in rows if "mark" in row} == {"Not answered"}
    assert sum("mark" in row for row in rows) == 22


def test_every_figure_has_its_number_of_cases(desk: Desk) -> None:
    desk.fill()
    rows = next(each.data for each in desk.take("procurement").sections if each.id == "results")["rows"]
    assert isinstance(rows, list)
    assert rows
    assert all("(n 400)" in row[side] for row in rows for side in ("baseline", "candidate"))


def test_a_broken_audit_chain_is_told(desk: Desk) -> None:
    desk.bare()
    taken = pack.snapshot(desk.review(), asking("leadership"), chain_head=HEAD, made_at=NOON, chain_broken_at=7)
    assert taken.foot["chain"] == f"{HEAD}; it does not fit from event 7 on"


def test_every_section_has_a_title() -> None:
    assert {each for profile in pack.AUDIENCES.values() for each in profile.sections} == set(profiles.SECTIONS)


def test_unanswered_signals_share_a_row_for_each_rule(desk: Desk) -> None:
    desk.bare(marks=[Mark(signal="tail-latency", mark="yes"), Mark(signal="regression-gates", mark="no")])
    rows = next(each.data for each in desk.take("leadership").sections if each.id == "decision")["fired"]
    assert isinstance(rows, list)
    assert [row["effect"] for row in rows[:3]] == [
        summaries.EFFECTS[each] for each in ("blocked", "undetermined", "undetermined")
    ]
    assert rows[1]["why"] == "3 signals not answered: 16, 18 and data boundary"
    assert rows[2]["why"].startswith("17 signals not answered: 1, 2, 3,")
