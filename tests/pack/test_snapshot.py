"""What may leave: one unique word in every stored text, and the list of those each audience may read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from readiness import formatting, pack
from readiness.errors import InputError
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.traces import Excerpt
from readiness.pack import profiles
from readiness.pack.sections.paths import LONGEST
from readiness.pack.snapshot import Snapshot, snapshot, tenants
from readiness.review import summaries
from readiness.services import traces as traces_service
from tests import stored

from .conftest import DAY, HEAD, IMPORTER, NOON, Desk, ordinary

HEADING = {"system.name", "candidate", "baseline", "scope"}
GATE = {"gate.metric", "gate.workflow", "gate.cohort"}
MAY_LEAVE = {
    "leadership": HEADING
    | {"gate.metric"}
    | {"mark.critical_reason", "boundary.holds_for"}
    | {"mark.owner", "mark.action", "boundary.owner", "boundary.action"}
    | {"cell.workflow", "cell.tenant", "cell.metric", "cell.unit"}
    | {"approver.role", "approver.name", "owners.release_review"},
    "security": HEADING
    | GATE
    | {f"boundary.{field}" for field in ("holds_for", "note", "evidence", "owner", "action")}
    | {f"rollback.{field}" for field in ("steps", "owner", "data_dependencies", "confirm")}
    | {"span.name", "span.error", "trace.id", "trace.note", "trace.redacted"}
    | {"plan.review_cadence", "plan.escalation_owner", "plan.watch_list", "plan.covers"}
    | {"alert.metric", "alert.condition", "alert.route"}
    | {"owners.incident_response", "owners.release_review", "owners.weekly_decisions", "system.owner"}
    | {"approver.role", "approver.name", "budget.stage", "budget.fallback"}
    | {"results.name", "traces.name"},
    "procurement": HEADING
    | GATE
    | {"system.description", "system.owner"}
    | {"mark.holds_for", "mark.owner", "boundary.holds_for", "boundary.owner"}
    | {"stage.name", "stage.proceed_if", "rollback.owner", "approver.role", "approver.name"}
    | {"cell.metric", "cell.unit", "results.name", "traces.name"},
}
NEVER_LEAVE = {
    *("span.id", "span.parent", "span.input", "span.output", "span.attributes"),
    *("trace.workflow", "trace.tenant", "trace.flags"),
    *("evidence.format", "evidence.tool", "evidence.tool_version", "evidence.options", "evidence.warnings"),
    *("skip.place", "skip.reason", "move.reason", "mark.note", "mark.evidence", "importer", "sign_off.comment"),
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
    body = made.body.decode().casefold()
    assert {field for field, word in canaries.items() if word in body} == MAY_LEAVE[audience]
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
    assert f"Input of Plain span name, released by omar on {formatting.day(noon)}:" in body
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
    assert "x (withhe\n" in body
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
    assert tuple(section.id for section in taken.sections) == profile.sections
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


def name_tenants(desk: Desk, *values: str, note: str, dimension: str = "tenant_id") -> None:
    """A system with results of these tenants, and a text that names them."""
    desk.bare(marks=[Mark(signal="data-boundary", mark="no", note=note, evidence=[note])])
    found = Evidence(name="r.csv", format="results", kind="results", digest="a" * 64, size=1, measured_on=DAY)
    cells = tuple(
        Cell(version="2026.11", metric="task_success", dimension=dimension, value=value, mean=0.5, n=5)
        for value in values
    )
    add(desk, found, cells)


def add(desk: Desk, evidence: Evidence, cells: tuple[Cell, ...]) -> None:
    stored.add_evidence(desk.store, desk.by, "copilot", evidence, cells)


def section(taken: Snapshot, name: str) -> str:
    return str(next(each.data for each in taken.sections if each.id == name))


def test_names_of_tenants_are_withheld_wherever_they_are_written(desk: Desk) -> None:
    name_tenants(
        desk, "kuroda-lines", "Acme (EU)", note="Checked for Kuroda-Lines, Acme (EU); tenant=kuroda-lines too."
    )
    taken = desk.take("security")
    assert "Checked for (withheld), (withheld); tenant=(withheld) too." in section(taken, "boundary")
    assert "kuroda" not in str(taken).casefold()
    assert "acme" not in str(taken).casefold()


@pytest.mark.parametrize(
    "dimension", ["tenant_id", "Customer", "client name", "account", "organisation", "Organization", "company"]
)
def test_whatever_a_dimension_calls_its_tenants_their_names_are_withheld(desk: Desk, dimension: str) -> None:
    name_tenants(desk, "Kuroda Lines", note="Checked for Kuroda Lines.", dimension=dimension)
    assert "Checked for (withheld)." in section(desk.take("security"), "boundary")


@pytest.mark.parametrize("dimension", ["language", "region", "query_class"])
def test_a_cohort_that_is_no_tenant_keeps_its_name(desk: Desk, dimension: str) -> None:
    name_tenants(desk, "Portuguese", note="Checked for Portuguese.", dimension=dimension)
    assert tenants(desk.review()) == frozenset()
    assert "Checked for Portuguese." in section(desk.take("security"), "boundary")


def test_a_short_name_is_withheld_beside_its_dimension_only(desk: Desk) -> None:
    name_tenants(desk, "de", "42", note="tenant=de and tenant=42: 42 cases de novo")
    assert tenants(desk.review()) == {"de", "42"}
    assert "tenant=(withheld) and tenant=(withheld): 42 cases de novo" in section(desk.take("security"), "boundary")


def test_a_name_is_withheld_as_a_whole_word_in_any_case_and_the_longest_first(desk: Desk) -> None:
    note = "ACME EU, acme, Acmeville, KLM, de and ab42; tenant=acme eu"
    name_tenants(desk, "Acme", "Acme EU", "klm", "ab", note=note)
    kept = "(withheld), (withheld), Acmeville, (withheld), de and ab42; tenant=(withheld)"
    assert kept in section(desk.take("security"), "boundary")


def test_names_of_tenants_come_from_figures_traces_and_gates(desk: Desk) -> None:
    said = {"cell.tenant": " Kuroda Lines ", "trace.tenant": "Acme;customer=Zeta , language=ja"}
    desk.fill(lambda field: "account=Globex" if field == "gate.cohort" else said.get(field, ordinary(field)))
    assert tenants(desk.review()) == {"Kuroda Lines", "Acme", "Zeta", "Globex"}


def test_all_tenants_together_are_no_name(desk: Desk) -> None:
    name_tenants(desk, "*", " ", note="All * of them")
    assert tenants(desk.review()) == frozenset()


def test_names_of_tenants_are_withheld_in_the_head_the_foot_and_the_candidate(desk: Desk) -> None:
    desk.bare(
        system=System(slug="copilot", name="Copilot of Kuroda"),
        assessment=Assessment(candidate="kuroda-2026", baseline="Checklist", scope="All of Kuroda"),
    )
    evidence = Evidence(name="r.csv", format="results", kind="results", digest="a" * 64, size=1, measured_on=DAY)
    figure: dict[str, Any] = {"version": "kuroda-2026", "metric": "task_success", "dimension": "tenant", "n": 5}
    add(desk, evidence, tuple(Cell(value=value, mean=0.5, **figure) for value in ("Kuroda", "checklist")))
    taken = desk.take("procurement")
    assert taken.candidate == "(withheld)-2026"
    assert (taken.head["name"], taken.head["candidate"], taken.head["baseline"]) == (
        "Copilot of (withheld)",
        "(withheld)-2026",
        "(withheld)",
    )
    assert str(taken.foot["checklist"]).startswith("LLM rollout (withheld), llm-rollout ")
    assert "Kuroda" in str(desk.take("leadership"))


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
    }


def test_what_nobody_stated_is_said_at_the_head_and_the_foot(desk: Desk) -> None:
    desk.bare()
    taken = snapshot(
        desk.review(), "leadership", chain_head="", made_at=NOON.astimezone(dt.timezone(dt.timedelta(0, 3600)))
    )
    assert (taken.head["baseline"], taken.head["target"], taken.head["scope"]) == ("no baseline", "not set", "")
    assert (taken.foot["chain"], taken.foot["made"]) == ("no event yet", "23 Nov 2026, 12:00 UTC")


def test_leadership_reads_the_names_of_tenants(desk: Desk) -> None:
    desk.fill(lambda field: "kuroda-lines" if field == "cell.tenant" else ordinary(field))
    assert "kuroda-lines" in section(desk.take("leadership"), "differences")
    assert "kuroda-lines" not in str(desk.take("procurement"))


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
    taken = pack.snapshot(desk.review(), "leadership", chain_head=HEAD, made_at=NOON, chain_broken_at=7)
    assert taken.foot["chain"] == f"{HEAD}; it does not fit from event 7 on"


def test_every_section_has_a_title() -> None:
    assert {each for profile in pack.AUDIENCES.values() for each in profile.sections} == set(profiles.TITLES)


def test_unanswered_signals_share_a_row_for_each_rule(desk: Desk) -> None:
    desk.bare(marks=[Mark(signal="tail-latency", mark="yes"), Mark(signal="regression-gates", mark="no")])
    rows = next(each.data for each in desk.take("leadership").sections if each.id == "decision")["fired"]
    assert isinstance(rows, list)
    assert [row["effect"] for row in rows[:3]] == [
        summaries.EFFECTS[each] for each in ("blocked", "undetermined", "undetermined")
    ]
    assert rows[1]["why"] == "3 signals not answered: 16, 18 and data boundary"
    assert rows[2]["why"].startswith("17 signals not answered: 1, 2, 3,")
