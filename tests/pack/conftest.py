"""A desk that stores whole systems, each text of which a test may choose, and takes packs of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from readiness import clock, pack, paths
from readiness.access import GRANTS, Principal
from readiness.errors import NotFound
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.card import CardEvaluation, Component, Incident, RedTeamRun, SystemCard
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence, EvidenceKind, ReadAs, Skipped
from readiness.model.monitoring import Alert, MonitoringPlan, Owners
from readiness.model.policy import Approver, Budget, Gate, ReleasePolicy, Rollback, RolloutStage
from readiness.model.traces import PATHS, Excerpt, Span, SpanField, Trace, TracePath
from readiness.pack import withheld, withholding
from readiness.pack.snapshot import Snapshot, snapshot
from readiness.review import signoff
from readiness.review.review import Review
from readiness.services import decisions, reviews, sign_offs, stages, weeks
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.services import traces as traces_service
from readiness.store import Store, open_store
from tests import stored

DAY = dt.date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
HEAD = "5" * 64
IMPORTER = "zqimporterzq"
RECIPIENT = "The reading room"
NOBODY = "Nobody Limited"
Say = Callable[[str], str]
"""What stands in a text field, by the field's name."""


def ordinary(field: str) -> str:
    """Harmless words, told apart by their field."""
    return f"Plain {field.replace('.', ' ').replace('_', ' ')}"


def marks(say: Say) -> list[Mark]:
    """Every answer there is: controlled with evidence, partial, a gap raised to critical, a gap of the boundary."""
    found = {signal: Mark(signal=signal, mark="no", evidence=["scorecard"]) for signal in _signals()}
    shared: dict[str, Any] = {
        "owner": say("mark.owner"),
        "due": DAY + dt.timedelta(days=9),
        "action": say("mark.action"),
    }
    shared |= {"note": say("mark.note"), "evidence": [say("mark.evidence")]}
    found["abstention"] = Mark(signal="abstention", mark="partial", holds_for=say("mark.holds_for"), **shared)
    found["capacity"] = Mark(
        signal="capacity", mark="yes", critical=True, critical_reason=say("mark.critical_reason"), **shared
    )
    found["data-boundary"] = Mark(
        signal="data-boundary",
        mark="partial",
        holds_for=say("boundary.holds_for"),
        note=say("boundary.note"),
        evidence=[say("boundary.evidence")],
        owner=say("boundary.owner"),
        due=DAY - dt.timedelta(days=4),
        action=say("boundary.action"),
    )
    return list(found.values())


def policy(say: Say) -> ReleasePolicy:
    return ReleasePolicy(
        gates=[
            Gate(metric=say("gate.metric"), workflow=say("gate.workflow"), cohort=say("gate.cohort"), min=0.9),
            Gate(metric="task_success", min=0.9, min_n=200),
            Gate(metric="groundedness", cohort="each", min=0.99),
        ],
        stages=[RolloutStage(name=say("stage.name"), share=0.05, hours=48, proceed_if=say("stage.proceed_if"))],
        rollback=Rollback(
            steps=[say("rollback.steps")],
            owner=say("rollback.owner"),
            data_dependencies=say("rollback.data_dependencies"),
            confirm=say("rollback.confirm"),
            rehearsed_on=DAY - dt.timedelta(days=13),
            rehearsal="passed",
        ),
        budgets={say("budget.stage"): Budget(timeout_ms=3000, retries=1, fallback=say("budget.fallback"))},
        approvers=[
            Approver(role="quality", name=approver(say)),
            Approver(role=say("approver.role"), name="Pat"),
        ],
    )


def approver(say: Say) -> str:
    """A name has a letter at least: nobody is called by signs alone."""
    name = say("approver.name")
    return name if any(map(str.isalnum, name)) else f"{name}Q"


def monitoring(say: Say) -> MonitoringPlan:
    return MonitoringPlan(
        review_cadence=say("plan.review_cadence"),
        escalation_owner=say("plan.escalation_owner"),
        watch_list=[say("plan.watch_list")],
        covers=[say("plan.covers")],
        by_cohort=True,
        owners=Owners(
            incident_response=say("owners.incident_response"),
            release_review=say("owners.release_review"),
            weekly_decisions=say("owners.weekly_decisions"),
        ),
        alerts=[Alert(metric=say("alert.metric"), condition=say("alert.condition"), route=say("alert.route"))],
    )


def card(say: Say) -> SystemCard:
    said = {name: say(f"component.{name}") for name in ("version", "provider", "region", "retention", "training_use")}
    return SystemCard(
        intended_use=say("card.intended_use"),
        not_for=[say("card.not_for")],
        users=say("card.users"),
        components=[Component(kind="model", name="m" + say("component.name"), **said)],
        oversight=say("card.oversight"),
        limits=[say("card.limits")],
        residual_risk=say("card.residual_risk"),
        customer_duties=[say("card.customer_duties")],
        evaluation=CardEvaluation(
            sampling=say("card.sampling"),
            judge=say("card.judge"),
            agreement=say("card.agreement"),
            not_tested=[say("card.not_tested")],
        ),
        red_team=[
            RedTeamRun(by=say("run.by"), tried=say("run.tried"), attacks=40, succeeded=1, report=say("run.report"))
        ],
        incidents=[
            Incident(
                what="w" + say("incident.what"), cohort=f"tenant={say('incident.tenant')}", done=say("incident.done")
            )
        ],
    )


