"""Every service denies whoever lacks the right to it, on every system but their own."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, get_args

import pytest

from readiness import access, clock
from readiness.access import Action, Principal
from readiness.errors import Denied, NotFound, ReadinessError
from readiness.exports import sheets as exported
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import FileContents
from readiness.model.drafts import AnswerDraft
from readiness.model.evidence import ReadAs
from readiness.model.incidents import ReportedIncident
from readiness.model.notes import NoteSubject
from readiness.model.packs import PackLink, packed
from readiness.model.people import Token
from readiness.model.received import SpanBatch
from readiness.model.sign_off import SignOff
from readiness.model.sources import LiveSource
from readiness.model.traces import Excerpt
from readiness.outbound.trackers import Issue, WantedIssue
from readiness.portfolio.digest import Digest
from readiness.review import signoff
from readiness.review.items import OpenGap
from readiness.review.review import Review
from readiness.services import (
    Store,
    admin,
    anchors,
    decisions,
    demo,
    drafts,
    events,
    evidence,
    forecasts,
    gaps,
    handovers,
    hindsight,
    imports,
    incidents,
    issues,
    judges,
    links,
    marks,
    notes,
    packs,
    people,
    portfolio,
    proposals,
    received,
    reminders,
    reruns,
    reviews,
    revisions,
    sheets,
    sign_offs,
    sources,
    stages,
    systems,
    tokens,
    traces,
    unredacted,
    weeks,
    work,
)
from readiness.store import queries
from tests import decided, factories, files, samples, stored
from tests.factories import SLUG, TODAY
from tests.services.walk import public

DANA = factories.principal()
EVERYTHING = frozenset(get_args(Action))
NEXT_YEAR = TODAY + dt.timedelta(days=400)
PERSON = TOKEN = NOTE = PACK = CONDITION = 1
CAPACITY = NoteSubject("signal", "capacity")
IMPORTING = Token(name="pipeline", actions=["import"], systems=[SLUG], expires_on=clock.today() + dt.timedelta(30))
DESK, FIRST = System(slug="night-desk", name="Night Desk"), Assessment(candidate="1")
SOURCE = LiveSource(kind="phoenix", url="http://127.0.0.1:9", project="support")
ANOTHER = SOURCE.model_copy(update={"project": "another"})
OWN = System(slug=SLUG, name="Renamed")
RECEIVED = SpanBatch(SLUG, 1, "dana", b"")
BEGUN = AnswerDraft(signal="capacity", note="Half of it")
DECIDED: dict[str, Any] = {
    "outcome": "hold",
    "decided_on": TODAY,
    "people": ["dana"],
    "reasons": "Who counted is not known",
    "conditions": [decided.CONDITION],
}
INCIDENT = ReportedIncident(what="Who counted was made up", on=TODAY, signals=["abstention"])
SIGNED = SignOff(role="quality", decision="approve", parts={}, digest="0" * 64)


@dataclass(frozen=True)
class Desk:
    """A store with one system in it, and the ids that a call needs."""

    store: Store
    folder: Path

    @property
    def assessment(self) -> int:
        return queries.dossier(self.store, SLUG).assessment.id

    @property
    def gap(self) -> int:
        return queries.dossier(self.store, SLUG).marks["capacity"].id

    @property
    def trace(self) -> int:
        return queries.dossier(self.store, SLUG).traces[0][1].id

    @property
    def excerpt(self) -> Excerpt:
        record = queries.dossier(self.store, SLUG).traces[0][1].record
        return Excerpt.of(record.trace_id, record.spans[0], "input")

    @property
    def file(self) -> imports.ImportRequest:
        return imports.ImportRequest(path=files.assessment(self.folder))


@pytest.fixture(scope="module")
def filled(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a desk, to be copied."""
    folder = tmp_path_factory.mktemp("rights")
    with stored.copied(made, folder) as store:
        file = files.whole(capacity="yes")
        evidence.add_assessment(store, DANA, file, name="a.toml", digest="1" * 64, as_of=TODAY)
        samples = [trace for trace, _ in factories.traced()]
        stored.add_evidence(store, DANA, SLUG, factories.evidence("s.jsonl", kind="traces"), traces=samples)
        people.add(store, DANA, "omar@example.com", "Omar")
        people.grant(store, DANA, PERSON, "owner", SLUG)
        notes.ask(store, DANA, SLUG, CAPACITY, "Who counted?", to="omar@example.com")
        tokens.issue(store, factories.principal(name="rosa"), IMPORTING)
        desk = Desk(store, folder)
        handovers.offer(store, DANA, desk.gap, "eve")
        sources.add(store, DANA, SLUG, SOURCE)
        _decide(desk, DANA)
        incidents.report(store, DANA, SLUG, INCIDENT)
        packs.record(store, DANA, _review(desk), factories.sent_pack(body=packed({}), valid_until=dt.date(2099, 1, 1)))
    return stored.file(folder)


