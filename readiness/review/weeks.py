"""The weekly review of a rollout: what was promised and observed, what changed, what is due, what to decide. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from readiness import clock, formatting
from readiness.decision import weeks
from readiness.decision.weeks import ObservedWeek, RolloutWeek
from readiness.language import marked, tr, trn, within
from readiness.model.decisions import TITLES as DECIDED
from readiness.model.weeks import TITLES, StoredWeeklyReview, WeekState
from readiness.scorecard import compare, gate_words
from readiness.scorecard.compare import ScorecardRow
from readiness.scorecard.gates import GateResult

from . import decided, scorecard_words
from .open_points import OpenPoint
from .review import Review

STATES: dict[WeekState, str] = {
    "kept": marked("✓ as promised"),
    "unclear": marked("– too little to tell"),
    "off": marked("✕ not as promised"),
    "silent": marked("○ not measured"),
}
"""With a shape, so that nobody needs the colour."""
RECENT = 12
PROMISED, BASELINE = "promised", "baseline"
"""What a week can be held against."""
_STEPS = {
    "advance": (marked("went on to"), marked("went on to {stage}")),
    "hold": (marked("held at"), marked("held at {stage}")),
    "roll back": (marked("rolled back"), marked("rolled back {stage}")),
}
"""What is said of a step, and of one that names its stage."""


@dataclass(frozen=True)
class WeekReport:
    """A week with its last review; `due` and `to_decide` are as of the day of the review that is shown."""

    observed: ObservedWeek
    minutes: StoredWeeklyReview | None
    changed: Sequence[str]
    due: Sequence[str]
    to_decide: Sequence[OpenPoint]

    @property
    def week(self) -> RolloutWeek:
        return self.observed.week


def of(review: Review) -> list[RolloutWeek]:
    """The weeks of the rollout that runs, the first one first; none where none runs."""
    began = review.facts.running_since
    return weeks.since(began, review.as_of) if began else []


def recent(review: Review) -> list[RolloutWeek]:
    """The first week and the last ones, for what tells of several at once."""
    there = of(review)
    return [*there[:1], *there[1:][-RECENT:]]


def last_measured(review: Review) -> RolloutWeek | None:
    """The week that was measured last, as far as its files count; found without a look at the others."""
    day = weeks.last_measured(review.facts, review.as_of)
    return next((week for week in of(review) if day and week.first <= day <= week.last), None)


def observed(review: Review, week: RolloutWeek) -> ObservedWeek:
    key = ("week", week.number)
    return review.kept.once(key, lambda: weeks.observed(review.facts, review.rows, week, review.metrics, review.as_of))


def against_baseline(review: Review, week: RolloutWeek) -> Sequence[ScorecardRow]:
    """What was measured in a week beside the baseline of the release."""
    key = ("week against baseline", week.number)
    return review.kept.once(
        key, lambda: weeks.against_baseline(review.facts, review.rows, week, review.metrics, review.as_of)
    )


def report(review: Review, week: RolloutWeek) -> WeekReport:
    seen = observed(review, week)
    return WeekReport(
        observed=seen,
        minutes=last_minutes(review, week.number),
        changed=list(_changed(review, week)),
        due=list(_due(review)),
        to_decide=list(_to_decide(review, seen)),
    )


def last_minutes(review: Review, number: int) -> StoredWeeklyReview | None:
    return next((one for one in reversed(review.dossier.weeks) if one.record.week == number), None)


def unreviewed(review: Review) -> list[RolloutWeek]:
    """The weeks that are over and that nobody has reviewed."""
    held = {one.record.week for one in review.dossier.weeks}
    return [week for week in of(review) if week.last < review.as_of and week.number not in held]


def digest(seen: ObservedWeek) -> str:
    """Over the figures of a week, promised and measured."""
    sides = [
        [row.metric, row.workflow, row.cohort, *((cell.mean, cell.n) if cell else (None, None))]
        for row in seen.rows
        for cell in (row.baseline, row.candidate)
    ]
    return hashlib.sha256(orjson.dumps([seen.state, sides])).hexdigest()


def is_outdated(report: WeekReport) -> bool:
    """Whether the figures are others than those that the last review saw."""
    return report.minutes is not None and report.minutes.record.digest != digest(report.observed)


def sentence(review: Review, seen: ObservedWeek | None) -> str:
    """The answer of the page: `Week 1 went as promised: 6 of 6 bounds kept, no figure surely worse.`"""
    if seen is None:
        last = review.dossier.steps[-1] if review.dossier.steps else None
        if last is not None and last.record.action == "roll back":
            return tr("The rollout was rolled back on {day}.", day=formatting.day(last.at))
        return tr("The rollout has not begun.")
    return f"{_week(seen.week, review)} {went(seen)}."


def _week(week: RolloutWeek, review: Review) -> str:
    if week.last >= review.as_of:
        return tr("Week {number} so far", number=week.number)
    return tr("Week {number}", number=week.number)


def went(seen: ObservedWeek) -> str:
    """How a week went, as a clause without its name, or that of any cohort."""
    if seen.state == "silent":
        return tr("was not measured")
    worse, fired = seen.worse, sum(answer.fired for answer in seen.alerts)
    failed = [result for result in seen.bounds if result.state == "fail"]
    if seen.state == "off":
        told = [
            *([trn("{n} alert raised", "{n} alerts raised", fired)] if fired else []),
            *([trn("{n} bound broken", "{n} bounds broken", len(failed))] if failed else []),
            *([_surely_worse(len(worse))] if worse else []),
        ]
        return tr("did not go as promised: {reasons}", reasons=formatting.listed(told))
    clauses = [_bounds(seen)] if seen.asked else []
    clauses.append(tr("no figure surely worse"))
    if seen.state == "kept":
        return tr("went as promised: {clauses}", clauses=", ".join(clauses))
    if missing := len(seen.unmeasured):
        clauses.append(trn("{n} figure not measured", "{n} figures not measured", missing))
    return tr("shows too little to tell: {clauses}", clauses=", ".join(clauses))


def _surely_worse(count: int) -> str:
    return trn("{n} figure surely worse than promised", "{n} figures surely worse than promised", count)


def _bounds(seen: ObservedWeek) -> str:
    kept = sum(result.state == "pass" for result in seen.asked)
    return trn("{kept} of {n} bound kept", "{kept} of {n} bounds kept", len(seen.asked), kept=kept)


def measured(seen: ObservedWeek, beside: str) -> str:
    """What stands beside what, and how it is called worse."""
    first = (
        marked("The release's own scorecard beside what was measured up to {day}.")
        if beside == PROMISED
        else marked("The baseline of the release beside what was measured up to {day}.")
    )
    worse = tr("Worse is what is so beyond chance, adjusted for all that were looked at in this week.")
    return f"{tr(first, day=formatting.day(seen.measured_on))} {worse}"


def since(report: WeekReport) -> list[str]:
    """What the last review of a week did not see."""
    return [tr("figures of this week changed since")] if is_outdated(report) else []


def said(report: WeekReport, item: str) -> str:
    """What was said of an item of the watch list when the week was reviewed last."""
    return report.minutes.record.watched.get(item, "") if report.minutes else ""


def named(review: Review, metric: str) -> str:
    """A metric inside a sentence."""
    return within(scorecard_words.metric_name(review, metric))


def alert(result: GateResult, review: Review) -> str:
    """What the figures make of a bound, in words."""
    return gate_words.sentence(result, review.metrics.get(result.gate.metric))


def watched(review: Review, seen: ObservedWeek) -> list[tuple[str, str, str]]:
    """Each item of the watch list, what figures say of it, and what people said."""
    minutes = last_minutes(review, seen.week.number)
    said = minutes.record.watched if minutes else {}
    return [(answer.item, _figures(seen, answer.rows), said.get(answer.item, "")) for answer in seen.watch]


def _figures(seen: ObservedWeek, rows: Sequence[ScorecardRow]) -> str:
    """`✕ worse for language=ja`, `✓ none of 12 figures surely worse`; empty where the item names no metric."""
    there = [row for row in rows if row.candidate is not None and row.candidate.mean is not None]
    if not rows:
        return ""
    if not there:
        return tr("– not measured")
    worse = [row for row in there if seen.reading(row) == "worse"]
    if worse:
        return tr("✕ worse for {where}", where=formatting.named([compare.place(row) for row in worse]))
    short = len(rows) - len(there)
    alien = sum(row.baseline is None for row in there)
    missing = f", {tr('{n} not measured', n=short)}" if short else ""
    missing += f", {tr('{n} never promised', n=alien)}" if alien else ""
    told = trn("none of {n} figure surely worse", "none of {n} figures surely worse", len(there))
    return f"{'–' if missing else '✓'} {told}{missing}"


def _changed(review: Review, week: RolloutWeek) -> Iterator[str]:
    """What was stored in the week, in the order of the days."""
    dated = [*_steps(review), *_decisions(review), *_incidents(review), *_files(review), *_moves(review)]
    within = [(day, words) for day, words in dated if week.first <= day <= week.last]
    yield from (f"{formatting.day(day)}: {words}" for day, words in sorted(within))


def _steps(review: Review) -> Iterator[tuple[dt.date, str]]:
    for step in review.dossier.steps:
        plain, named_ = _STEPS[step.record.action]
        words = tr(named_, stage=step.record.stage) if step.record.stage else tr(plain)
        yield clock.day_of(step.at), words


def _decisions(review: Review) -> Iterator[tuple[dt.date, str]]:
    for one in review.dossier.decisions:
        yield one.record.decided_on, tr("decided: {outcome}", outcome=within(tr(DECIDED[one.record.outcome])))


def _incidents(review: Review) -> Iterator[tuple[dt.date, str]]:
    for one in review.incidents:
        cohort, words = one.incident.record.cohort, tr("incident {number}", number=one.incident.id)
        yield one.incident.record.on, f"{words} {tr('for {where}', where=cohort)}" if cohort else words


def _files(review: Review) -> Iterator[tuple[dt.date, str]]:
    for item in review.items.values():
        stage = item.evidence.options.stage
        if stage and item.evidence.measured_on:
            yield item.evidence.measured_on, tr("measured in {stage}: {file}", stage=stage, file=item.evidence.name)


def _moves(review: Review) -> Iterator[tuple[dt.date, str]]:
    for gap in review.gaps:
        for move in gap.moves:
            text = marked("{signal}: due {before} → {after}")
            before, after = formatting.day(move.before), formatting.day(move.after)
            yield clock.day_of(move.at), tr(text, signal=tr(gap.signal.name), before=before, after=after)


def _due(review: Review) -> Iterator[str]:
    """What is due by the end of the next week, the first day first."""
    last = review.as_of + dt.timedelta(days=weeks.DAYS)
    nobody = tr("nobody")
    found = [
        (gap.mark.due, f"{tr(gap.signal.name)}, {gap.mark.owner or nobody}") for gap in review.gaps if gap.mark.due
    ]
    decision = decided.standing(review).last
    if decision is not None:
        open_ = [one.record for one in decision.conditions if one.met_on is None]
        found += [
            (one.due, tr("condition “{condition}”, {owner}", condition=one.what, owner=one.owner)) for one in open_
        ]
        found += [(risk.expires, tr("accepted risk “{risk}” ends", risk=risk.what)) for risk in decision.record.risks]
    yield from (f"{formatting.day(day)}: {words}" for day, words in sorted(found) if day <= last)


def _to_decide(review: Review, seen: ObservedWeek) -> Iterator[OpenPoint]:
    for answer in seen.alerts:
        if answer.fired and answer.result:
            yield OpenPoint(tr("Alert raised: {alert}", alert=alert(answer.result, review)), "release")
    for result in seen.bounds:
        if result.state == "fail":
            yield OpenPoint(tr("Promise broken: {gate}", gate=alert(result, review)), "release")
    if seen.worse:
        where = [f"{named(review, row.metric)} {tr('for {where}', where=compare.place(row))}" for row in seen.worse]
        yield OpenPoint(tr("Surely worse than promised: {figures}", figures=formatting.named(where)), "scorecard")
    for why in decided.standing(review).lapsed:
        yield OpenPoint(tr("The decision is open again: {reason}", reason=why), "decision")
    if open_ := sum(one.answer is None for one in review.incidents):
        yield OpenPoint(trn("{n} incident not answered", "{n} incidents not answered", open_), "incidents")
    if doubted := sum(item.evidence.doubted and bool(item.evidence.options.stage) for item in review.items.values()):
        told = trn(
            "{n} file of operation counts once somebody confirms what is doubtful",
            "{n} files of operation count once somebody confirms what is doubtful",
            doubted,
        )
        yield OpenPoint(told, "evidence")
    if last := silent_since(review):
        yield OpenPoint(tr("Nothing was measured in operation since {day}", day=formatting.day(last)), "evidence")
    if open_ := sum(not figures and not said for _, figures, said in watched(review, seen)):
        told = trn("{n} item of the watch list is not answered", "{n} items of the watch list are not answered", open_)
        yield OpenPoint(told, "weeks")


def turns(review: Review) -> Iterator[dt.date]:
    """The days from which time alone may change what is said of the weeks."""
    yield from weeks.turns(review.facts, review.as_of)
    there = of(review)
    yield from (week.first for week in there)
    if there:
        yield there[-1].last + dt.timedelta(days=1)


def silent_since(review: Review) -> dt.date | None:
    """The last day on which the rollout that runs was measured, where the plan asks for more; else None."""
    return weeks.silent_since(review.facts, review.as_of)


def alarm(review: Review) -> str:
    """Why somebody has to look at the rollout now, as a clause; empty where nothing is amiss or it was reviewed so."""
    if last := silent_since(review):
        return tr("nothing was measured in operation since {day}", day=formatting.day(last))
    week = last_measured(review)
    if week is None or observed(review, week).state != "off":
        return ""
    told = report(review, week)
    seen = told.minutes is not None and not is_outdated(told)
    return "" if seen else tr("week {number} {went}", number=week.number, went=went(told.observed))


def minutes_told(one: StoredWeeklyReview) -> str:
    """`Watch closely, said by dana on 20 Nov 2026`"""
    record = one.record
    return tr(
        "{outcome}, said by {people} on {day}",
        outcome=tr(TITLES[record.outcome]),
        people=formatting.named(record.people),
        day=formatting.day(record.held_on),
    )


def brief(review: Review) -> str:
    """A few words for a list: `week 2 ✓ as promised`; empty where no rollout runs."""
    there = of(review)
    if not there:
        return ""
    shown = last_measured(review) or there[-1]
    return tr("week {number} {state}", number=shown.number, state=tr(STATES[observed(review, shown).state]))