def evidence(kind: EvidenceKind, seed: str, say: Say, **fields: Any) -> Evidence:
    stated: dict[str, Any] = {
        "name": say(f"{kind}.name"),
        "format": say("evidence.format"),
        "kind": kind,
        "digest": hashlib.sha256(f"{seed}{kind}".encode()).hexdigest(),
        "size": 10,
        "tool": say("evidence.tool"),
        "tool_version": say("evidence.tool_version"),
        "measured_on": DAY - dt.timedelta(days=5),
        "options": ReadAs(mapping={"why": say("evidence.options")}),
        "skipped": 1,
        "skips": [Skipped(place=say("skip.place"), reason=say("skip.reason"))],
        "warnings": [say("evidence.warnings")],
        "producer": say("evidence.producer"),
    }
    return Evidence(**stated | fields)


def cells(say: Say, candidate: str, baseline: str) -> tuple[Cell, ...]:
    """Both versions over all cases, of one workflow and cohort, of one tenant, and a metric nobody knows."""
    shared: dict[str, Any] = {"unit": "ratio", "direction": "higher", "n": 400}
    found = []
    for version, mean in ((baseline, 0.95), (candidate, 0.91)):
        found += [
            Cell(version=version, metric="task_success", mean=mean, **shared),
            Cell(version=version, metric="task_success", mean=mean, workflow=say("cell.workflow"), **shared),
            Cell(version=version, metric="task_success", mean=mean, dimension="language", value="ja", **shared),
            Cell(
                version=version,
                metric="groundedness",
                mean=mean - 0.1,
                dimension="tenant",
                value=say("cell.tenant"),
                **shared,
            ),
            Cell(version=version, metric=say("cell.metric"), mean=mean, **shared | {"unit": say("cell.unit")}),
            Cell(version=version, metric="latency_ms", p50=900, p95=1800, p99=2600, n=400),
        ]
    for dimension in ("category", "attack"):
        value = say(f"attack.{dimension}")
        tried: dict[str, Any] = {"metric": "attack_success_rate", "unit": "ratio", "direction": "lower", "n": 40}
        found.append(Cell(version=candidate, dimension=dimension, value=value, mean=0.05, passed=2, errors=3, **tried))
    return tuple(found)


def trace(say: Say, candidate: str, path: TracePath) -> Trace:
    spans = [
        Span(
            span_id=say("span.id"),
            parent_id=say("span.parent"),
            kind="tool",
            name=say("span.name"),
            start_ns=1_795_000_000_000_000_000,
            end_ns=1_795_000_000_250_000_000,
            status="error",
            error=say("span.error"),
            input=say("span.input"),
            output=say("span.output"),
            attributes={"detail": say("span.attributes")},
        )
    ]
    return Trace(
        trace_id=f"{say('trace.id')}{path[0]}",
        version=candidate,
        workflow=say("trace.workflow"),
        cohort=f"tenant={say('trace.tenant')}",
        path=path,
        note=say("trace.note"),
        spans=spans,
        flags=[say("trace.flags")],
        redacted={say("trace.redacted"): 2},
    )


def _signals() -> tuple[str, ...]:
    return checklists.get(paths.CHECKLISTS, "llm-rollout").ids


