"""What became of releases, in words and for programs: every figure with its n, and nothing below ten of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from readiness import formatting
from readiness.decision.hindsight import (
    FEWEST,
    HeldShare,
    Hindsight,
    OutcomeCounts,
    RuleHindsight,
    SignalHindsight,
)
from readiness.decision.releases import WINDOW, HindsightRule, Release, ReleaseOutcome
from readiness.language import marked, numeral, tr, trn
from readiness.model import checklist as checklists
from readiness.model.checklist import LEVELS

from . import level_words

OUTCOMES: dict[ReleaseOutcome, tuple[str, str]] = {
    "well": (marked("went well"), "approved"),
    "slipped": (marked("slipped"), "partial"),
    "trouble": (marked("trouble"), "late"),
    "not over": (marked("not over yet"), "open"),
    "not known": (marked("put away before it was over"), "none"),
}
"""What became of a release in words, and the tag it is shown as."""
DAYS = WINDOW.days
METHOD = marked(
    "A release begins with its step into the first stage, else with its first go, and is watched for 30 days. "
    "Trouble is an incident of its version, or of none that is named, or a roll-back. Slipped is the date of a gap "
    "that stood when it began and was moved later. It counts once these days are over. No verdict follows from it."
)
SIGNALS = marked(
    "Trouble where the signal was open (partial, yes, or a no that evidence spoke against) beside trouble where it was "
    "controlled, with Newcombe's 95 % interval. Foretold: more where it was open, and Fisher's exact p, adjusted for "
    "all signals looked at (Holm), is at most 0.05."
)
RULES = marked(
    "Decided: without it the level would have been another. A rule never mattered if it decided none; a mere "
    "condition, which cannot decide, if it never fired."
)
_DECIDED = (marked("with the verdict"), marked("against the verdict"), marked("without a decision"))
"""How releases were decided, by which they are counted."""


def sentence(told: Hindsight, *, whole: bool = True) -> str:
    """The answer of the page; `whole` says that every verdict is there."""
    if not told.releases:
        return tr("No rollout has begun yet.")
    over, well = len(told.counted), told.well.held
    if not told.enough:
        began = trn("of {n} release", "of {n} releases", len(told.releases))
        if 1 in (over, len(told.releases)):
            return tr("Too few to tell: {over} {of_releases} that began is over.", over=over, of_releases=began)
        return tr("Too few to tell: {over} {of_releases} that began are over.", over=over, of_releases=began)
    first = trn("Of {n} release, {well} went well", "Of {n} releases, {well} went well", over, well=well)
    return f"{first}{_by_level(told) if whole else ''}."


def _by_level(told: Hindsight) -> str:
    """Of the best verdict that any began on; where all began on the same, that they did."""
    if not told.levels:
        return ""
    best = told.levels[0]
    word = _level(best.what)
    if best.well.n == told.well.n:
        return f"; {tr('all began on {level}', level=word)}"
    return f"; {tr('{level} went well {times}', level=word, times=times(best.well))}"


def few(told: Hindsight) -> str:
    """Why nothing else is told; empty where it is."""
    if told.enough or not told.releases:
        return ""
    text = marked("From {fewest} that are over, figures stand here. A release is over {days} days after it began.")
    return tr(text, fewest=FEWEST, days=DAYS)


def times(share: HeldShare) -> str:
    """`8 of 9 times`."""
    return trn("{held} of {n} time", "{held} of {n} times", share.n, held=share.held)


def share(one: HeldShare) -> str:
    """`89 % (57 % to 98 %)`; a share of none says so."""
    if one.interval is None:
        return "–"
    spread = formatting.between(one.interval.low, one.interval.high, "ratio")
    return f"{formatting.figure(one.held / one.n, 'ratio')} ({spread})"


def kind(one: OutcomeCounts) -> str:
    """A verdict, or how it was decided, as a line of the picture."""
    return formatting.capital(_level(one.what))


def _level(what: str) -> str:
    return tr(next((level_words.SHAPES[level][1] for level in LEVELS if level == what), what))


def became(release: Release) -> str:
    return tr(OUTCOMES[release.outcome][0])


def why(release: Release) -> list[str]:
    """What happened, a line each: `3 Dec 2026: rolled back`, `Capacity moved from 3 Dec 2026 to 9 Jan 2027`."""
    lines = [_trouble(one.day, one.incident, one.told) for one in release.trouble]
    names = {answer.signal: answer.name for answer in release.then.answers} if release.then else {}
    lines += [
        tr(
            "{signal} moved from {before} to {after}",
            signal=tr(names.get(one.signal, one.signal)),
            before=formatting.day(one.was),
            after=formatting.day(one.to),
        )
        for one in release.slips
    ]
    if release.outcome == "not over" or (release.trouble and not release.over):
        lines.append(tr("watched until {day}", day=formatting.day(release.last_day)))
    return lines


def _trouble(day: Any, incident: int | None, told: str) -> str:
    what = tr("rolled back") if incident is None else tr("incident {number}", number=incident)
    return f"{formatting.day(day)}: {what}{f', {told}' if told else ''}"


def rule(one: HindsightRule) -> str:
    return tr(_rules()[one])


@cache
def _rules() -> dict[HindsightRule, str]:
    """The rules as the checklist that is shipped calls them, in English."""
    names: dict[HindsightRule, str] = {one.id: one.name for one in checklists.named("llm-rollout").rules}
    return names | {"score": marked("Score below the best band")}


def foretold(signals: Sequence[SignalHindsight]) -> str:
    """How many signals foretold trouble, of how many that could be looked at."""
    if not signals:
        return tr("No signal was open in some releases and controlled in others, so none can be looked at.")
    found = sum(one.foretold for one in signals)
    if not found:
        return trn(
            "None of {n} signal that could be looked at: what differs may be chance.",
            "None of {n} signals that could be looked at: what differs may be chance.",
            len(signals),
        )
    return trn(
        "{found} of {n} signal that could be looked at.",
        "{found} of {n} signals that could be looked at.",
        len(signals),
        found=found,
    )


def difference(one: SignalHindsight) -> str:
    """`+45.0 points (+12.1 to +68.9)`."""
    spread = formatting.span((one.interval.low, one.interval.high), "ratio")
    return f"{formatting.difference(one.difference, 'ratio')} ({spread})"


def p_value(p: float) -> str:
    return f"< {numeral('0.001')}" if p < 0.001 else numeral(f"{p:.3f}")


def idle(rules: Sequence[RuleHindsight]) -> str:
    """How many rules never mattered, in how many releases."""
    idle = sum(not one.mattered for one in rules)
    of_rules = trn("of {n} rule", "of {n} rules", len(rules))
    among = trn("in {n} release", "in {n} releases", rules[0].n if rules else 0)
    return tr("{idle} {of_rules} never mattered {in_releases}", idle=idle, of_rules=of_rules, in_releases=among)


def picture(told: Hindsight) -> str:
    """What the picture shows, in words."""
    lines = (f"{kind(one)}: {times(one.well)}, {share(one.well)}" for one in (*told.levels, *told.decisions))
    return "; ".join(lines)


def answer(told: Hindsight) -> dict[str, Any]:
    """All of it for programs; figures are null below ten releases that are over."""
    return {
        "as_of": told.as_of.isoformat(),
        "sentence": sentence(told),
        "window_days": DAYS,
        "fewest": FEWEST,
        "releases": [_release(one) for one in told.releases],
        "counted": len(told.counted),
        "went_well": _share(told.well) if told.enough else None,
        "by_verdict": [_counts(one) for one in told.levels] if told.enough else None,
        "by_decision": [_counts(one) for one in told.decisions] if told.enough else None,
        "signals": [_signal(one) for one in told.signals] if told.enough else None,
        "rules": [_rule(one) for one in told.rules] if told.enough else None,
        "method": " ".join(map(tr, (METHOD, SIGNALS, RULES))),
    }


def _release(one: Release) -> dict[str, Any]:
    return {
        "system": one.system,
        "assessment": one.assessment,
        "candidate": one.candidate,
        "began": one.began.isoformat(),
        "last_day": one.last_day.isoformat(),
        "verdict": one.level,
        "decided_on": one.decision.decided_on.isoformat() if one.decision else None,
        "decision": one.kind,
        "outcome": one.outcome,
        "counted": one.counted,
        "trouble": [{"on": each.day.isoformat(), "incident": each.incident, "what": each.told} for each in one.trouble],
        "slips": [
            {"signal": each.signal, "on": each.on.isoformat(), "was": each.was.isoformat(), "to": each.to.isoformat()}
            for each in one.slips
        ],
        "rules": sorted(one.then.fired) if one.then else None,
        "open": [each.signal for each in one.then.answers if each.is_open] if one.then else None,
        "contradicted": [each.signal for each in one.then.answers if each.contradicted] if one.then else None,
    }


def _share(one: HeldShare) -> dict[str, Any]:
    interval = one.interval
    return {
        "k": one.held,
        "n": one.n,
        "interval": [round(interval.low, 3), round(interval.high, 3)] if interval else None,
    }


def _counts(one: OutcomeCounts) -> dict[str, Any]:
    return {"of": one.what, "went_well": _share(one.well), "slipped": one.slipped, "trouble": one.trouble}


def _signal(one: SignalHindsight) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "trouble_open": _share(one.opened),
        "trouble_controlled": _share(one.controlled),
        "difference": round(one.difference, 3),
        "interval": [round(one.interval.low, 3), round(one.interval.high, 3)],
        "p": one.p,
        "p_adjusted": one.adjusted,
        "foretold": one.foretold,
    }


def _rule(one: RuleHindsight) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "n": one.n,
        "fired": one.fired,
        "decided": one.decided,
        "trouble_when_fired": _share(one.trouble),
        "mattered": one.mattered,
    }
