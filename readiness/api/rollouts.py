"""What programs are told of a rollout: its decision, forecast, incidents, stages and weeks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from readiness.decision.incidents import IncidentStanding
from readiness.decision.stages import StageAdvice
from readiness.model.decisions import StoredCondition
from readiness.review import decided, forecast_words, stage_words, weeks
from readiness.review.items import GapForecast, WayForecast
from readiness.review.review import Review
from readiness.review.weeks import WeekReport
from readiness.scorecard.compare import ScorecardRow


def answer(review: Review) -> dict[str, Any]:
    """What stands beside the verdict of a system."""
    return {
        "decision": decision(review),
        "forecast": forecast(review),
        "incidents": [incident(one) for one in review.incidents],
        "weeks": [week_in_short(weeks.report(review, week)) for week in weeks.recent(review)],
    }


def decision(review: Review) -> dict[str, Any]:
    """What was decided last on the assessment, whether it holds, and what became of its conditions."""
    now = decided.standing(review)
    last = now.last
    stated = last.record.model_dump(mode="json", exclude={"parts", "conditions"}) if last else {}
    return {
        "state": now.state,
        "sentence": decided.sentence(review),
        "against": now.against,
        "until": _iso(now.until),
        "lapsed": list(now.lapsed),
        **stated,
        "conditions": [_condition(one) for one in (last.conditions if last else ())],
    }


def _condition(one: StoredCondition) -> dict[str, Any]:
    told = one.record.model_dump(mode="json")
    return {"id": one.id, **told, "met_on": _iso(one.met_on), "met_by": one.met_by, "note": one.note}


def incident(one: IncidentStanding) -> dict[str, Any]:
    """An incident, and what answers it for the version under review."""
    answer = one.answer
    told = answer.record.model_dump(mode="json") | {"by": answer.by} if answer else None
    return {"id": one.incident.id, **one.incident.record.model_dump(mode="json"), "answer": told}


def advice(told: StageAdvice, review: Review) -> dict[str, Any]:
    """What the evidence advises in the stage of now, and the steps that were taken."""
    result = told.result
    return {
        "advice": told.kind,
        "sentence": stage_words.sentence(told),
        "stage": told.current.name if told.current else None,
        "next": told.onward.name if told.onward else None,
        "why": list(told.why),
        "measured_on": _iso(result.measured_on) if result else None,
        "gates": [{"gate": one.gate.subject, "state": one.state} for one in (result.gates if result else ())],
        "steps": [
            {**step.record.model_dump(mode="json"), "by": step.by, "at": step.at.isoformat()}
            for step in review.dossier.steps
        ],
    }


def forecast(review: Review) -> dict[str, Any] | None:
    """When gaps and better verdicts will be ready; None where nobody asked, or the assessment is not in force."""
    told = review.forecast
    if told is None:
        return None
    interval = told.tested.interval
    return {
        "gaps": [
            {"id": one.gap.id, "signal": one.gap.signal.id, "due": _iso(one.gap.mark.due), **_days(one)}
            for one in told.gaps
        ],
        "verdicts": [
            {
                "level": way.level,
                **_days(way),
                "dated": way.dated,
                "undated": way.undated,
                "critical": way.critical.signal.id if way.critical else None,
                "share_last": round(way.share, 3) if way.critical else None,
                "without_critical": _iso(way.without),
            }
            for way in told.ways
        ],
        "tested": {
            "n": told.tested.n,
            "held": told.tested.held,
            "interval": [round(interval.low, 3), round(interval.high, 3)] if interval else None,
        },
        "method": forecast_words.METHOD,
    }


def _days(one: GapForecast | WayForecast) -> dict[str, Any]:
    return {"by_80": _iso(one.by), "by_50": _iso(one.median), "n": one.n, "why": one.why}


def week_in_short(report: WeekReport) -> dict[str, Any]:
    """A week without its figures."""
    seen, minutes = report.observed, report.minutes
    return {
        "week": report.week.number,
        "first": report.week.first.isoformat(),
        "last": report.week.last.isoformat(),
        "state": seen.state,
        "measured_on": _iso(seen.measured_on),
        "reviewed": minutes.record.outcome if minutes else None,
    }


def week(review: Review, report: WeekReport) -> dict[str, Any]:
    """A week with what was promised and measured, what alerts make of it, and its minutes."""
    seen, minutes = report.observed, report.minutes
    told = minutes.record.model_dump(mode="json", exclude={"digest"}) | {"by": minutes.by} if minutes else None
    return {
        **week_in_short(report),
        "sentence": weeks.sentence(review, seen),
        "bounds": [{"gate": one.gate.subject, "state": one.state} for one in seen.bounds],
        "alerts": [
            {
                "metric": one.alert.metric,
                "condition": one.alert.condition,
                "state": one.result.state if one.result else None,
            }
            for one in seen.alerts
        ],
        "watch": [
            {"item": item, "figures": figures, "said": said} for item, figures, said in weeks.watched(review, seen)
        ],
        "figures": [_observed(row, seen.reading(row)) for row in seen.measured],
        "changed": list(report.changed),
        "due": list(report.due),
        "to_decide": [point.words for point in report.to_decide],
        "minutes": told,
    }


def _observed(row: ScorecardRow, reading: str) -> dict[str, Any]:
    difference = row.difference()
    return {
        "metric": row.metric,
        "workflow": row.workflow,
        "cohort": row.cohort,
        "promised": row.baseline.mean if row.baseline else None,
        "observed": row.candidate.mean if row.candidate else None,
        "n": row.candidate.n if row.candidate else None,
        "change": row.change(),
        "interval": [difference.interval.low, difference.interval.high] if difference else None,
        "reading": reading,
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