@pytest.fixture
def desk(filled: Path, tmp_path: Path) -> Iterator[Desk]:
    with stored.copied(filled, tmp_path) as store:
        yield Desk(store, tmp_path)


def _keep(desk: Desk, by: Principal) -> Any:
    return imports.keep(desk.store, by, imports.read(desk.store, DANA, desk.file), as_of=TODAY)


def _check(desk: Desk, by: Principal) -> Any:
    return imports.check(desk.store, by, imports.read(desk.store, DANA, desk.file))


def _of_span(desk: Desk, by: Principal) -> Any:
    sample = reviews.load(desk.store, DANA, SLUG, as_of=TODAY).samples[0]
    return unredacted.of_span(desk.store, by, SLUG, sample, "a", today=TODAY)


def _kept_until(desk: Desk, by: Principal) -> Any:
    item = reviews.load(desk.store, DANA, SLUG, as_of=TODAY).samples[0].item
    until = TODAY + dt.timedelta(days=1)
    kept = item.evidence.model_copy(update={"options": ReadAs(raw_until=until)})
    return unredacted.kept_until(by, SLUG, replace(item, evidence=kept), today=TODAY)


def _review(desk: Desk) -> Review:
    return reviews.load(desk.store, DANA, SLUG, as_of=TODAY)


def _change(desk: Desk, by: Principal) -> Any:
    return gaps.change(desk.store, by, desk.gap, seen=1, due=TODAY, owner="omar", action="", reason="later")


def _edits(desk: Desk) -> list[gaps.GapEdit]:
    return [gaps.GapEdit(desk.gap, 1, TODAY, "omar", "")]


def _movable(desk: Desk, by: Principal) -> Any:
    (gap,) = [gap for gap in reviews.load(desk.store, DANA, SLUG, as_of=TODAY).gaps if gap.id == desk.gap]
    return gaps.movable(by, gap)


def _closing(desk: Desk) -> gaps.Closing:
    (gap,) = [gap for gap in reviews.load(desk.store, DANA, SLUG, as_of=TODAY).gaps if gap.id == desk.gap]
    return gaps.Closing(gap, "Tested", ("run 12",))


def _answer(desk: Desk, by: Principal) -> Any:
    return handovers.answer(desk.store, by, queries.open_handovers(desk.store)[0].id, accept=True)


def _sign(desk: Desk, by: Principal) -> Any:
    return sign_offs.sign(
        desk.store,
        by,
        SLUG,
        desk.assessment,
        role="quality",
        decision="approve",
        comment="",
        seen={},
        as_of=TODAY,
    )


def _decide(desk: Desk, by: Principal) -> Any:
    seen = signoff.seen(_review(desk))
    return decisions.decide(desk.store, by, SLUG, desk.assessment, seen=seen, as_of=TODAY, **DECIDED)


def _refusal(desk: Desk, by: Principal) -> Any:
    """Nothing is refused where nothing is said."""
    return not sign_offs.refusal(reviews.load(desk.store, DANA, SLUG, as_of=TODAY), by, "quality")


def _owner(desk: Desk, by: Principal) -> Any:
    """Whoever may read nothing is told of nobody."""
    try:
        return gaps.owner(desk.store, by, "omar")
    except NotFound as exc:
        return "omar" in exc.expected


