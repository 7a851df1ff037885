"""Standings that are kept say what one worked out afresh says, whoever wrote and whenever one looks."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic import command
from sqlalchemy import event, text

from readiness import clock, language, paths
from readiness.access import KEEPER, Principal
from readiness.errors import NotFound, ReadinessError, StoreError
from readiness.exports import sheets as exported
from readiness.importers.otlp import received
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import Done, Dossier
from readiness.model.evidence import Doubt
from readiness.model.incidents import ReportedIncident
from readiness.model.notes import NoteSubject
from readiness.model.packs import PackLink, packed
from readiness.model.policy import Rollback
from readiness.model.received import SpanBatch
from readiness.model.sheets import SheetKind
from readiness.model.sign_off import SignOff
from readiness.model.sources import LiveSource
from readiness.model.traces import Excerpt
from readiness.portfolio import status
from readiness.portfolio.status import SystemStatus
from readiness.review import signoff
from readiness.review.review import Review
from readiness.services import _statuses, decisions, incidents, open_store, reviews, stages, weeks
from readiness.services import admin as admin_service
from readiness.services import evidence as evidence_service
from readiness.services import gaps as gaps_service
from readiness.services import handovers as handovers_service
from readiness.services import links as links_service
from readiness.services import marks as marks_service
from readiness.services import notes as notes_service
from readiness.services import packs as packs_service
from readiness.services import portfolio as portfolio_service
from readiness.services import received as received_service
from readiness.services import revisions as revisions_service
from readiness.services import sheets as sheets_service
from readiness.services import sign_offs as sign_offs_service
from readiness.services import sources as sources_service
from readiness.services import systems as systems_service
from readiness.services import traces as traces_service
from readiness.services import unredacted as unredacted_service
from readiness.services.gaps import Closing, GapEdit
from readiness.store import Store, connect, queries, schema
from readiness.store.statuses import CachedStatus
from tests import decided, factories, files, otlp, stored
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark
from tests.services.walk import public
from tests.stored import CopyOf

DANA = factories.principal()
SOURCE = LiveSource(kind="phoenix", url="http://127.0.0.1:9", project="support")
ABOUT = NoteSubject("signal", "capacity")
SIGNALS = ("capacity", "abstention", "hard_queries", "review_burden", "retry_budget", "sign_off")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def keeper(copy_of: CopyOf) -> Store:
    """A store with one system."""
    return copy_of(_one_system)


def _one_system(store: Store, _: Path) -> None:
    put(store)


def put(store: Store, slug: str = SLUG, name: str = "a.toml", **others: files.Answer) -> Done:
    file = files.whole(**others)
    file.system = System(slug=slug, name=slug.title())
    return evidence_service.add_assessment(
        store, DANA, file, name=name, digest=factories.digest(slug + name), as_of=TODAY
    )


def put_results(store: Store, by: Principal = DANA, days: int = 0, name: str = "r.csv") -> Done:
    cells = tuple(cell for cell, _ in factories.scored())
    file = factories.evidence(name, measured_on=TODAY + dt.timedelta(days=days))
    return stored.add_evidence(store, by, SLUG, file, cells, as_of=TODAY)


def put_traces(store: Store, by: Principal = DANA) -> Done:
    traces = tuple(trace for trace, _ in factories.traced())
    return stored.add_evidence(store, by, SLUG, factories.evidence("s.jsonl", kind="traces"), traces=traces)


def afresh(store: Store, as_of: dt.date = TODAY) -> list[SystemStatus]:
    return [status.of(each) for each in reviews.every(store, DANA, as_of=as_of)]


def kept(store: Store) -> dict[str, CachedStatus]:
    return {slug: found for slug, found in queries.statuses(store) if found}


def looked(store: Store, as_of: dt.date = TODAY, by: Principal = DANA) -> list[SystemStatus]:
    return portfolio_service.statuses(store, by, as_of=as_of)


def run(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


# Writes


def _answer(store: Store) -> Done:
    found = queries.dossier(store, SLUG)
    return marks_service.answer(store, DANA, SLUG, found.assessment.id, mark("traceability", "yes"), seen=1)


def _gap(store: Store) -> Done:
    put(store, name="b.toml", capacity="yes")
    gap = queries.dossier(store, SLUG).marks["capacity"]
    due = TODAY + dt.timedelta(days=1)
    return gaps_service.change(store, DANA, gap.id, seen=gap.row_version, due=due, owner="rosa", action="", reason="x")


def _gaps(store: Store) -> Done:
    put(store, name="b.toml", capacity="yes", abstention="yes")
    due = TODAY + dt.timedelta(days=1)
    edits = [
        GapEdit(gap.id, gap.row_version, due, "rosa", "")
        for gap in queries.dossier(store, SLUG).marks.values()
        if gap.record.is_gap
    ]
    return gaps_service.change_many(store, DANA, edits, reason="x")


def _closed(store: Store) -> Done:
    put(store, name="b.toml", capacity="yes")
    (gap,) = reviews.load(store, DANA, SLUG, as_of=TODAY).gaps
    return gaps_service.close(store, DANA, Closing(gap, "Tested", ("run 12",)))


def _offer(store: Store) -> Done:
    put(store, name="b.toml", capacity="yes")
    return handovers_service.offer(store, DANA, queries.dossier(store, SLUG).marks["capacity"].id, "mei")


def _accept(store: Store) -> Done:
    _offer(store)
    mei = factories.principal(name="mei")
    return handovers_service.answer(store, mei, handovers_service.mine(store, mei)[0].id, accept=True)


def _renamed(store: Store) -> Done:
    system = systems_service.one(store, DANA, SLUG)
    return systems_service.edit(
        store, DANA, system.record.model_copy(update={"name": "Another"}), seen=system.row_version
    )


def _planned(store: Store) -> Done:
    seen = queries.dossier(store, SLUG).assessment
    other = seen.record.model_copy(update={"target_date": TODAY + dt.timedelta(days=3)})
    return systems_service.edit_assessment(store, DANA, SLUG, seen.id, other, seen=seen.row_version)


def _next(store: Store) -> Done:
    seen = queries.dossier(store, SLUG).assessment
    following = Assessment(candidate="next", baseline=seen.record.candidate, assessed_on=TODAY)
    return systems_service.start_assessment(store, DANA, SLUG, following, seen=seen.id)


def _confirmed(store: Store) -> Done:
    put(store, name="b.toml", capacity="no")
    _next(store)
    found = queries.dossier(store, SLUG)
    return marks_service.confirm(store, DANA, SLUG, found.assessment.id, "capacity", seen=0)


def _restored(store: Store) -> Done:
    seen = systems_service.one(store, DANA, SLUG).row_version
    systems_service.archive(store, DANA, SLUG, "over", seen=seen)
    return systems_service.restore(store, DANA, SLUG, seen=seen + 1)


def _label(store: Store) -> Done:
    put_traces(store)
    trace = next(each for _, each in queries.dossier(store, SLUG).traces if each.record.path == "bad")
    return traces_service.label(store, DANA, SLUG, trace.id, None, "", seen=trace.row_version)


def _release(store: Store) -> Done:
    put_traces(store)
    trace = queries.dossier(store, SLUG).traces[0][1]
    excerpt = Excerpt.of(trace.record.trace_id, trace.record.spans[0], "input")
    return traces_service.release(store, DANA, SLUG, trace.id, excerpt)


def _withdraw(store: Store) -> Done:
    _release(store)
    trace = queries.dossier(store, SLUG).traces[0][1]
    excerpt = Excerpt.of(trace.record.trace_id, trace.record.spans[0], "input")
    return traces_service.withdraw(store, DANA, SLUG, trace.id, excerpt)


def _remove(store: Store) -> Done:
    put_results(store)
    return evidence_service.remove(store, DANA, SLUG, *queries.dossier(store, SLUG).evidence)


def _meta(store: Store) -> Done:
    admin_service.keep_fact(store, DANA, "key", "value")
    return Done("kept")


def _confirm(store: Store) -> Done:
    doubt = Doubt(kind="total", what="failures", stated="7", counted="0")
    file = factories.evidence("doubted.csv", doubts=[doubt])
    stored.add_evidence(store, DANA, SLUG, file, [factories.cell()], as_of=TODAY)
    (number,) = [n for n, row in queries.dossier(store, SLUG).evidence.items() if row.record.name == file.name]
    assert [status.warnings for status in looked(store)] == [
        (f"{file.name} does not count until a person confirms it: the file states 7 for failures, and its rows give 0",)
    ]
    return evidence_service.confirm(store, DANA, SLUG, number, "why", seen=[doubt])


def _document(store: Store) -> Done:
    found = queries.dossier(store, SLUG).assessment.id
    return revisions_service.save(store, DANA, SLUG, found, factories.policy(stages=[]), seen=1)


def _sign(store: Store) -> Done:
    found, by = queries.dossier(store, SLUG).assessment.id, factories.principal(name="quality lead")
    given = SignOff(role="quality", decision="approve", parts={"policy": "0" * 64}, digest="0" * 64)
    return sign_offs_service.keep(store, by, SLUG, found, given, seen=queries.head(store, SLUG))


def _decide(store: Store) -> Done:
    seen = signoff.seen(reviews.load(store, DANA, SLUG, as_of=TODAY))
    found, people = queries.dossier(store, SLUG).assessment.id, ["dana"]
    stated: dict[str, Any] = {"outcome": "hold", "decided_on": TODAY, "people": people, "reasons": "to be counted"}
    stated["conditions"] = [decided.CONDITION]
    return decisions.decide(store, DANA, SLUG, found, seen=seen, as_of=TODAY, **stated)


def _meet(store: Store) -> Done:
    _decide(store)
    return decisions.meet(store, DANA, 1, seen=1, on=TODAY, note="run 12")


def _reopen(store: Store) -> Done:
    _meet(store)
    return decisions.reopen(store, DANA, 1, seen=2, reason="of another version")


def _report(store: Store) -> Done:
    incident = ReportedIncident(what="It made a carrier up", on=TODAY, signals=["abstention"])
    return incidents.report(store, DANA, SLUG, incident)


def _explained(store: Store) -> Done:
    put_traces(store)
    _report(store)
    trace = reviews.load(store, DANA, SLUG, as_of=TODAY).path("good")[0].trace.trace_id
    return incidents.answer(store, DANA, SLUG, 1, "trace", trace, as_of=TODAY)


def _none(store: Store) -> Done:
    _report(store)
    return incidents.withdraw(store, DANA, SLUG, 1, "a drill", seen=1)


def _step(store: Store) -> Done:
    number = queries.dossier(store, SLUG).assessment.id
    return stages.take(store, DANA, SLUG, number, "advance", note="now", seen=0, as_of=TODAY)


def _week(store: Store) -> Done:
    number, today = queries.dossier(store, SLUG).assessment.id, clock.today()
    at = dt.datetime.combine(today, dt.time(9), dt.UTC)
    stages.take(store, DANA, SLUG, number, "advance", note="now", seen=0, as_of=today, at=at)
    said: dict[str, Any] = {"held_on": today, "people": ["dana"], "outcome": "watch", "minutes": "Nothing yet"}
    return weeks.hold(store, DANA, SLUG, number, 1, **said, watched={}, seen=0, as_of=today)


def _expire(store: Store) -> Done:
    put_traces(store)
    return unredacted_service.expire(store, KEEPER, today=TODAY)


def _sheet(kind: SheetKind, before: str, after: str) -> Callable[[Store], Done]:
    """A sheet in which one text became another."""

    def update(store: Store) -> Done:
        put(store, name="b.toml", capacity="yes")
        gaps = sheets_service.gaps(store, DANA, as_of=TODAY)
        sheet = gaps if kind == "gaps" else sheets_service.marks(store, DANA, SLUG, as_of=TODAY)
        body = exported.csv(sheet).decode("utf-8-sig")
        assert before in body
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sheet.csv"
            path.write_text(body.replace(before, after), "utf-8", newline="")
            done = sheets_service.apply(store, DANA, sheets_service.preview(store, DANA, path))
        assert done.changed
        return done

    return update


def _note(change: Callable[..., Done], *said: Any, **fields: Any) -> Callable[[Store], Done]:
    """What is done with the first note of the system."""

    def write(store: Store) -> Done:
        notes_service.ask(store, DANA, SLUG, ABOUT, "Why?")
        return change(store, DANA, SLUG, *said, **fields)

    return write


def _link(store: Store) -> tuple[int, str]:
    """A link to a pack that was sent: its number and its secret."""
    whole = factories.sent_pack(body=packed({}), valid_until=dt.date(2099, 1, 1))
    packs_service.record(store, DANA, reviews.load(store, DANA, SLUG, as_of=TODAY), whole)
    number = packs_service.every(store, DANA, SLUG)[0].id
    secret, _ = links_service.make(store, DANA, SLUG, PackLink(pack=number, expires_on=clock.today()))
    return links_service.every(store, DANA, SLUG)[0].id, secret


def _folded(store: Store) -> Done:
    """Evidence of spans that came in by themselves and are due at once, since their day is over."""
    body = otlp.as_json(otlp.request([otlp.span(1, 1)]))
    parts = received.received(body, "json", gzip=False, system=SLUG, now_ns=4 * 10**18).parts
    batches = [SpanBatch(part.named, part.spans, DANA.name, part.lines) for part in parts]
    received_service.keep(store, DANA, batches)
    return received_service.fold(store, KEEPER, SLUG, clock.today())


def _with_source(change: Callable[[Store], Done]) -> Callable[[Store], Done]:
    def write(store: Store) -> Done:
        sources_service.add(store, DANA, SLUG, SOURCE)
        return change(store)

    return write


WRITES: dict[str, Callable[[Store], Done]] = {
    "evidence.add_assessment": lambda store: put(store, name="b.toml", traceability="yes"),
    "evidence.add": put_results,
    "marks.answer": _answer,
    "gaps.change": _gap,
    "sheets.apply": _sheet("marks", "Yes – gap", "No – controlled"),
    "sheets.apply of gaps": _sheet("gaps", "2026-12-04", "2026-11-24"),
    "gaps.change_many": _gaps,
    "gaps.close": _closed,
    "handovers.answer": _accept,
    "handovers.offer": _offer,
    "systems.edit": _renamed,
    "systems.edit_assessment": _planned,
    "systems.start_assessment": _next,
    "systems.restore": _restored,
    "marks.confirm": _confirmed,
    "unredacted.expire": _expire,
    "traces.withdraw": _withdraw,
    "traces.label": _label,
    "traces.release": _release,
    "unredacted.note_reading": lambda store: unredacted_service.note_reading(store, DANA, SLUG, 1, "t", "a"),
    "evidence.confirm": _confirm,
    "evidence.remove": _remove,
    "revisions.save": _document,
    "decisions.decide": _decide,
    "decisions.meet": _meet,
    "decisions.reopen": _reopen,
    "incidents.answer": _explained,
    "incidents.report": _report,
    "incidents.withdraw": _none,
    "stages.take": _step,
    "weeks.hold": _week,
    "sign_offs.keep": _sign,
    "admin.keep_fact": _meta,
    "notes.answer": _note(notes_service.answer, 1, "So."),
    "notes.ask": _note(notes_service.ask, ABOUT, "And?"),
    "notes.close": _note(notes_service.close, 1),
    "notes.request": _note(notes_service.request, ABOUT, "Bring it", to="omar", due=TODAY + dt.timedelta(days=400)),
    "notes.withdraw": _note(notes_service.withdraw, 1),
    "notes.write": _note(notes_service.write, ABOUT, "Seen"),
    "links.revoke": lambda store: links_service.revoke(store, DANA, SLUG, _link(store)[0]),
    "links.acknowledge": lambda store: links_service.acknowledge(store, _link(store)[1], "Kim"),
    "received.fold": _folded,
    "sources.add": lambda store: sources_service.add(store, DANA, SLUG, SOURCE),
    "sources.change": _with_source(
        lambda store: sources_service.change(
            store, DANA, SLUG, 1, SOURCE.model_copy(update={"project": "another"}), seen=1
        )
    ),
    "sources.remove": _with_source(lambda store: sources_service.remove(store, DANA, SLUG, 1)),
    "packs.record": lambda store: packs_service.record(
        store, DANA, reviews.load(store, DANA, SLUG, as_of=TODAY), factories.sent_pack()
    ),
}


def test_every_write_there_is_is_looked_at_here() -> None:
    through_another = {
        "imports.keep",
        "proposals.adopt",
        "sign_offs.sign",
    }  # they read first, and then call one of these
    of_no_system = ("people.", "tokens.", "issues.")
    others = {"systems.create", "systems.archive", "systems.delete"}  # after which there is another list of systems
    writes = {name for name, function in public() if function.__annotations__["return"] == "Done"}
    expected = {name for name in writes - through_another - others if not name.startswith(of_no_system)}
    assert {name.partition(" ")[0] for name in WRITES} == expected


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_after_each_write_what_is_kept_and_a_review_at_hand_are_what_would_be_worked_out(
    keeper: Store, write: Callable[[Store], Done]
) -> None:
    _begin(keeper)
    write(keeper)
    assert set(kept(keeper)) == {SLUG}
    assert looked(keeper) == afresh(keeper)
    _as_alone(keeper)


def test_where_dates_of_gaps_alone_moved_figures_and_past_verdicts_are_those_of_before(keeper: Store) -> None:
    _begin(keeper)
    put(keeper, name="b.toml", capacity="yes")
    put_results(keeper, days=-1, name="before.csv")
    before = _as_alone(keeper)
    gap, due = queries.dossier(keeper, SLUG).marks["capacity"], TODAY + dt.timedelta(days=40)
    gaps_service.change(keeper, DANA, gap.id, seen=gap.row_version, due=due, owner="rosa", action="", reason="x")
    now = _as_alone(keeper)
    assert now.dossier.marks != before.dossier.marks
    assert now.dossier.cells is before.dossier.cells
    assert now.boards is before.boards
    assert now.history[0] is before.history[0]
    put_results(keeper)
    assert len(_as_alone(keeper).dossier.cells) == 2 * len(before.dossier.cells)


def _begin(store: Store) -> None:
    """An earlier assessment, and a review that stays at hand."""
    earlier = files.whole()
    earlier.system = System(slug=SLUG, name=SLUG.title())
    earlier.assessment = Assessment(candidate="2026.01", assessed_on=TODAY - dt.timedelta(days=300))
    evidence_service.add_assessment(
        store, DANA, earlier, name="earlier.toml", digest=factories.digest("earlier"), as_of=TODAY
    )
    reviews.load(store, DANA, SLUG, as_of=TODAY)


def _as_alone(store: Store) -> Review:
    """The review as it is loaded, which is what it is if it is worked out by itself."""
    loaded = reviews.load(store, DANA, SLUG, as_of=TODAY)
    alone = reviews.of(queries.dossier(store, SLUG, day=TODAY), TODAY)
    for part in ("dossier", "rows", "gates", "packet", "findings", "verdict", "history", "items", "rejections"):
        assert getattr(loaded, part) == getattr(alone, part), part
    return loaded


def test_a_write_touches_no_other_system(keeper: Store) -> None:
    put(keeper, "other")
    before = kept(keeper)
    put_results(keeper)
    after = kept(keeper)
    assert after["other"] == before["other"]
    assert after[SLUG] != before[SLUG]


def test_after_many_writers_at_once_what_is_kept_is_that_of_the_last(keeper: Store) -> None:
    every: dict[str, Any] = dict.fromkeys(SIGNALS, "yes")
    put(keeper, name="b.toml", **every)
    with closing(open_store(keeper.url)) as other, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: _close((keeper, other)[number % 2], SIGNALS[number]), range(len(SIGNALS))))
    assert looked(keeper) == afresh(keeper)
    assert (looked(keeper)[0].score, len(kept(keeper))) == (0, 1)


def _close(store: Store, signal: str) -> None:
    found = queries.dossier(store, SLUG)
    signal = signal.replace("_", "-")
    marks_service.answer(
        store, DANA, SLUG, found.assessment.id, mark(signal, "no"), seen=found.marks[signal].row_version
    )


def test_a_write_leaves_nothing_that_is_out_of_date_though_the_work_after_it_fails(
    keeper: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_statuses, "renew", lambda *_: None)
    put_results(keeper)
    assert kept(keeper) == {}
    assert looked(keeper) == afresh(keeper)


def test_of_a_date_that_moves_nothing_is_worked_out(keeper: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(keeper, name="b.toml", capacity="yes", ownership="yes")
    before = looked(keeper)
    monkeypatch.setattr(reviews, "of", lambda *_: pytest.fail("worked out"))
    gap = queries.dossier(keeper, SLUG).marks["ownership"]
    due = TODAY + dt.timedelta(days=9)
    gaps_service.change(keeper, DANA, gap.id, seen=gap.row_version, due=due, owner="rosa", action="", reason="x")
    (now,) = looked(keeper)
    assert now == replace(before[0], due=(due, before[0].due[-1]))


def test_a_write_that_fails_leaves_what_was_kept(keeper: Store) -> None:
    before = kept(keeper)
    with pytest.raises(NotFound):
        evidence_service.remove(keeper, DANA, SLUG, 999)
    twice = (factories.trace(), factories.trace())
    with pytest.raises(StoreError):
        stored.add_evidence(keeper, DANA, SLUG, factories.evidence(kind="traces"), traces=twice)
    assert kept(keeper) == before


def test_what_cannot_be_decided_is_stored_all_the_same_and_told_to_whoever_looks(
    keeper: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
    (tmp_path / "other.toml").write_text(shipped.replace('id = "llm-rollout"', 'id = "other"'), "utf-8")
    monkeypatch.setattr(paths, "CHECKLISTS", tmp_path)
    assert put_results(keeper).changed
    assert kept(keeper) == {}
    with pytest.raises(NotFound, match="the checklist 'llm-rollout' is not known"):
        looked(keeper)


def test_the_latest_assessment_is_the_one_that_is_kept(keeper: Store) -> None:
    later = files.whole(traceability="yes")
    later.assessment = Assessment(candidate="2027.01", baseline=CANDIDATE, assessed_on=TODAY)
    evidence_service.add_assessment(keeper, DANA, later, name="c.toml", digest=factories.digest("c"), as_of=TODAY)
    first = files.whole()
    first.assessment = Assessment(candidate=BASELINE, assessed_on=TODAY - dt.timedelta(days=90))
    evidence_service.add_assessment(keeper, DANA, first, name="d.toml", digest=factories.digest("d"), as_of=TODAY)
    (found,) = looked(keeper)
    assert (found.candidate, found.level) == ("2027.01", "blocked")
    assert [step.candidate for step in found.trend] == [BASELINE, CANDIDATE, "2027.01"]


def test_the_trend_holds_the_twelve_latest(keeper: Store) -> None:
    for number in range(14):
        file = files.whole()
        file.assessment = Assessment(candidate=f"v{number}", assessed_on=TODAY - dt.timedelta(days=14 - number))
        evidence_service.add_assessment(
            keeper, DANA, file, name=f"{number}", digest=factories.digest(f"{number}"), as_of=TODAY
        )
    (found,) = looked(keeper)
    assert [step.candidate for step in found.trend] == [*(f"v{number}" for number in range(3, 14)), CANDIDATE]


# The day


def test_what_is_kept_holds_from_one_change_of_the_evidence_to_the_next(keeper: Store) -> None:
    """The assessment and the rehearsal are of today; the files would have counted earlier.

    What was said a week ago is another once a week has passed since a file began to count, a day before its own.
    """
    put_results(keeper, days=-10, name="old.csv")
    put_results(keeper, days=-3, name="new.csv")
    (found,) = looked(keeper)
    assert (found.valid_from - TODAY, found.valid_until - TODAY) == (dt.timedelta(0), dt.timedelta(2))
    assert [day - TODAY for day in found.fresh_until] == [dt.timedelta(20), dt.timedelta(27)]


def test_what_is_kept_wants_no_work_until_it_ceases_to_hold(keeper: Store) -> None:
    put_results(keeper)
    assert portfolio_service.missing(keeper, DANA, as_of=TODAY) == 0
    assert portfolio_service.missing(keeper, DANA, as_of=TODAY + dt.timedelta(days=31)) == 1
    assert portfolio_service.at_hand(keeper, DANA, as_of=TODAY) == looked(keeper)
    run(keeper, "UPDATE standing SET rules = 'others'")
    assert portfolio_service.missing(keeper, DANA, as_of=TODAY) == 1
    assert portfolio_service.at_hand(keeper, DANA, as_of=TODAY) == []
    assert portfolio_service.catch_up(keeper, DANA, as_of=TODAY) == 1
    assert portfolio_service.missing(keeper, DANA, as_of=TODAY) == 0


def test_what_cannot_be_worked_out_keeps_no_other_system_waiting(keeper: Store) -> None:
    put(keeper, "other", "b.toml")
    run(keeper, "UPDATE standing SET rules = 'others'")
    run(keeper, "UPDATE assessment SET checklist = 'gone' WHERE system_id = (SELECT min(id) FROM system)")
    with pytest.raises(ReadinessError, match="gone"):
        assert portfolio_service.catch_up(keeper, DANA, as_of=TODAY) == 1
    assert [system.slug for system in portfolio_service.at_hand(keeper, DANA, as_of=TODAY)] == ["other"]
    run(keeper, "UPDATE assessment SET checklist = 'llm-rollout'")


def _with_files(store: Store, _: Path) -> None:
    put(store)
    put_results(store, days=-10, name="old.csv")
    put_results(store, days=-3, name="new.csv")
    put_traces(store)


@pytest.mark.parametrize("days", [-12, -11, -5, -4, -2, -1, 0, 20, 21, 27, 28, 90, 91, 400])
def test_a_look_on_any_day_gives_what_holds_on_that_day(copy_of: CopyOf, days: int) -> None:
    keeper = copy_of(_with_files)
    before, day = kept(keeper), TODAY + dt.timedelta(days=days)
    assert looked(keeper, day) == afresh(keeper, day)
    assert kept(keeper) == before


@pytest.mark.parametrize(("measured", "shelf"), [(dt.date.min, 1), (dt.date.max, 30), (TODAY, 10**9)])
def test_evidence_at_the_ends_of_time_is_no_obstacle(keeper: Store, measured: dt.date, shelf: int) -> None:
    file = factories.evidence(measured_on=measured, shelf_life_days=shelf)
    stored.add_evidence(keeper, DANA, SLUG, file, (factories.cell(),), as_of=TODAY)
    rehearsed = factories.policy(rollback=Rollback(rehearsed_on=measured, rehearsal="passed"))
    revisions_service.save(keeper, DANA, SLUG, queries.dossier(keeper, SLUG).assessment.id, rehearsed, seen=1)
    for day in (dt.date.min, TODAY, dt.date.max):
        assert looked(keeper, day) == afresh(keeper, day)


def test_the_demo_stands_as_it_is_said_to_on_every_day_it_is_said_to(
    loaded_on: Callable[[dt.date], Path], tmp_path: Path
) -> None:
    """Fails where a verdict comes to depend on the day in a way that `keeping` does not know of."""
    store = open_store(f"sqlite:///{shutil.copy(loaded_on(TODAY), tmp_path)}")
    held = {each.slug: each for each in looked(store)}
    for dossier in queries.dossiers(store):
        one = held[dossier.system.record.slug]
        days = (TODAY + dt.timedelta(days=days) for days in range(-60, 400, 5))
        for day in {
            one.valid_from,
            one.valid_until,
            *(day for day in days if one.valid_from <= day <= one.valid_until),
        }:
            found = status.of(reviews.of(dossier, day))
            assert replace(found, as_of=TODAY) == one, day
    store.close()


# Looking


def test_a_look_at_a_store_that_keeps_nothing_yet_keeps_what_it_works_out(keeper: Store) -> None:
    put(keeper, "other", traceability="yes")
    before = kept(keeper)
    run(keeper, "DELETE FROM standing")
    tomorrow = TODAY + dt.timedelta(days=1)
    assert looked(keeper, tomorrow) == afresh(keeper, tomorrow)
    assert kept(keeper) == {}
    assert looked(keeper) == afresh(keeper)
    assert kept(keeper) == before


def test_each_language_keeps_its_own_words_of_a_system(keeper: Store) -> None:
    put(keeper, name="b.toml", capacity="yes")
    (english,) = looked(keeper)
    with language.use("de"):
        assert portfolio_service.missing(keeper, DANA, as_of=TODAY) == 1
        (german,) = looked(keeper)
        assert portfolio_service.missing(keeper, DANA, as_of=TODAY) == 0
    assert looked(keeper) == [english]
    assert (german.level, german.score, german.due) == (english.level, english.score, english.due)
    assert german.reason != english.reason
    assert set(orjson.loads(kept(keeper)[SLUG].body)) == {"en", "de"}
    assert _statuses.differing(keeper) == []


def test_a_review_at_hand_is_one_for_each_language(keeper: Store) -> None:
    english = reviews.load(keeper, DANA, SLUG, as_of=TODAY)
    with language.use("de"):
        german = reviews.load(keeper, DANA, SLUG, as_of=TODAY)
        assert reviews.load(keeper, DANA, SLUG, as_of=TODAY) is german
    assert [one.why for one in german.verdict.fired] != [one.why for one in english.verdict.fired]
    assert [one.rule for one in german.verdict.fired] == [one.rule for one in english.verdict.fired]
    assert reviews.load(keeper, DANA, SLUG, as_of=TODAY) is english


def test_a_moved_date_moves_in_each_language_that_is_kept(keeper: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(keeper, name="b.toml", capacity="yes", ownership="yes")
    with language.use("de"):
        looked(keeper)
    monkeypatch.setattr(reviews, "of", lambda *_: pytest.fail("worked out"))
    gap = queries.dossier(keeper, SLUG).marks["ownership"]
    due = TODAY + dt.timedelta(days=9)
    gaps_service.change(keeper, DANA, gap.id, seen=gap.row_version, due=due, owner="rosa", action="", reason="x")
    for spoken in ("en", "de"):
        with language.use(spoken):
            assert looked(keeper)[0].due[0] == due


def test_what_other_rules_made_is_worked_out_anew(
    keeper: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = next(paths.CHECKLISTS.glob("*.toml")).read_text("utf-8")
    (tmp_path / "llm-rollout.toml").write_text(
        text.replace("yes = 2", "yes = 3").replace("unanswered = 2", "unanswered = 3"), "utf-8"
    )
    put(keeper, name="b.toml", capacity="yes")
    (before,) = looked(keeper)
    monkeypatch.setattr(paths, "CHECKLISTS", tmp_path)
    (after,) = looked(keeper)
    assert (before.score, after.score) == (2, 3)
    assert kept(keeper)[SLUG].rules == _statuses.rules()


def test_what_was_written_while_one_worked_is_not_kept_over(keeper: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run(keeper, "DELETE FROM standing")
    of = reviews.of

    def slow(dossier: Dossier, as_of: dt.date) -> Review:
        found = of(dossier, as_of)
        monkeypatch.setattr(reviews, "of", of)
        put(keeper, name="b.toml", traceability="yes")
        return found

    monkeypatch.setattr(reviews, "of", slow)
    looked(keeper)
    assert looked(keeper) == afresh(keeper)
    assert looked(keeper)[0].level == "blocked"


def test_a_store_that_may_only_be_read_is_looked_at_all_the_same(sqlite_store: Store) -> None:
    put(sqlite_store)
    put(sqlite_store, "other")
    run(sqlite_store, "DELETE FROM standing")
    run(sqlite_store, "CREATE TRIGGER no BEFORE INSERT ON standing BEGIN SELECT RAISE(ABORT, 'readonly'); END")
    assert looked(sqlite_store) == afresh(sqlite_store)
    assert kept(sqlite_store) == {}


@pytest.mark.tampers
def test_a_system_without_an_assessment_stands_nowhere(keeper: Store) -> None:
    run(keeper, "INSERT INTO system (slug, name, description, owner, row_version) VALUES ('bare', 'Bare', '', '', 1)")
    assert [each.slug for each in looked(keeper)] == [SLUG]


def test_a_principal_sees_the_systems_that_are_theirs_and_no_others(keeper: Store) -> None:
    put(keeper, "other")
    guest = Principal.of("guest", {"viewer"}, {"other"})
    assert [each.slug for each in looked(keeper, by=guest)] == ["other"]
    run(keeper, "DELETE FROM standing")
    assert [each.slug for each in looked(keeper, by=guest)] == ["other"]
    assert set(kept(keeper)) == {"other"}
    assert looked(keeper, by=Principal.of("nobody")) == []


@pytest.mark.parametrize("systems", [1, 4])
def test_however_many_systems_there_are_one_query_reads_them(keeper: Store, systems: int) -> None:
    for number in range(systems):
        put(keeper, f"s-{number}")
    statements: list[str] = []
    event.listen(keeper.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert len(looked(keeper)) == systems + 1
    assert len([each for each in statements if each.startswith("SELECT")]) == 1


def test_a_store_of_an_older_schema_is_upgraded_and_then_looked_at(empty_url: str) -> None:
    with closing(connect(empty_url)) as older:
        with older.engine.execution_options(immediate=True).begin() as connection:
            command.upgrade(schema._config(connection), "0002")
        run(older, "INSERT INTO system VALUES ('Copilot', '', 'dana', 1, 'copilot', 1)")
        run(
            older,
            "INSERT INTO assessment VALUES ('2', '1', '', NULL, 'llm-rollout', 1, 1, 1, '2026-11-20', '', 'dana')",
        )
        with pytest.raises(StoreError, match="expected the result of readiness upgrade"):
            open_store(empty_url)
        schema.upgrade(older)
        assert kept(older) == {}
        assert looked(older) == afresh(older)
        assert set(kept(older)) == {"copilot"}
