"""The pack for programs: each form as its publisher's schema has it, and what it says of claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readiness import pack
from readiness.model.checklist import LEVELS, AnswerState
from readiness.pack.snapshot import PackSection, Snapshot
from readiness.pack.twins import claims, cyclonedx, in_toto, oscal
from readiness.pack.twins.claims import Told
from readiness.seal import archive, canonical, statement
from tests.soak import scaled, shared_out

from .conftest import Desk
from .test_bundle import FIXED

SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
RENDERED = {"cyclonedx": cyclonedx.render, "oscal": oscal.render, "in-toto": in_toto.render}
SYSTEM = "freight-support"


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def _cyclonedx() -> Any:
    base = "http://cyclonedx.org/schema"
    beside = [
        (f"{base}/{name}", schema(name)) for name in ("jsf-0.82.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json")
    ]
    registry = jsonschema_rs.Registry(beside)
    return jsonschema_rs.Draft7Validator(
        schema("bom-1.6.SNAPSHOT.schema.json"), registry=registry, validate_formats=True
    )


CYCLONEDX = _cyclonedx()
OSCAL = jsonschema_rs.Draft7Validator(schema("oscal_assessment-results_schema.json"), validate_formats=True)


def is_test_result(stated: Any) -> None:
    """Field by field as the predicate's text has it: there is no schema of it."""
    assert stated.keys() == {"_type", "subject", "predicateType", "predicate"}
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert stated["subject"]
    assert all(len(each["digest"]["sha256"]) == 64 for each in stated["subject"])
    predicate = stated["predicate"]
    assert predicate["result"] in ("PASSED", "WARNED", "FAILED")
    assert predicate["configuration"]
    assert all(each.keys() & {"uri", "digest", "content"} for each in predicate["configuration"])
    for name in ("passedTests", "warnedTests", "failedTests"):
        assert all(isinstance(test, str) and test for test in predicate[name])
    known = {"result", "configuration", "url", "passedTests", "warnedTests", "failedTests"}
    assert all(name.startswith("tag:readiness,2026:") for name in predicate.keys() - known)


CHECKS = {"cyclonedx": CYCLONEDX.validate, "oscal": OSCAL.validate, "in-toto": is_test_result}


def checked(form: str, body: bytes) -> Any:
    stated = json.loads(body)
    CHECKS[form](stated)
    return stated


def test_the_schemas_refuse_what_is_none() -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        CYCLONEDX.validate({"bomFormat": "CycloneDX", "specVersion": "1.6", "declarations": {"claims": [{"no": 1}]}})
    with pytest.raises(jsonschema_rs.ValidationError):
        OSCAL.validate({"assessment-results": {"uuid": "1"}})


@pytest.mark.parametrize("form", RENDERED)
@pytest.mark.parametrize(("number", "audience"), enumerate(pack.AUDIENCES))
def test_every_pack_of_the_demo_is_as_the_publisher_has_it(shown: Desk, number: int, audience: str, form: str) -> None:
    slugs = ("freight-support", "claims-intake", "policy-answers", "customs-advisor", "billing-desk")
    for slug in shared_out(slugs, number, 2):
        if audience == "customer" and not pack.customers(shown.review(slug), pack.AUDIENCES[audience]):
            continue
        made = shown.build(audience, slug, format=form)
        checked(form, made.body)
        assert made.body == canonical.dumps(json.loads(made.body))


@pytest.mark.parametrize("form", RENDERED)
def test_a_system_of_which_nothing_is_known_has_them_too(desk: Desk, form: str) -> None:
    desk.bare()
    for audience in ("leadership", "security", "procurement"):
        checked(form, desk.build(audience, format=form).body)


@pytest.mark.parametrize("form", RENDERED)
def test_what_is_written_in_a_field_does_not_break_them(desk: Desk, form: str) -> None:
    hostile = ' \u202e "\\ {{x}} \n\n# no\u2028 &<b> ://evil\U0001f4a9 \u0301'
    desk.fill(
        lambda field: f"{hostile}{field}"[:250] if field not in ("candidate", "baseline") else f"v{hostile}{field}"
    )
    for audience in ("leadership", "security", "procurement"):
        body = desk.build(audience, format=form).body
        checked(form, body)
        assert "\u202e" not in json.dumps(json.loads(body), ensure_ascii=False)