class Noted:
    """A tracker with no issue in it."""

    has_dates: ClassVar[bool] = False
    markdown: ClassVar[bool] = True
    name = address = "Notes"

    def issues(self) -> list[Issue]:
        return []

    def create(self, wanted: WantedIssue) -> str:
        return wanted.key

    def update(self, issue: Issue, wanted: WantedIssue) -> None:
        raise AssertionError(issue, wanted)

    def set_open(self, issue: Issue, *, is_open: bool) -> None:
        raise AssertionError(issue, is_open)


def _issue(name: str, gap: OpenGap) -> WantedIssue:
    return WantedIssue(f"{gap.system}/{gap.signal.id}", name, "", None, ())


class Told:
    """A way by which everything arrives."""

    channel: ClassVar[str] = "word"
    needs_address: ClassVar[bool] = False

    def send(self, digest: Digest) -> None:
        assert digest.items


def _sheet(desk: Desk) -> Path:
    """The gaps, one of them with another owner."""
    path = desk.folder / "gaps.csv"
    rows = exported.csv(sheets.gaps(desk.store, DANA, as_of=TODAY))
    path.write_bytes(rows.replace(b'"omar"', b'"rosa"'))
    return path


def _apply(desk: Desk, by: Principal) -> Any:
    return sheets.apply(desk.store, by, sheets.preview(desk.store, DANA, _sheet(desk)))


def _archived(desk: Desk, by: Principal) -> Any:
    """Nothing is told of what somebody may not read."""
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE system SET archived_on = '2026-11-20'")
    return systems.archived(desk.store, by)


def _released(desk: Desk) -> None:
    """Its rollout has begun; written behind the record, which a call that only reads may not change."""
    step = (desk.assessment, f"{TODAY} 09:00:00")
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO stage_step (assessment_id, action, stage, advice, note, by, at) "
            "VALUES (?, 'advance', 'canary', 'advance', '', 'dana', ?)",
            step,
        )


def _hindsight(desk: Desk, by: Principal) -> Any:
    _released(desk)
    return hindsight.hindsight(desk.store, by, as_of=TODAY).releases


def _hindsight_at_hand(desk: Desk, by: Principal) -> Any:
    _released(desk)
    return hindsight.at_hand(desk.store, by, as_of=TODAY)[0].releases


def _open_for(desk: Desk, by: Principal) -> Any:
    """As whoever is asked there, with the roles of this principal."""
    return notes.open_for(desk.store, replace(by, name="omar@example.com"))


def _offer(desk: Desk, by: Principal) -> proposals.Offer:
    return proposals.look(desk.store, by, SLUG, samples.DATA / "proposals" / "openslo.yaml")


