"""The tables of the pages as rows for another program: whole, with dates and figures as values and not in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from readiness.decision.hindsight import HeldShare, Hindsight
from readiness.model.dossier import Event
from readiness.model.packs import PackState
from readiness.model.people import Account, IssuedToken
from readiness.model.traces import Trace
from readiness.portfolio.status import SystemStatus
from readiness.portfolio.triage import PendingDecision
from readiness.portfolio.work import WorkItem
from readiness.review import glance, hindsight_words, summaries
from readiness.review import side_by_side as beside
from readiness.review.items import Answer
from readiness.review.review import Review
from readiness.scorecard import display
from readiness.tracing import waterfall


@dataclass(frozen=True)
class FlatTable:
    """Columns and rows of any table."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def portfolio(systems: Iterable[SystemStatus]) -> FlatTable:
    header = "system,name,owner,version,assessed_on,verdict,score_low,score_high,score_on_evidence,why,overdue_gaps"
    return FlatTable(
        [*header.split(","), "files", "stale_files", "packet_parts", "of_packet_parts", "target_date", "at_risk"],
        [
            (
                *(one.slug, one.name, one.owner, one.candidate, one.assessed_on, one.level, *one.range),
                *(one.evidenced_score, one.reason, len(one.overdue), one.files, one.stale),
                *(one.complete_parts, one.parts, one.target_date, yes(one.at_risk)),
            )
            for one in systems
        ],
    )


def forecast(review: Review) -> FlatTable:
    """When each gap will be closed; without rows where the review was not asked for it."""
    rows = [
        (one.gap.signal.id, one.gap.mark.owner, one.gap.mark.due, one.median, one.by, one.n, one.why)
        for one in (review.forecast.gaps if review.forecast else ())
    ]
    return FlatTable(["signal", "owner", "promised", "half_by", "80_percent_by", "past_dates", "why_not"], rows)


def releases(told: Hindsight) -> FlatTable:
    """Every release and what became of it."""
    rows = [
        (
            *(one.system, one.name, one.candidate, one.assessment, one.began, one.last_day, one.level or ""),
            *(one.kind, one.outcome, yes(one.counted), "; ".join(hindsight_words.why(one))),
        )
        for one in told.releases
    ]
    header = "system,name,version,assessment,began,last_day,verdict_then,decided,outcome,counted,what_happened"
    return FlatTable(header.split(","), rows)


def hindsight(told: Hindsight) -> FlatTable:
    """How often releases went well by verdict and by decision; without rows where too few are over."""
    rows = [
        (one.what, one.well.n, one.well.held, *_ends(one.well), one.slipped, one.trouble)
        for one in (*told.levels, *told.decisions)
    ]
    return FlatTable(["of", "releases", "went_well", "share_low", "share_high", "slipped", "trouble"], rows)


def hindsight_signals(told: Hindsight) -> FlatTable:
    """Trouble by whether a signal was open; without rows where too few are over."""
    rows = [
        (
            *(one.signal, one.opened.held, one.opened.n, one.controlled.held, one.controlled.n, one.difference),
            *(one.interval.low, one.interval.high, one.p, one.adjusted, yes(one.foretold)),
        )
        for one in told.signals
    ]
    header = "signal,trouble_open,open,trouble_controlled,controlled,difference,low,high,p,p_adjusted,foretold"
    return FlatTable(header.split(","), rows)


def hindsight_rules(told: Hindsight) -> FlatTable:
    """How often each rule fired and decided; without rows where too few are over."""
    rows = [
        (one.rule, one.n, one.fired, one.decided, one.trouble.held, *_ends(one.trouble), yes(one.mattered))
        for one in told.rules
    ]
    header = "rule,releases,fired,decided,trouble_when_fired,share_low,share_high,mattered"
    return FlatTable(header.split(","), rows)


def _ends(share: HeldShare) -> tuple[float | None, float | None]:
    return (share.interval.low, share.interval.high) if share.interval else (None, None)


def decisions(pending: Iterable[PendingDecision]) -> FlatTable:
    rows = [
        (
            one.standing.slug,
            one.standing.name,
            one.standing.level,
            "; ".join(reason.why for reason in one.reasons),
            one.by,
        )
        for one in pending
    ]
    return FlatTable(["system", "name", "verdict", "why", "by_when"], rows)


