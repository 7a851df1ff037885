from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from readiness.access import GRANTS, allowed
from readiness.errors import Conflict, Denied, NotFound, StoreError
from readiness.model.assessment import System
from readiness.model.dossier import Done
from readiness.model.monitoring import MonitoringPlan
from readiness.model.sign_off import SignOff
from readiness.review import signoff
from readiness.services import evidence as evidence_service
from readiness.services import reviews, sign_offs
from readiness.services import revisions as revisions_service
from readiness.services import sign_offs as sign_offs_service
from readiness.store import Store, connect, queries
from tests import factories
from tests.factories import SLUG, TODAY, assessment_file
from tests.stored import CopyOf

DANA, LEAD = factories.principal(), factories.principal("approver", name="quality lead")
ROUNDS = 10
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def filled(copy_of: CopyOf) -> Store:
    return copy_of(_filled)


def _filled(store: Store, _: Path) -> None:
    file = assessment_file(policy=factories.policy(), monitoring=factories.monitoring())
    evidence_service.add_assessment(store, DANA, file, name="a.toml", digest=factories.digest("a"), as_of=TODAY)


def given(**fields: object) -> SignOff:
    stated = {"role": "quality", "decision": "approve", "parts": {"policy": "0" * 64}, "digest": "0" * 64}
    return SignOff.checked(**stated | fields)


def sign(store: Store, sign_off: SignOff, by: object = LEAD, seen: str | None = None) -> Done:
    found = queries.dossier(store, SLUG).assessment.id
    at = queries.head(store, SLUG) if seen is None else seen
    return sign_offs_service.keep(store, by, SLUG, found, sign_off, seen=at)  # type: ignore[arg-type]


def test_a_decision_is_kept_whole_with_its_event(filled: Store) -> None:
    done = sign(filled, given(decision="changes", comment="日本語 is missing"))
    assert done.sentence == f"Quality asked for changes to {SLUG} 2026.11; comment kept"
    (kept,) = queries.dossier(filled, SLUG).sign_offs
    assert (kept.record, kept.by) == (given(decision="changes", comment="日本語 is missing"), "quality lead")
    event = queries.events(filled)[0]
    assert (event.action, event.actor, event.sentence, event.at.date()) == (
        "sign-off",
        "quality lead",
        done.sentence,
        kept.at.date(),
    )
    assert event.detail == {
        "role": "quality",
        "decision": "changes",
        "comment": "日本語 is missing",
        "digest": "0" * 64,
    }
    assert queries.chain(filled).broken_at is None


def test_the_same_decision_again_stores_nothing(filled: Store) -> None:
    sign(filled, given())
    before = queries.head(filled)
    assert not sign(filled, given()).changed
    assert queries.head(filled) == before
    assert sign(filled, given(digest="1" * 64)).changed


def test_a_write_between_the_look_and_the_signature_refuses_it(filled: Store) -> None:
    seen = queries.head(filled, SLUG)
    found = queries.dossier(filled, SLUG).assessment.id
    revisions_service.save(filled, DANA, SLUG, found, factories.monitoring(by_cohort=False), seen=1)
    with pytest.raises(Conflict, match="something was stored in the meantime; nothing was signed"):
        sign(filled, given(), seen=seen)
    assert queries.dossier(filled, SLUG).sign_offs == []


def test_a_write_about_another_system_is_nothing_to_an_approver(filled: Store) -> None:
    seen, file = queries.head(filled, SLUG), assessment_file()
    file.system = System(slug="other", name="Other")
    evidence_service.add_assessment(filled, DANA, file, name="o.toml", digest=factories.digest("o"), as_of=TODAY)
    assert sign(filled, given(), seen=seen).changed


def test_only_the_approver_with_the_right_signs(filled: Store) -> None:
    before = queries.head(filled)
    for role in (*GRANTS, "nobody"):
        by = factories.principal(role, name="quality lead")
        if not allowed(by, "sign-off", SLUG):
            with pytest.raises(Denied, match="may not sign off the rollout"):
                sign(filled, given(), by)
    for name in ("dana", "policy lead"):
        with pytest.raises(Denied, match="is not the approver of quality"):
            sign(filled, given(), factories.principal(name=name))
    with pytest.raises(Denied):
        sign(filled, given(), factories.principal(name="quality lead", systems=frozenset({"claims-triage"})))
    with pytest.raises(NotFound):
        sign_offs_service.keep(filled, LEAD, SLUG, 999, given(), seen=before)
    assert queries.head(filled) == before
    assert queries.dossier(filled, SLUG).sign_offs == []


def test_what_was_decided_is_never_changed_or_taken_away(filled: Store) -> None:
    sign(filled, given(decision="reject", comment="no"))
    statements = ["UPDATE sign_off SET decision = 'approve'", "DELETE FROM sign_off"]
    for statement in statements if filled.sqlite else [*statements, "TRUNCATE sign_off"]:
        with pytest.raises(StoreError, match="sign-offs are append-only"), filled.writing() as session:
            session.execute(text(statement))
    (kept,) = queries.dossier(filled, SLUG).sign_offs
    assert kept.record.decision == "reject"


def test_the_file_that_was_imported_again_leaves_the_sign_offs(filled: Store) -> None:
    sign(filled, given())
    file = assessment_file(policy=factories.policy(stages=[]), monitoring=factories.monitoring())
    for name in ("a", "b"):
        evidence_service.add_assessment(
            filled, DANA, file, name=f"{name}.toml", digest=factories.digest(name), as_of=TODAY
        )
    assert [kept.record for kept in queries.dossier(filled, SLUG).sign_offs] == [given()]


def test_no_edit_slips_in_between_what_was_seen_and_what_is_signed(filled: Store) -> None:
    """Each signature is of the plan that stood when it was stored, while another process edits and edits."""
    found = queries.dossier(filled, SLUG).assessment.id

    def edit() -> None:
        for number in range(1, ROUNDS + 1):
            plan = factories.monitoring(review_cadence=f"every {number} days")
            revisions_service.save(filled, DANA, SLUG, found, plan, seen=number)

    def approve(store: Store) -> int:
        kept = 0
        for number in range(ROUNDS):
            seen = signoff.seen(reviews.load(store, LEAD, SLUG, as_of=TODAY))
            try:
                sign_offs.sign(
                    store,
                    LEAD,
                    SLUG,
                    found,
                    role="quality",
                    decision="approve",
                    comment=f"look {number}",
                    seen=seen,
                    as_of=TODAY,
                )
            except Conflict:
                continue
            kept += 1
        return kept

    with closing(connect(filled.url)) as other, ThreadPoolExecutor(2) as pool:
        editing, approving = pool.submit(edit), pool.submit(approve, other)
        editing.result()
        kept = approving.result()
    plans = [each.record for each in queries.revisions(filled, found) if isinstance(each.record, MonitoringPlan)]
    signed, revision = iter(queries.dossier(filled, SLUG).sign_offs), 1
    for event in reversed(queries.events(filled)):
        revision += event.action == "release.edit"
        if event.action == "sign-off":
            assert next(signed).record.parts["monitoring"] == sha256(plans[revision - 1])
            kept -= 1
    assert (kept, revision, len(plans)) == (0, ROUNDS + 1, ROUNDS + 1)


def sha256(plan: MonitoringPlan) -> str:
    body = json.dumps(plan.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()
