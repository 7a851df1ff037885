"""What changed between two revisions of a document, in sentences. Pure.

Nothing is said of what stayed; nothing is left out that did not.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from readiness import formatting

from .card import CardEvaluation, Component, Incident, RedTeamRun, SystemCard
from .judges import Judge
from .monitoring import Alert, MonitoringPlan, Owners
from .policy import Approver, Budget, Gate, ReleasePolicy, Rollback, RolloutStage
from .record import Record

Say = Callable[[Any], str]
R = TypeVar("R", bound=Record)
Keyed = dict[tuple[Any, int], R]
_LONGEST = 120


def between(before: Record, after: Record) -> tuple[str, ...]:
    """A sentence for each thing that changed; none where the two are equal. Both are documents of one kind."""
    if type(before) is not type(after):
        raise TypeError("a document is compared with one of its own kind")
    return tuple(_TOLD[type(before)](before, after))


def components(before: SystemCard | None, after: SystemCard | None) -> tuple[str, ...]:
    """What changed in the parts that the answers come from; nothing where either card is missing."""
    return tuple(_components(before, after)) if before and after else ()


def named(item: Record) -> str:
    """What an item of a document is called, such as `Stage canary`."""
    return NAMES[type(item)](item)


def stated(item: Record) -> str:
    """What an item states, without what is at its default; empty where that is nothing."""
    defaults = {name: field.get_default(call_default_factory=True) for name, field in type(item).model_fields.items()}
    fields = FIELDS[type(item)].items()
    told = [(field, label, say) for field, (label, say) in fields if getattr(item, field) != defaults[field]]
    return ", ".join(f"{label} {say(getattr(item, field))}".lstrip() for field, label, say in told)


def _policy(before: ReleasePolicy, after: ReleasePolicy) -> Iterator[str]:
    yield from _listed("gates", before.gates, after.gates)
    yield from _listed("stages", before.stages, after.stages)
    yield from _texts("Rollback step", before.rollback.steps, after.rollback.steps)
    yield from _own("Rollback", before.rollback, after.rollback)
    tried = _rehearsal(before.rollback), _rehearsal(after.rollback)
    if tried[0] != tried[1]:
        yield f"Rollback rehearsal: {tried[0]} → {tried[1]}"
    budgets = [{(name, 1): budget for name, budget in policy.budgets.items()} for policy in (before, after)]
    yield from _items(budgets[0], budgets[1], lambda key, _: f"Budget of {key}")
    yield from _listed("approvers", before.approvers, after.approvers)
    yield from _listed("judges", before.judges, after.judges)
    yield from _texts("Dimension that is public in packs", before.public_dimensions, after.public_dimensions)
    yield from _own("", before, after)


def _plan(before: MonitoringPlan, after: MonitoringPlan) -> Iterator[str]:
    yield from _own("", before, after)
    yield from _texts("Watched metric", before.covers, after.covers)
    yield from _texts("First-week watch", before.watch_list, after.watch_list)
    yield from _own("", before.owners, after.owners)
    yield from _listed("alerts", before.alerts, after.alerts)


def _card(before: SystemCard, after: SystemCard) -> Iterator[str]:
    yield from _own("", before, after)
    yield from _texts("Not for", before.not_for, after.not_for)
    yield from _components(before, after)
    yield from _texts("Known limit", before.limits, after.limits)
    yield from _texts("Customer's duty", before.customer_duties, after.customer_duties)
    yield from _own("", before.evaluation, after.evaluation)
    yield from _texts("Not tested", before.evaluation.not_tested, after.evaluation.not_tested)
    yield from _listed("red-team runs", before.red_team, after.red_team)
    yield from _listed("incidents", before.incidents, after.incidents)


def _components(before: SystemCard, after: SystemCard) -> Iterator[str]:
    yield from _listed("components", before.components, after.components)


_TOLD: Mapping[type[Record], Callable[[Any, Any], Iterator[str]]] = {
    ReleasePolicy: _policy,
    MonitoringPlan: _plan,
    SystemCard: _card,
}


def _listed(plural: str, before: Sequence[R], after: Sequence[R]) -> Iterator[str]:
    """Items by what names them, and their order."""
    old, new = _keyed(before), _keyed(after)
    yield from _items(old, new, lambda _, item: named(item))
    order = [key for key in new if key in old]
    if order != [key for key in old if key in new]:
        yield f"Order of the {plural}: {', '.join(named(new[key]) for key in order)}"


def _items(old: Keyed[R], new: Keyed[R], name: Callable[[Any, R], str]) -> Iterator[str]:
    for key, item in (old | new).items():
        title = name(key[0], item) + (f" ({key[1]})" if key[1] > 1 else "")
        if key not in new:
            yield f"{title} removed"
        elif key not in old:
            details = stated(item)
            yield f"{title} added: {details}" if details else f"{title} added"
        elif changes := _changes(old[key], new[key]):
            yield f"{title}: {', '.join(f'{label} {change}'.lstrip() for label, change in changes)}"


def _keyed(items: Sequence[R]) -> Keyed[R]:
    """Each item by the fields that name it; twins are counted, so that none hides another."""
    seen: Counter[tuple[Any, ...]] = Counter()
    keyed: Keyed[R] = {}
    for item in items:
        key = tuple(value for field, value in item if field not in FIELDS[type(item)])
        seen[key] += 1
        keyed[key, seen[key]] = item
    return keyed


def _texts(noun: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    old, new = _counted(before), _counted(after)
    yield from (f"{noun} removed: {_quoted(text)}" for text, n in old if (text, n) not in new)
    yield from (f"{noun} added: {_quoted(text)}" for text, n in new if (text, n) not in old)
    if [key for key in new if key in old] != [key for key in old if key in new]:
        yield f"{noun}: another order"


def _counted(texts: Sequence[str]) -> dict[tuple[str, int], None]:
    seen: Counter[str] = Counter()
    counted: dict[tuple[str, int], None] = {}
    for text in texts:
        seen[text] += 1
        counted[text, seen[text]] = None
    return counted


def _own(name: str, before: Record, after: Record) -> Iterator[str]:
    """The plain fields of a record that there is only one of, a sentence each."""
    for label, change in _changes(before, after):
        yield f"{formatting.capital(f'{name} {label}'.lstrip())}: {change}"


def _changes(before: Record, after: Record) -> list[tuple[str, str]]:
    """Each field that changed, and from what to what."""
    changes = []
    for field, (label, say) in FIELDS[type(before)].items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            alike = say(old) == say(new)
            changes.append((label, "reworded" if alike else f"{say(old)} → {say(new)}"))
    return changes


def _rehearsal(rollback: Rollback) -> str:
    if rollback.rehearsal is None and rollback.rehearsed_on is None:
        return "never"
    on = f"on {formatting.day(rollback.rehearsed_on)}" if rollback.rehearsed_on else "on no date"
    return f"{rollback.rehearsal or 'tried'} {on}"


def _number(value: float | None) -> str:
    if value is None:
        return "none"
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _percent(share: float | None) -> str:
    return "not stated" if share is None else f"{_number(round(share * 100, 10))} %"


def _hours(hours: float | None) -> str:
    return "not stated" if hours is None else f"{_number(hours)} h"


def _milliseconds(value: float | None) -> str:
    return "none" if value is None else f"{_number(value)} ms"


def _name(text: str) -> str:
    return " ".join(text.split()) or "nobody"


def _way(direction: str | None) -> str:
    return direction or "not stated"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}”" if line else "nothing"


def _day(value: dt.date | None) -> str:
    return formatting.day(value, missing="no day")


def _gates(value: Sequence[Gate]) -> str:
    return "; ".join(f"{gate.subject} with {stated(gate)}" for gate in value) or "nothing as data"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


FIELDS: Mapping[type[Record], Mapping[str, tuple[str, Say]]] = {
    Gate: {
        "min": ("minimum", _number),
        "max": ("maximum", _number),
        "max_regression": ("worse by at most", _number),
        "min_n": ("cases needed", _number),
        "direction": ("better", _way),
        "max_unscored": ("cases without a score at most", _percent),
        "looks": ("planned looks", _number),
        "critical": ("no case may fail:", _yes),
        "same_within": ("the same within", _number),
    },
    RolloutStage: {
        "share": ("share", _percent),
        "hours": ("duration", _hours),
        "proceed_if": ("goes on if", _quoted),
        "gates": ("goes on by", _gates),
    },
    Rollback: {
        "owner": ("owner", _name),
        "data_dependencies": ("data that stays", _quoted),
        "confirm": ("confirmed by", _quoted),
    },
    Budget: {
        "timeout_ms": ("timeout", _milliseconds),
        "retries": ("retries", _number),
        "fallback": ("then", _quoted),
    },
    Approver: {"name": ("", _name)},
    Judge: {
        "prompt": ("prompt", _quoted),
        "n": ("cases labelled by people", _number),
        "kappa": ("κ", _number),
        "tpr": ("passes met", _percent),
        "tnr": ("failures met", _percent),
    },
    ReleasePolicy: {"peak_concurrency": ("planned requests at once", _number)},
    MonitoringPlan: {
        "review_cadence": ("review cadence", _quoted),
        "escalation_owner": ("escalation owner", _name),
        "by_cohort": ("every cohort apart", _yes),
    },
    Owners: {
        "incident_response": ("incident response", _name),
        "release_review": ("release review", _name),
        "weekly_decisions": ("weekly decisions", _name),
    },
    Alert: {
        "condition": ("when", _quoted),
        "route": ("goes to", _name),
        "workflow": ("workflow", _quoted),
        "cohort": ("cohort", _quoted),
        "stat": ("figure", _quoted),
        "min": ("silent from", _number),
        "max": ("silent up to", _number),
    },
    SystemCard: {
        "intended_use": ("intended use", _quoted),
        "users": ("users", _quoted),
        "oversight": ("human oversight", _quoted),
        "residual_risk": ("residual risk", _quoted),
        "incidents_until": ("incidents told until", _day),
    },
    Component: {
        "version": ("version", _quoted),
        "provider": ("provider", _quoted),
        "region": ("region", _quoted),
        "retention": ("retention", _quoted),
        "training_use": ("training use", _quoted),
    },
    CardEvaluation: {
        "sampling": ("choice of cases", _quoted),
        "judge": ("judge", _quoted),
        "agreement": ("agreement", _quoted),
    },
    RedTeamRun: {
        "tried": ("tried", _quoted),
        "attacks": ("attacks", _number),
        "succeeded": ("succeeded", _number),
        "report": ("report", _quoted),
    },
    Incident: {"cohort": ("cohort", _quoted), "done": ("done", _quoted)},
}
"""What is said of each field, and how. Those that are not here name the item, or are lists with their own sentences."""
NAMES: Mapping[type[Record], Say] = {
    Gate: lambda gate: f"Gate {gate.subject}",
    RolloutStage: lambda stage: f"Stage {stage.name}",
    Approver: lambda approver: f"Approver of {approver.role}",
    Judge: lambda judge: f"Judge {judge.judge} of {judge.metric}",
    Alert: lambda alert: f"Alert on {alert.metric}",
    Owners: lambda _: "Owners",
    Component: lambda part: f"{formatting.capital(part.kind)} {part.name}",
    RedTeamRun: lambda run: f"Red-team run by {_name(run.by)}, {_day(run.on)}",
    Incident: lambda incident: f"Incident {_quoted(incident.what)}, {_day(incident.on)}",
}
"""What the items of documents are called."""
