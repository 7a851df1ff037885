"""What changed between two revisions of a document, in sentences. Pure.

Nothing is said of what stayed; nothing is left out that did not.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from readiness import formatting
from readiness.language import marked, numeral, tr

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
    return ", ".join(f"{tr(label)} {say(getattr(item, field))}".lstrip() for field, label, say in told)


def _policy(before: ReleasePolicy, after: ReleasePolicy) -> Iterator[str]:
    yield from _listed(marked("Order of the gates: {names}"), before.gates, after.gates)
    yield from _listed(marked("Order of the stages: {names}"), before.stages, after.stages)
    yield from _texts(marked("Rollback step"), before.rollback.steps, after.rollback.steps)
    yield from _own(marked("Rollback {field}"), before.rollback, after.rollback)
    tried = _rehearsal(before.rollback), _rehearsal(after.rollback)
    if tried[0] != tried[1]:
        yield tr("Rollback rehearsal: {before} → {after}", before=tried[0], after=tried[1])
    budgets = [{(name, 1): budget for name, budget in policy.budgets.items()} for policy in (before, after)]
    yield from _items(budgets[0], budgets[1], lambda key, _: tr("Budget of {stage}", stage=key))
    yield from _listed(marked("Order of the approvers: {names}"), before.approvers, after.approvers)
    yield from _listed(marked("Order of the judges: {names}"), before.judges, after.judges)
    yield from _texts(marked("Dimension that is public in packs"), before.public_dimensions, after.public_dimensions)
    yield from _own("", before, after)


def _plan(before: MonitoringPlan, after: MonitoringPlan) -> Iterator[str]:
    yield from _own("", before, after)
    yield from _texts(marked("Watched metric"), before.covers, after.covers)
    yield from _texts(marked("First-week watch"), before.watch_list, after.watch_list)
    yield from _own("", before.owners, after.owners)
    yield from _listed(marked("Order of the alerts: {names}"), before.alerts, after.alerts)


def _card(before: SystemCard, after: SystemCard) -> Iterator[str]:
    yield from _own("", before, after)
    yield from _texts(marked("Not for"), before.not_for, after.not_for)
    yield from _components(before, after)
    yield from _texts(marked("Known limit"), before.limits, after.limits)
    yield from _texts(marked("Customer's duty"), before.customer_duties, after.customer_duties)
    yield from _own("", before.evaluation, after.evaluation)
    yield from _texts(marked("Not tested"), before.evaluation.not_tested, after.evaluation.not_tested)
    yield from _listed(marked("Order of the red-team runs: {names}"), before.red_team, after.red_team)
    yield from _listed(marked("Order of the incidents: {names}"), before.incidents, after.incidents)


def _components(before: SystemCard, after: SystemCard) -> Iterator[str]:
    yield from _listed(marked("Order of the components: {names}"), before.components, after.components)


_TOLD: Mapping[type[Record], Callable[[Any, Any], Iterator[str]]] = {
    ReleasePolicy: _policy,
    MonitoringPlan: _plan,
    SystemCard: _card,
}


def _listed(ordered: str, before: Sequence[R], after: Sequence[R]) -> Iterator[str]:
    """Items by what names them, and their order, which `ordered` says."""
    old, new = _keyed(before), _keyed(after)
    yield from _items(old, new, lambda _, item: named(item))
    order = [key for key in new if key in old]
    if order != [key for key in old if key in new]:
        yield tr(ordered, names=", ".join(named(new[key]) for key in order))


def _items(old: Keyed[R], new: Keyed[R], name: Callable[[Any, R], str]) -> Iterator[str]:
    for key, item in (old | new).items():
        title = name(key[0], item) + (f" ({key[1]})" if key[1] > 1 else "")
        if key not in new:
            yield tr("{item} removed", item=title)
        elif key not in old:
            details = stated(item)
            yield f"{tr('{item} added', item=title)}{f': {details}' if details else ''}"
        elif changes := _changes(old[key], new[key]):
            yield f"{title}: {', '.join(f'{tr(label)} {change}'.lstrip() for label, change in changes)}"


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
    gone, come = tr("{item} removed", item=tr(noun)), tr("{item} added", item=tr(noun))
    yield from (f"{gone}: {_quoted(text)}" for text, n in old if (text, n) not in new)
    yield from (f"{come}: {_quoted(text)}" for text, n in new if (text, n) not in old)
    if [key for key in new if key in old] != [key for key in old if key in new]:
        yield tr("{item}: another order", item=tr(noun))


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
        said = tr(name, field=tr(label)) if name else tr(label)
        yield f"{formatting.capital(said)}: {change}"


def _changes(before: Record, after: Record) -> list[tuple[str, str]]:
    """Each field that changed, and from what to what."""
    changes = []
    for field, (label, say) in FIELDS[type(before)].items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            alike = say(old) == say(new)
            changes.append((label, tr("reworded") if alike else f"{say(old)} → {say(new)}"))
    return changes


def _rehearsal(rollback: Rollback) -> str:
    if rollback.rehearsal is None and rollback.rehearsed_on is None:
        return tr("never")
    result = tr(rollback.rehearsal) if rollback.rehearsal else tr("tried")
    if rollback.rehearsed_on is None:
        return tr("{result} on no date", result=result)
    return tr("{result} on {day}", result=result, day=formatting.day(rollback.rehearsed_on))


def _number(value: float | None) -> str:
    if value is None:
        return tr("none")
    short = f"{value:g}"
    return numeral(short if float(short) == value else repr(value))


def _percent(share: float | None) -> str:
    return tr("not stated") if share is None else f"{_number(round(share * 100, 10))} %"


def _hours(hours: float | None) -> str:
    return tr("not stated") if hours is None else f"{_number(hours)} h"


def _milliseconds(value: float | None) -> str:
    return tr("none") if value is None else f"{_number(value)} ms"


def _name(text: str) -> str:
    return " ".join(text.split()) or tr("nobody")


def _way(direction: str | None) -> str:
    return tr(direction) if direction else tr("not stated")


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        return tr("nothing")
    return tr("“{text}”", text=line if len(line) <= _LONGEST else line[:_LONGEST] + "…")


def _day(value: dt.date | None) -> str:
    return formatting.day(value, missing=tr("no day"))


def _gates(value: Sequence[Gate]) -> str:
    told = (tr("{gate} with {bounds}", gate=gate.subject, bounds=stated(gate)) for gate in value)
    return "; ".join(told) or tr("nothing as data")


def _yes(value: bool) -> str:
    return tr("yes") if value else tr("no")


FIELDS: Mapping[type[Record], Mapping[str, tuple[str, Say]]] = {
    Gate: {
        "min": (marked("minimum"), _number),
        "max": (marked("maximum"), _number),
        "max_regression": (marked("worse by at most"), _number),
        "min_n": (marked("cases needed"), _number),
        "direction": (marked("better"), _way),
        "max_unscored": (marked("cases without a score at most"), _percent),
        "looks": (marked("planned looks"), _number),
        "critical": (marked("no case may fail:"), _yes),
        "same_within": (marked("the same within"), _number),
    },
    RolloutStage: {
        "share": (marked("share"), _percent),
        "hours": (marked("duration"), _hours),
        "proceed_if": (marked("goes on if"), _quoted),
        "gates": (marked("goes on by"), _gates),
    },
    Rollback: {
        "owner": (marked("owner"), _name),
        "data_dependencies": (marked("data that stays"), _quoted),
        "confirm": (marked("confirmed by"), _quoted),
    },
    Budget: {
        "timeout_ms": (marked("timeout"), _milliseconds),
        "retries": (marked("retries"), _number),
        "fallback": (marked("then"), _quoted),
    },
    Approver: {"name": ("", _name)},
    Judge: {
        "prompt": (marked("prompt"), _quoted),
        "n": (marked("cases labelled by people"), _number),
        "kappa": ("κ", _number),
        "tpr": (marked("passes met"), _percent),
        "tnr": (marked("failures met"), _percent),
    },
    ReleasePolicy: {"peak_concurrency": (marked("planned requests at once"), _number)},
    MonitoringPlan: {
        "review_cadence": (marked("review cadence"), _quoted),
        "escalation_owner": (marked("escalation owner"), _name),
        "by_cohort": (marked("every cohort apart"), _yes),
    },
    Owners: {
        "incident_response": (marked("incident response"), _name),
        "release_review": (marked("release review"), _name),
        "weekly_decisions": (marked("weekly decisions"), _name),
    },
    Alert: {
        "condition": (marked("when"), _quoted),
        "route": (marked("goes to"), _name),
        "workflow": (marked("workflow"), _quoted),
        "cohort": (marked("cohort"), _quoted),
        "stat": (marked("figure"), _quoted),
        "min": (marked("silent from"), _number),
        "max": (marked("silent up to"), _number),
    },
    SystemCard: {
        "intended_use": (marked("intended use"), _quoted),
        "users": (marked("users"), _quoted),
        "oversight": (marked("human oversight"), _quoted),
        "residual_risk": (marked("residual risk"), _quoted),
        "incidents_until": (marked("incidents told until"), _day),
    },
    Component: {
        "version": (marked("version"), _quoted),
        "provider": (marked("provider"), _quoted),
        "region": (marked("region"), _quoted),
        "retention": (marked("retention"), _quoted),
        "training_use": (marked("training use"), _quoted),
    },
    CardEvaluation: {
        "sampling": (marked("choice of cases"), _quoted),
        "judge": (marked("judge"), _quoted),
        "agreement": (marked("agreement"), _quoted),
    },
    RedTeamRun: {
        "tried": (marked("tried"), _quoted),
        "attacks": (marked("attacks"), _number),
        "succeeded": (marked("succeeded"), _number),
        "report": (marked("report"), _quoted),
    },
    Incident: {"cohort": (marked("cohort"), _quoted), "done": (marked("done"), _quoted)},
}
"""What is said of each field, and how. Those that are not here name the item, or are lists with their own sentences."""
NAMES: Mapping[type[Record], Say] = {
    Gate: lambda gate: tr("Gate {subject}", subject=gate.subject),
    RolloutStage: lambda stage: tr("Stage {stage}", stage=stage.name),
    Approver: lambda approver: tr("Approver of {role}", role=tr(approver.role)),
    Judge: lambda judge: tr("Judge {judge} of {metric}", judge=judge.judge, metric=judge.metric),
    Alert: lambda alert: tr("Alert on {metric}", metric=alert.metric),
    Owners: lambda _: tr("Owners"),
    Component: lambda part: f"{formatting.capital(part.kind)} {part.name}",
    RedTeamRun: lambda run: tr("Red-team run by {team}, {day}", team=_name(run.by), day=_day(run.on)),
    Incident: lambda incident: tr("Incident {what}, {day}", what=_quoted(incident.what), day=_day(incident.on)),
}
"""What the items of documents are called."""