@dataclass(frozen=True)
class Desk:
    """A store and somebody who may do everything in it."""

    store: Store
    by: Principal

    def fill(self, say: Say = ordinary, *, slug: str = "copilot", measured_on: dt.date | None = None) -> str:
        """A system with something in every field; gives its slug."""
        candidate, baseline = say("candidate"), say("baseline")
        self.bare(
            slug,
            system=System(
                slug=slug, name=say("system.name"), description=say("system.description"), owner=say("system.owner")
            ),
            assessment=Assessment(
                candidate=candidate,
                baseline=baseline,
                scope=say("scope"),
                target_date=DAY + dt.timedelta(days=22),
                assessed_on=DAY - dt.timedelta(days=3),
            ),
            marks=marks(say),
            policy=policy(say),
            monitoring=monitoring(say),
            card=card(say),
        )
        dated = {"measured_on": measured_on} if measured_on else {}
        results = evidence("results", slug, say, **dated)
        stored.add_evidence(self.store, self.by, slug, results, cells(say, candidate, baseline))
        traces = tuple(trace(say, candidate, path) for path in PATHS)
        stored.add_evidence(self.store, self.by, slug, evidence("traces", slug, say, **dated), (), traces)
        self._move_a_date(slug, say("move.reason"))
        self.release("good", "error", approver(say), slug)
        self.sign(approver(say), slug, comment=say("sign_off.comment"))
        self.decide(say, slug)
        self.run(say, slug)
        return slug

    def run(self, say: Say, slug: str) -> None:
        """The rollout begins on the day of the packs, and its first week is reviewed at once."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: NOON)
            number = self.review(slug).assessment_id
            note = say("step.note")[:2000]
            stages.take(self.store, self.by, slug, number, "advance", note=note, seen=0, as_of=DAY)
            weeks.hold(
                self.store,
                self.by,
                slug,
                number,
                1,
                held_on=DAY,
                people=[say("week.people")],
                outcome="watch",
                minutes=say("week.minutes"),
                watched={say("plan.watch_list"): say("week.watched")},
                seen=0,
                as_of=DAY,
            )

    def decide(self, say: Say, slug: str) -> None:
        """Going on with a condition and a risk, against somebody's voice, on the day of the packs."""
        condition = {"what": say("condition"), "owner": say("condition.owner"), "due": DAY + dt.timedelta(days=9)}
        risk = {"what": say("risk"), "reason": say("risk.reason"), "approver": say("risk.approver")}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "now", lambda: NOON)
            found = self.review(slug)
            decisions.decide(
                self.store,
                self.by,
                slug,
                found.assessment_id,
                outcome="conditional",
                decided_on=DAY,
                people=[say("decision.people")],
                reasons=say("decision.reasons"),
                conditions=[condition],
                risks=[risk | {"expires": DAY + dt.timedelta(days=20)}],
                dissent=[{"by": say("dissent.by"), "why": say("dissent.why")}],
                seen=signoff.seen(found),
                as_of=DAY,
            )

    def sign(self, name: str, slug: str = "copilot", **given: Any) -> None:
        """The approver of quality decides on what is stored now."""
        found, by = self.review(slug), Principal.of(name, GRANTS)
        stated = {"role": "quality", "decision": "approve", "comment": "", "seen": signoff.seen(found)}
        sign_offs.sign(self.store, by, slug, found.assessment_id, **stated | given, as_of=DAY)

    def release(self, path: TracePath, field: SpanField, by: str, slug: str = "copilot") -> None:
        """One text of the first span of the trace that shows a path may leave."""
        found = self.review(slug).path(path)[0]
        excerpt = Excerpt.of(found.trace.trace_id, found.trace.spans[0], field)
        traces_service.release(self.store, Principal.of(by, GRANTS), slug, found.id, excerpt)

    def _move_a_date(self, slug: str, reason: str) -> None:
        gap = next(gap for gap in self.review(slug).gaps if gap.signal.id == "abstention")
        later: dict[str, Any] = {"due": DAY + dt.timedelta(days=10), "owner": gap.mark.owner, "action": gap.mark.action}
        gaps_service.change(self.store, self.by, gap.id, seen=gap.row_version, reason=reason, **later)

    def bare(self, slug: str = "copilot", **fields: Any) -> str:
        """A system of which only what is given is known."""
        stated = {"system": System(slug=slug, name="Copilot"), "assessment": Assessment(candidate="2026.11")}
        file = AssessmentFile(**stated | fields)
        digest = hashlib.sha256(slug.encode()).hexdigest()
        evidence_service.add_assessment(self.store, self.by, file, name="a.toml", digest=digest, as_of=DAY)
        return slug

    def review(self, slug: str = "copilot") -> Review:
        return reviews.load(self.store, self.by, slug, as_of=DAY)

    def take(self, audience: str, slug: str = "copilot", **asked: Any) -> Snapshot:
        request = asking(audience, self.review(slug), **asked)
        return snapshot(self.review(slug), request, chain_head=HEAD, made_at=NOON)

    def build(
        self, audience: str, slug: str = "copilot", asked: Mapping[str, Any] = MappingProxyType({}), **options: Any
    ) -> pack.Pack:
        review = None
        with contextlib.suppress(NotFound):
            review = reviews.load(self.store, Principal.of(IMPORTER, GRANTS), slug, as_of=DAY)
        request = asking(audience, review, **asked)
        return pack.build(self.store, self.by, slug, request, as_of=DAY, **{"made_at": NOON, **options})


def asking(audience: str, review: Review | None = None, **asked: Any) -> pack.Request:
    """What a test asks for: a draft, since few of its systems have all that an audience is to get.

    A pack for one customer is for the one with most cases, where the test names nobody.
    """
    profile = pack.AUDIENCES.get(audience)
    if profile and profile.one_customer and "customer" not in asked:
        asked["customer"] = _largest(review, profile) if review else NOBODY
    return pack.Request(audience=audience, **{"draft": True, "recipient": RECIPIENT, **asked})


def _largest(review: Review, profile: pack.Profile) -> str:
    weights = {value: n for (_, value), n in withheld.cohorts(review).items()}
    return max(withholding.customers(review, profile), key=lambda name: weights[name], default=NOBODY)


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    return Desk(sqlite_store, Principal.of(IMPORTER, GRANTS))


@pytest.fixture(scope="module")
def shown(loaded_on: Callable[[dt.date], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The demo portfolio, which no test changes."""
    with stored.copied(loaded_on(DAY), tmp_path_factory.mktemp("demo")) as store:
        yield Desk(store, Principal.of(IMPORTER, GRANTS))


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for tests that only read what a module-wide fixture put there."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'readiness.db'}")
    yield Desk(store, Principal.of(IMPORTER, GRANTS))
    store.close()