CALLS: dict[str, tuple[Action, Callable[[Desk, Principal], Any]]] = {
    "admin.anchored": ("administer", lambda desk, by: admin.anchored(desk.store, by, desk.folder / "anchors")),
    "admin.backed_up": ("administer", lambda desk, by: admin.backed_up(by, desk.folder)),
    "admin.backup": ("administer", lambda desk, by: admin.backup(by, desk.store.url, desk.folder / "b.db")),
    "admin.examine": ("administer", lambda desk, by: admin.examine(by, desk.store.url)),
    "admin.keep_fact": ("import", lambda desk, by: admin.keep_fact(desk.store, by, "key", "value")),
    "admin.restore": ("administer", lambda desk, by: admin.restore(by, desk.store.url, desk.folder / "b.db")),
    "admin.copy": (
        "administer",
        lambda desk, by: admin.copy(by, desk.store.url, f"sqlite:///{desk.folder / 'copy.db'}"),
    ),
    "admin.upgrade": ("administer", lambda desk, by: admin.upgrade(by, desk.store.url)),
    "demo.load": ("import", lambda desk, by: demo.load(desk.store, by)),
    "drafts.keep": ("mark", lambda desk, by: drafts.keep(desk.store, by, SLUG, desk.assessment, BEGUN)),
    "drafts.mine": ("mark", lambda desk, by: drafts.mine(desk.store, by, SLUG, desk.assessment, "capacity")),
    "evidence.add": (
        "import",
        lambda desk, by: evidence.add(desk.store, by, SLUG, FileContents(factories.evidence("r.csv"))),
    ),
    "evidence.add_assessment": (
        "import",
        lambda desk, by: evidence.add_assessment(
            desk.store, by, files.whole(), name="b.toml", digest="2" * 64, as_of=TODAY
        ),
    ),
    "evidence.confirm": ("import", lambda desk, by: evidence.confirm(desk.store, by, SLUG, 1, "why", seen=[])),
    "evidence.remove": ("evidence.remove", lambda desk, by: evidence.remove(desk.store, by, SLUG, 1)),
    "forecasts.beside": (
        "read",
        lambda desk, by: forecasts.beside(desk.store, by, reviews.load(desk.store, DANA, SLUG, as_of=TODAY)),
    ),
    "gaps.change": ("gap.move", _change),
    "gaps.change_many": (
        "gap.move",
        lambda desk, by: gaps.change_many(desk.store, by, _edits(desk), reason="later"),
    ),
    "gaps.close": ("mark", lambda desk, by: gaps.close(desk.store, by, _closing(desk))),
    "gaps.foresee": ("read", lambda desk, by: gaps.foresee(desk.store, by, _closing(desk), as_of=TODAY)),
    "gaps.movable": ("gap.move", _movable),
    "gaps.every": ("read", lambda desk, by: gaps.every(desk.store, by, as_of=TODAY)),
    "gaps.one": ("read", lambda desk, by: gaps.one(desk.store, by, desk.gap)),
    "gaps.owner": ("read", _owner),
    "evidence.check_assessment": (
        "import",
        lambda desk, by: evidence.check_assessment(desk.store, by, files.whole(), name="b.toml", digest="2" * 64),
    ),
    "handovers.answer": ("read", _answer),
    "handovers.every": ("read", lambda desk, by: handovers.every(desk.store, by)),
    "handovers.mine": ("read", lambda desk, by: handovers.mine(desk.store, by)),
    "handovers.offer": ("gap.move", lambda desk, by: handovers.offer(desk.store, by, desk.gap, "rosa")),
    "hindsight.at_hand": ("read", _hindsight_at_hand),
    "hindsight.hindsight": ("read", _hindsight),
    "imports.check": ("import", _check),
    "imports.export": ("read", lambda desk, by: imports.export(desk.store, by, SLUG, as_of=TODAY)),
    "imports.keep": ("import", _keep),
    "imports.read": ("import", lambda desk, by: imports.read(desk.store, by, desk.file)),
    "imports.read_all": ("import", lambda desk, by: imports.read_all(desk.store, by, [desk.file])),
    "issues.plan": ("remind", lambda desk, by: issues.plan(desk.store, by, SLUG, Noted(), _issue)),
    "issues.carry_out": (
        "remind",
        lambda desk, by: issues.carry_out(
            desk.store, by, SLUG, Noted(), *issues.plan(desk.store, DANA, SLUG, Noted(), _issue)
        ),
    ),
    "marks.answer": (
        "mark",
        lambda desk, by: marks.answer(desk.store, by, SLUG, desk.assessment, factories.mark("capacity", "no"), seen=1),
    ),
    "notes.answer": ("note", lambda desk, by: notes.answer(desk.store, by, SLUG, NOTE, "I did")),
    "notes.ask": ("note", lambda desk, by: notes.ask(desk.store, by, SLUG, CAPACITY, "Why?")),
    "notes.close": ("note", lambda desk, by: notes.close(desk.store, by, SLUG, NOTE)),
    "notes.known": ("read", lambda desk, by: notes.known(desk.store, by, SLUG)),
    "notes.may_answer": ("note", lambda desk, by: notes.may_answer(by, notes.of_system(desk.store, DANA, SLUG)[0])),
    "notes.may_request": ("note", lambda _, by: notes.may_request(by, SLUG)),
    "notes.of_system": ("read", lambda desk, by: notes.of_system(desk.store, by, SLUG)),
    "notes.of_systems": ("read", lambda desk, by: notes.of_systems(desk.store, by, [SLUG])),
    "notes.open_for": ("read", _open_for),
    "notes.request": (
        "note",
        lambda desk, by: notes.request(desk.store, by, SLUG, CAPACITY, "Bring it", to="omar", due=NEXT_YEAR),
    ),
    "notes.withdraw": ("note", lambda desk, by: notes.withdraw(desk.store, by, SLUG, NOTE)),
    "notes.write": ("note", lambda desk, by: notes.write(desk.store, by, SLUG, CAPACITY, "Seen")),
    "links.every": ("pack", lambda desk, by: links.every(desk.store, by, SLUG)),
    "links.make": (
        "pack",
        lambda desk, by: links.make(desk.store, by, SLUG, PackLink(pack=PACK, expires_on=clock.today())),
    ),
    "links.revoke": ("pack", lambda desk, by: links.revoke(desk.store, by, SLUG, 1)),
    "packs.chain_head": ("read", lambda desk, by: packs.chain_head(desk.store, by, SLUG)),
    "packs.one": ("pack", lambda desk, by: packs.one(desk.store, by, SLUG, PACK)),
    "packs.record": ("pack", lambda desk, by: packs.record(desk.store, by, _review(desk), factories.sent_pack())),
    "packs.sealed_before": (
        "pack",
        lambda desk, by: packs.sealed_before(
            desk.store, by, SLUG, "0" * 64, audience="security", recipient="Acme", customer=""
        ),
    ),
    "packs.every": ("read", lambda desk, by: packs.every(desk.store, by, SLUG)),
    "packs.whole": ("read", lambda desk, by: packs.whole(desk.store, by, SLUG, PACK)),
    "people.add": ("administer", lambda desk, by: people.add(desk.store, by, "new@example.com")),
    "people.add_address": (
        "administer",
        lambda desk, by: people.add_address(desk.store, by, PERSON, "new@example.com"),
    ),
    "people.edit": (
        "administer",
        lambda desk, by: people.edit(desk.store, by, PERSON, seen=1, name="Omar", left_on=None),
    ),
    "people.every": ("administer", lambda desk, by: people.every(desk.store, by)),
    "people.grant": ("administer", lambda desk, by: people.grant(desk.store, by, PERSON, "viewer", SLUG)),
    "people.known": ("read", lambda desk, by: people.known(desk.store, by)),
    "people.revoke": ("administer", lambda desk, by: people.revoke(desk.store, by, PERSON, "owner", SLUG)),
    "people.shown": ("read", lambda desk, by: people.shown(desk.store, by)),
    "tokens.every": ("administer", lambda desk, by: tokens.every(desk.store, by)),
    "tokens.issue": ("import", lambda desk, by: tokens.issue(desk.store, by, IMPORTING)),
    "tokens.revoke": ("administer", lambda desk, by: tokens.revoke(desk.store, by, TOKEN)),
    "marks.confirm": (
        "mark",
        lambda desk, by: marks.confirm(desk.store, by, SLUG, desk.assessment, "capacity", seen=1),
    ),
    "sources.add": ("import", lambda desk, by: sources.add(desk.store, by, SLUG, ANOTHER)),
    "sources.change": ("import", lambda desk, by: sources.change(desk.store, by, SLUG, 1, ANOTHER, seen=1)),
    "sources.due": ("import", lambda desk, by: sources.due(desk.store, by, as_of=TODAY)),
    "sources.every": ("read", lambda desk, by: sources.every(desk.store, by, SLUG)),
    "sources.pull": ("import", lambda desk, by: sources.pull(desk.store, by, SLUG, 1, as_of=TODAY)),
    "sources.pull_once": ("import", lambda desk, by: sources.pull_once(desk.store, by, SLUG, ANOTHER, as_of=TODAY)),
    "sources.remove": ("import", lambda desk, by: sources.remove(desk.store, by, SLUG, 1)),
    "sources.stale": ("read", lambda desk, by: sources.stale(desk.store, by)),
    "systems.archive": ("system.edit", lambda desk, by: systems.archive(desk.store, by, SLUG, "over", seen=1)),
    "systems.archived": ("read", _archived),
    "systems.create": ("system.create", lambda desk, by: systems.create(desk.store, by, DESK, FIRST)),
    "systems.delete": ("system.delete", lambda desk, by: systems.delete(desk.store, by, SLUG, "over", seen=1)),
    "systems.edit": ("system.edit", lambda desk, by: systems.edit(desk.store, by, OWN, seen=1)),
    "systems.edit_assessment": (
        "system.edit",
        lambda desk, by: systems.edit_assessment(desk.store, by, SLUG, desk.assessment, FIRST, seen=1),
    ),
    "systems.free_slug": ("system.create", lambda desk, by: systems.free_slug(desk.store, by, "Night Desk")),
    "systems.one": ("read", lambda desk, by: systems.one(desk.store, by, SLUG)),
    "systems.restore": ("system.edit", lambda desk, by: systems.restore(desk.store, by, SLUG, seen=1)),
    "systems.slugs": ("read", lambda desk, by: systems.slugs(desk.store, by)),
    "systems.start_assessment": (
        "system.edit",
        lambda desk, by: systems.start_assessment(desk.store, by, SLUG, FIRST, seen=desk.assessment),
    ),
    "work.mine": ("read", lambda desk, by: work.mine(desk.store, by, as_of=TODAY)),
    "events.head": ("read", lambda desk, by: events.head(desk.store, by)),
    "portfolio.at_hand": ("read", lambda desk, by: portfolio.at_hand(desk.store, by, as_of=TODAY)),
    "portfolio.missing": ("read", lambda desk, by: portfolio.missing(desk.store, by, as_of=dt.date.min)),
    "portfolio.catch_up": (
        "read",
        lambda desk, by: portfolio.catch_up(desk.store, by, as_of=NEXT_YEAR),
    ),
    "portfolio.statuses": ("read", lambda desk, by: portfolio.statuses(desk.store, by, as_of=TODAY)),
    "received.due": ("spans.fold", lambda desk, by: received.due(desk.store, by)),
    "received.fold": ("spans.fold", lambda desk, by: received.fold(desk.store, by, SLUG, TODAY)),
    "received.keep": ("import", lambda desk, by: received.keep(desk.store, by, [RECEIVED])),
    "received.own_system": ("import", lambda desk, by: received.own_system(by) == SLUG),
    "received.refused": ("import", lambda desk, by: not received.refused(desk.store, by, [SLUG])),
    "reminders.due": ("remind", lambda desk, by: reminders.due(desk.store, by, "mail", as_of=TODAY)),
    "reminders.withheld": ("remind", lambda desk, by: reminders.withheld(desk.store, by, "mail", as_of=TODAY)),
    "reminders.send": ("remind", lambda desk, by: reminders.send(desk.store, by, [Told()], as_of=TODAY)),
    "reruns.beside": (
        "read",
        lambda desk, by: reruns.beside(desk.store, by, reviews.load(desk.store, DANA, SLUG, as_of=TODAY)),
    ),
    "reruns.reruns": ("read", lambda desk, by: reruns.reruns(desk.store, by, SLUG, as_of=TODAY)),
    "reviews.check_day": ("read", lambda desk, by: reviews.check_day(desk.store, by, as_of=dt.date.min)),
    "reviews.activity": ("read", lambda desk, by: reviews.activity(desk.store, by)),
    "reviews.both": ("read", lambda desk, by: reviews.both(desk.store, by, (SLUG, None), (SLUG, None), as_of=TODAY)),
    "reviews.assessments": ("read", lambda desk, by: reviews.assessments(desk.store, by, SLUG)),
    "anchors.anchor": ("administer", lambda desk, by: anchors.anchor(desk.store, by, desk.folder / "anchors")),
    "anchors.held": ("administer", lambda desk, by: anchors.held(desk.store, by, desk.folder / "anchors")),
    "incidents.answer": (
        "incident",
        lambda desk, by: incidents.answer(desk.store, by, SLUG, 1, "case", "case-1", as_of=TODAY),
    ),
    "incidents.report": ("incident", lambda desk, by: incidents.report(desk.store, by, SLUG, INCIDENT)),
    "incidents.withdraw": (
        "incident",
        lambda desk, by: incidents.withdraw(desk.store, by, SLUG, 1, "a drill", seen=1),
    ),
    "stages.advice": ("read", lambda desk, by: stages.advice(by, _review(desk))),
    "weeks.latest": ("read", lambda desk, by: weeks.latest(by, _review(desk))),
    "weeks.report": ("read", lambda desk, by: weeks.report(by, _review(desk), 1)),
    "weeks.hold": (
        "week",
        lambda desk, by: weeks.hold(
            desk.store,
            by,
            SLUG,
            desk.assessment,
            1,
            held_on=TODAY,
            people=["dana"],
            outcome="watch",
            minutes="seen",
            watched={},
            seen=0,
            as_of=TODAY,
        ),
    ),
    "stages.take": (
        "stage",
        lambda desk, by: stages.take(desk.store, by, SLUG, desk.assessment, "advance", note="now", seen=0, as_of=TODAY),
    ),
    "judges.of_metrics": (
        "read",
        lambda desk, by: judges.of_metrics(desk.store, by, reviews.load(desk.store, DANA, SLUG, as_of=TODAY)),
    ),
    "judges.disagreements": (
        "read",
        lambda desk, by: judges.disagreements(
            desk.store, by, reviews.load(desk.store, DANA, SLUG, as_of=TODAY), "task_success"
        ),
    ),
    "reviews.facts": ("read", lambda desk, by: reviews.facts(desk.store, by, SLUG)),
    "reviews.chain": ("read", lambda desk, by: reviews.chain(desk.store, by, SLUG)),
    "reviews.every": ("read", lambda desk, by: reviews.every(desk.store, by, as_of=TODAY)),
    "reviews.load": ("read", lambda desk, by: reviews.load(desk.store, by, SLUG, as_of=TODAY)),
    "revisions.history": (
        "read",
        lambda desk, by: revisions.history(desk.store, by, reviews.load(desk.store, DANA, SLUG, as_of=TODAY)),
    ),
    "proposals.look": ("read", _offer),
    "proposals.find": (
        "read",
        lambda desk, by: proposals.find(desk.store, by, SLUG, samples.DATA / "proposals" / "openslo.yaml"),
    ),
    "proposals.adopt": (
        "release.edit",
        lambda desk, by: proposals.adopt(desk.store, by, SLUG, _offer(desk, factories.principal()), {1}),
    ),
    "revisions.save": (
        "release.edit",
        lambda desk, by: revisions.save(desk.store, by, SLUG, desk.assessment, factories.policy(), seen=1),
    ),
    "sheets.apply": ("gap.move", _apply),
    "sheets.gaps": ("read", lambda desk, by: sheets.gaps(desk.store, by, as_of=TODAY)),
    "sheets.marks": ("read", lambda desk, by: sheets.marks(desk.store, by, SLUG, as_of=TODAY)),
    "sheets.preview": ("read", lambda desk, by: sheets.preview(desk.store, by, _sheet(desk))),
    "decisions.condition": ("read", lambda desk, by: decisions.condition(desk.store, by, CONDITION)),
    "decisions.decide": ("decide", _decide),
    "decisions.may_meet": ("decide", lambda desk, by: decisions.may_meet(by, SLUG, "omar")),
    "decisions.open_conditions": ("read", lambda desk, by: decisions.open_conditions(desk.store, by, as_of=TODAY)),
    "decisions.meet": (
        "decide",
        lambda desk, by: decisions.meet(desk.store, by, CONDITION, seen=1, on=TODAY, note="run 12"),
    ),
    "decisions.reopen": (
        "decide",
        lambda desk, by: decisions.reopen(desk.store, by, CONDITION, seen=1, reason="run 12"),
    ),
    "sign_offs.keep": (
        "sign-off",
        lambda desk, by: sign_offs.keep(desk.store, by, SLUG, desk.assessment, SIGNED, seen=""),
    ),
    "sign_offs.refusal": ("sign-off", _refusal),
    "sign_offs.sign": ("read", _sign),
    "traces.label": (
        "trace.label",
        lambda desk, by: traces.label(desk.store, by, SLUG, desk.trace, "good", "", seen=1),
    ),
    "traces.named": ("read", lambda desk, by: traces.named(desk.store, by, [SLUG], "", most=5)),
    "traces.release": (
        "text.release",
        lambda desk, by: traces.release(desk.store, by, SLUG, desk.trace, desk.excerpt),
    ),
    "traces.withdraw": (
        "text.release",
        lambda desk, by: traces.withdraw(desk.store, by, SLUG, desk.trace, desk.excerpt),
    ),
    "unredacted.expire": ("raw.expire", lambda desk, by: unredacted.expire(desk.store, by, today=TODAY)),
    "unredacted.kept_until": ("raw.read", _kept_until),
    "unredacted.note_reading": (
        "raw.read",
        lambda desk, by: unredacted.note_reading(desk.store, by, SLUG, 1, "t", "a"),
    ),
    "unredacted.of_span": ("raw.read", _of_span),
}
"""What each asks for, and a call of it; a list that is empty and a None tell as little as a refusal does."""
OF_NO_SYSTEM = {
    "admin.anchored",
    "admin.backed_up",
    "admin.backup",
    "admin.examine",
    "admin.restore",
    "admin.copy",
    "admin.upgrade",
    "anchors.anchor",
    "anchors.held",
    "events.head",
    *("people.every", "people.known", "people.shown", "tokens.every"),
}
"""What is not about one system: a principal who is limited to another one may see that something was written."""