def comparison(left: Review, right: Review) -> FlatTable:
    """Two assessments side by side: where each stands, the answers that differ, and what both have measured."""
    both = (left, right)
    rows: list[tuple[object, ...]] = [
        ("system", "", *(one.slug for one in both)),
        ("version", "", *(one.assessment.candidate for one in both)),
        ("verdict", "", *(one.verdict.level for one in both)),
        ("score", "", *(one.verdict.score for one in both)),
        ("score_on_evidence", "", *(one.verdict.evidenced_score for one in both)),
        ("open_gaps", "", *(len(one.gaps) for one in both)),
        ("overdue_gaps", "", *(len(one.overdue) for one in both)),
        ("packet_parts", "", *(one.complete_parts for one in both)),
        *(("answer", pair.signal.id, _stands(pair.left), _stands(pair.right)) for pair in beside.signals(left, right)),
    ]
    for pair in beside.metrics(left, right):
        for what, of in (("", pair.stat), ("_cases", "n")):
            sides = (getattr(cell, of) for cell in (pair.left, pair.right))
            rows.append((f"metric{what}", pair.metric, *sides))
    return FlatTable(["what", "of", "left", "right"], rows)


def _stands(answer: Answer | None) -> str:
    return f"{summaries.answered(answer.mark.mark, answer.mark.not_applicable)}; {answer.state}" if answer else ""


def figures_over_versions(review: Review, metric: str) -> FlatTable:
    """A metric over all cases of each version, with its interval."""
    stat = glance.stat_of(metric)
    rows = []
    for past in beside.metric_history(review, metric):
        interval = display.interval(past.cell, stat)
        ends = (interval.low, interval.high) if interval else (None, None)
        finite = (end if end is None or math.isfinite(end) else None for end in ends)
        rows.append((past.version, past.measured_on, getattr(past.cell, stat), *finite, past.cell.n, past.cell.unit))
    return FlatTable(["version", "measured_on", "figure", "low", "high", "cases", "unit"], rows)


def work(items: Iterable[WorkItem]) -> FlatTable:
    rows = [(item.kind, item.system, item.title, item.why, item.by) for item in items]
    return FlatTable(["kind", "system", "what", "next", "by_when"], rows)


def people(accounts: Iterable[Account]) -> FlatTable:
    """A row for each role that somebody has, and one for whoever has none."""
    rows = [
        (one.person.address, one.person.name, " ".join(one.addresses), one.person.left_on, role, system, one.seen_at)
        for one in accounts
        for role, system in sorted((grant.role, grant.system or "*") for grant in one.grants) or [("", "")]
    ]
    return FlatTable(["address", "name", "further_addresses", "left_on", "role", "system", "last_here"], rows)


def tokens(issued: Iterable[IssuedToken]) -> FlatTable:
    rows = [
        (
            *(one.id, one.token.name, one.of, " ".join(one.token.actions), " ".join(one.token.systems) or "*"),
            *(one.token.expires_on, one.revoked_at),
        )
        for one in issued
    ]
    return FlatTable(["token", "for", "of", "may", "systems", "until", "revoked_at"], rows)


def packs_sent(states: Iterable[PackState]) -> FlatTable:
    """A row for each pack that was sent; the digests are SHA-256 of its bytes and of all that it says."""
    header = "pack,at,by,recipient,audience,customer,purpose,classification,format,draft,since,version,valid_until"
    rows = [
        (
            *(one.sent.id, one.sent.at.isoformat(), one.sent.by, sent.recipient, sent.audience, sent.customer),
            *(sent.purpose, sent.classification, sent.format, yes(sent.draft), sent.since, sent.candidate),
            *(sent.valid_until, sent.level, one.level, "; ".join(one.out_of_date), sent.digest, sent.snapshot),
        )
        for one in states
        for sent in [one.sent.record]
    ]
    more = ["verdict_then", "verdict_now", "out_of_date", "digest", "snapshot_digest"]
    return FlatTable([*header.split(","), *more], rows)


def activity(events: Iterable[Event]) -> FlatTable:
    rows = [
        (one.seq, one.at.isoformat(), one.actor, one.action, one.system, one.subject, one.sentence, one.hash)
        for one in events
    ]
    return FlatTable(["event", "at", "who", "action", "system", "subject", "what", "hash"], rows)


def revisions(saved: Iterable[Any]) -> FlatTable:
    """A row for each change of a document of the assessment."""
    rows = [(one.title, one.number, one.at.isoformat(), one.by, change) for one in saved for change in one.changes]
    return FlatTable(["document", "revision", "at", "who", "change"], rows)


def spans(trace: Trace) -> FlatTable:
    """The spans of one trace in reading order."""
    rows = [
        (
            *(trace.trace_id, bar.span.span_id, bar.span.parent_id, bar.depth, bar.span.name, bar.span.kind),
            *(bar.start_ms, bar.duration_ms, bar.span.status, bar.span.error),
        )
        for bar in waterfall.lay_out(trace.spans)
    ]
    header = "trace,span,parent,level,name,kind,starts_at_ms,takes_ms,status,error"
    return FlatTable(header.split(","), rows)


def yes(value: bool) -> str:
    return "yes" if value else "no"