WORDS = st.text(max_size=30)
ANSWERS = st.fixed_dictionaries(
    {"signal": WORDS, "mark": st.one_of(WORDS, st.sampled_from(["No – controlled", "Yes – gap"])), "behind": WORDS}
)
GATES = st.fixed_dictionaries({"gate": WORDS, "state": st.one_of(WORDS, st.just("✓ pass")), "why": WORDS})
PARTS = st.fixed_dictionaries(dict.fromkeys(("part", "version", "provider", "region", "retention", "training"), WORDS))
FILES = st.fixed_dictionaries({"name": WORDS, "kind": WORDS, "measured": WORDS, "digest": st.just("a" * 64)})


def taken(sections: dict[str, Any], level: str = "blocked", **stamp: str) -> Snapshot:
    stated = {"recipient": "x", "purpose": "x", "classification": "x", "valid": "x", "contact": "x", "incomplete": ""}
    return Snapshot(
        audience="security",
        slug="copilot",
        candidate="1",
        as_of="2026-11-23",
        level=level,
        stamp=stated | {"draft": ""} | stamp,
        head={"name": "Copilot", "verdict": "⛔ Blocked", "sentence": "one gap"},
        sections=tuple(PackSection(name, name, data) for name, data in sections.items()),
        foot=FIXED.foot,
        origin={**FIXED.origin, "valid_until": "2027-02-21"},
    )


@settings(max_examples=scaled(35), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(ANSWERS, max_size=4),
    st.lists(GATES, max_size=3),
    st.lists(PARTS, max_size=2),
    st.lists(FILES, max_size=2),
    WORDS,
)
def test_any_snapshot_gives_documents_that_hold(
    answers: list[Any], gates: list[Any], parts: list[Any], files: list[Any], recipient: str
) -> None:
    sections = {"checklist": {"answers": answers}, "gates": {"gates": gates}, "card": {"components": parts}}
    own = taken(sections | {"provenance": {"files": files}}, recipient=recipient)
    for form, render in RENDERED.items():
        checked(form, render(own))
    ids = [claim.id for claim in Told(own).claims]
    assert len(ids) == len(set(ids)) == len(answers) + len(gates)


def answer(mark: str, **told: str) -> dict[str, str]:
    return {"signal": "3 · Abstention", "mark": mark, **told}


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (answer("No – controlled", state="shown"), "holds"),
        (answer("No – controlled", behind="shown: 400 cases"), "holds"),
        (answer("No – controlled", behind="attested by person 1, 1 reference"), "in part"),
        (answer("No – controlled", state="uncovered"), "in part"),
        (answer("No – controlled", state="not shown"), "not decided"),
        (answer("No – controlled", state="contradicted"), "fails"),
        (answer("No – controlled"), "not decided"),
        (answer("No – not applicable", state="attested"), "in part"),
        (answer("Partial – tighten first; holds for de", state="shown"), "in part"),
        (answer("Partial – tighten first", state="contradicted"), "fails"),
        (answer("Yes – gap", behind="–"), "fails"),
        (answer("Not answered", behind="–"), "not decided"),
    ],
)
def test_what_an_answer_comes_to(row: dict[str, str], outcome: str) -> None:
    (claim,) = Told(taken({"checklist": {"answers": [row]}})).claims
    assert claim.outcome == outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("✓ pass", "holds"),
        ("✕ fail", "fails"),
        ("? inconclusive", "not decided"),
        ("– no data", "not decided"),
        ("– not judged", "not decided"),
    ],
)
def test_what_a_gate_comes_to(state: str, outcome: str) -> None:
    (claim,) = Told(taken({"gates": {"gates": [{"gate": "latency", "state": state, "why": "w"}]}})).claims
    assert claim.outcome == outcome


def test_every_state_and_level_has_its_outcome() -> None:
    assert set(claims._STATES) == set(get_args(AnswerState))
    assert [claims.VERDICTS[level] for level in LEVELS] == ["PASSED", "WARNED", "WARNED", "FAILED", "FAILED", "FAILED"]


def rows(desk: Desk, audience: str, section: str, key: str) -> list[Any]:
    found = next(each.data[key] for each in desk.take(audience, SYSTEM).sections if each.id == section)
    assert isinstance(found, list)
    return [row for row in found if row.keys() != {"group"}]