def refused(call: Callable[[Desk, Principal], Any], desk: Desk, by: Principal) -> bool:
    try:
        return not call(desk, by)
    except Denied:
        return True


def test_every_service_is_looked_at_here_and_takes_a_principal_where_it_takes_a_store() -> None:
    takes = {name: set(inspect.signature(function).parameters) for name, function in public()}
    assert {name for name, parameters in takes.items() if "by" in parameters} == set(CALLS)
    without = {name for name, parameters in takes.items() if "store" in parameters and "by" not in parameters}
    shown = {"links.enter", "links.look", "links.acknowledge"}
    """Which a secret opens."""
    assert without - shown == {"people.enter", "people.leave", "tokens.enter"}  # which say who somebody is


@pytest.mark.parametrize("name", CALLS)
def test_whoever_may_do_everything_but_this_is_denied(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    action, call = CALLS[name]
    monkeypatch.setitem(access.GRANTS, "all but this", EVERYTHING - {action, "gap.move-own"})
    events = queries.head(desk.store)
    assert refused(call, desk, Principal.of("eve", {"all but this"}))
    assert queries.head(desk.store) == events


@pytest.mark.parametrize("name", sorted(CALLS.keys() - OF_NO_SYSTEM))
def test_whoever_may_do_everything_elsewhere_is_denied(desk: Desk, name: str) -> None:
    events = queries.head(desk.store)
    assert refused(CALLS[name][1], desk, factories.principal(systems=frozenset({"another"})))
    assert queries.head(desk.store) == events


@pytest.mark.parametrize("name", CALLS)
def test_somebody_without_any_role_is_denied(desk: Desk, name: str) -> None:
    assert refused(CALLS[name][1], desk, Principal.of("eve"))


HELD = ("capacity", "Capacity", "Who counted", "s.jsonl", "task_success", "Close it")
"""Of what the system here holds: a gap and what is to be done, a note, a file and a metric."""


@pytest.mark.parametrize("name", CALLS)
def test_whoever_administers_without_reading_is_told_nothing_of_what_a_system_holds(desk: Desk, name: str) -> None:
    try:
        told = repr(CALLS[name][1](desk, Principal.of("eve", {"admin"})))
    except ReadinessError as exc:
        told = str(exc)
    assert not [text for text in HELD if text in told]