def test_each_answer_and_gate_that_is_read_is_a_claim_of_each_form(shown: Desk) -> None:
    """Told once by the documents' own rows, and counted in each of the three."""
    answers, gates = rows(shown, "procurement", "checklist", "answers"), rows(shown, "procurement", "policy", "gates")
    count = len(answers) + len(gates)
    stated = {form: json.loads(shown.build("procurement", SYSTEM, format=form).body) for form in RENDERED}
    declared, (result,) = stated["cyclonedx"]["declarations"], stated["oscal"]["assessment-results"]["results"]
    assert len(declared["claims"]) == len(declared["attestations"][0]["map"]) == len(result["findings"]) == count
    predicate = stated["in-toto"]["predicate"]
    lists = ("passedTests", "warnedTests", "failedTests", "tag:readiness,2026:not-decided")
    assert sum(len(predicate[name]) for name in lists) == count
    passing = [f"gate: {gate['gate']}" for gate in gates if gate["state"] == "✓ pass"]
    assert passing
    assert {test for test in predicate["passedTests"] if test.startswith("gate")} == set(passing)
    satisfied = [each for each in result["findings"] if each["target"]["status"]["state"] == "satisfied"]
    assert len(satisfied) == len(predicate["passedTests"])


def test_references_within_a_document_lead_somewhere(shown: Desk) -> None:
    made = json.loads(shown.build("security", SYSTEM, format="cyclonedx").body)
    declared = made["declarations"]
    known = {each["bom-ref"] for key in ("claims", "evidence", "assessors") for each in declared[key]}
    known |= {each["bom-ref"] for each in made["definitions"]["standards"][0]["requirements"]}
    known |= {each["bom-ref"] for each in declared["targets"]["components"]}
    used = {declared["attestations"][0]["assessor"]} | {each["target"] for each in declared["claims"]}
    for each in declared["claims"]:
        used |= {*each.get("evidence", ()), *each.get("counterEvidence", ())}
    for each in declared["attestations"][0]["map"]:
        used |= {each["requirement"], *each.get("claims", ()), *each.get("counterClaims", ())}
    assert used <= known
    assert any("counterEvidence" in each for each in declared["claims"])
    assert any("evidence" in each for each in declared["claims"])
    results = json.loads(shown.build("security", SYSTEM, format="oscal").body)["assessment-results"]
    seen = {each["uuid"] for each in results["results"][0]["observations"]}
    assert {each["related-observations"][0]["observation-uuid"] for each in results["results"][0]["findings"]} <= seen
    assert results["import-ap"]["href"] == f"#{results['back-matter']['resources'][0]['uuid']}"


def test_what_is_claimed_ends_with_the_pack(shown: Desk) -> None:
    asked = {"valid_until": "2026-12-24"}
    stated = json.loads(shown.build("security", SYSTEM, asked, format="cyclonedx").body)
    assert {each["expires"] for each in stated["declarations"]["evidence"]} == {"2026-12-24T23:59:59Z"}
    result = json.loads(shown.build("security", SYSTEM, asked, format="oscal").body)["assessment-results"]["results"][0]
    assert {each["expires"] for each in result["observations"]} == {"2026-12-24T23:59:59Z"}


def test_a_draft_says_so_in_each(shown: Desk) -> None:
    for form in RENDERED:
        assert "Draft – incomplete" in shown.build("security", SYSTEM, format=form).body.decode()


def test_the_parts_of_the_card_are_components_and_the_files_have_their_digests(shown: Desk) -> None:
    stated = json.loads(shown.build("security", SYSTEM, format="cyclonedx").body)
    parts = rows(shown, "security", "card", "components")
    files = rows(shown, "security", "provenance", "files")
    told = {f"{part['name']} {part.get('version', '')}" for part in stated["components"] if part["type"] != "file"}
    assert parts
    assert told == {f"{part['part'].partition(': ')[2]} {part['version']}" for part in parts}
    hashes = {part["hashes"][0]["content"] for part in stated["components"] if part["type"] == "file"}
    assert hashes == {file["digest"] for file in files}


def test_identifiers_stay_while_the_version_does_and_the_document_has_its_own(shown: Desk) -> None:
    def made(as_of: str) -> Any:
        stated = {**shown.take("security", SYSTEM).__dict__, "as_of": as_of}
        return json.loads(oscal.render(Snapshot(**stated)))["assessment-results"]

    before, after = made("2026-11-23"), made("2026-11-24")
    assert before["uuid"] != after["uuid"]
    assert [each["uuid"] for each in before["results"][0]["findings"]] == [
        each["uuid"] for each in after["results"][0]["findings"]
    ]


def test_the_test_result_is_about_the_snapshot_in_the_zip(shown: Desk) -> None:
    members = archive.unpack(shown.build("security", SYSTEM, format="zip").body)
    (subject,) = json.loads(members["pack.intoto.json"])["subject"]
    assert subject == {"name": statement.SNAPSHOT, "digest": {"sha256": canonical.digest(members[statement.SNAPSHOT])}}
