"""Steps of an Argo Rollout (https://argo-rollouts.readthedocs.io) and of a Flagger canary (https://docs.flagger.app).

A weight begins a stage, and what pauses after it is how long the stage lasts. A pause without a duration waits for a
person. The last stage is all traffic. Flagger's metrics are gates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from readiness.importers.cases.scored import number
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.language import tr
from readiness.model.policy import Gate, RolloutStage
from readiness.model.proposals import Proposal, Proposed

from . import plain

MOST_STEPS = 100


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """Stages, and gates of Flagger's metrics; nothing for a file of another kind."""
    left_out: list[str] = []
    lines: list[Proposal] = []
    kinds = set()
    for document in plain.objects(source, ("argoproj.io/", "flagger.app/")):
        kind, spec = document.get("kind"), members(document.get("spec"))
        name = plain.text(members(document.get("metadata")).get("name")) or tr("no name")
        if kind == "Rollout":
            kinds.add("argo-rollout")
            lines += _argo(name, members(members(spec.get("strategy")).get("canary")), left_out)
        elif kind == "Canary":
            kinds.add("flagger-canary")
            lines += _flagger(name, members(spec.get("analysis")), metrics, left_out)
    return Proposed(min(kinds), "policy", tuple(lines), tuple(left_out)) if kinds else None


def _argo(name: str, canary: dict[str, Any], left_out: list[str]) -> Iterator[Proposal]:
    """The steps, gathered by the weight they hold."""
    stages: list[dict[str, Any]] = []
    for at, step in enumerate(map(members, items(canary.get("steps"))[:MOST_STEPS]), start=1):
        weight = number(step.get("setWeight"))
        if weight is not None:
            stages.append({"place": f"{name}, step {at}", "share": weight / 100, "hours": 0.0, "conditions": []})
        elif not stages:
            left_out.append(tr("{name}, step {step}: comes before any weight", name=name, step=at))
        else:
            _goes_on(stages[-1], step, f"{name}, step {at}", left_out)
    if stages and stages[-1]["share"] < 1:
        stages.append({"place": f"{name}, after the last step", "share": 1.0, "hours": 0.0, "conditions": []})
    for stage in stages:
        yield from _stage(stage, left_out)


def _goes_on(stage: dict[str, Any], step: dict[str, Any], place: str, left_out: list[str]) -> None:
    """How long the stage lasts, and what has to hold before the next one."""
    if "pause" in step:
        lasting = members(step["pause"]).get("duration")
        if lasting is None:
            stage["conditions"].append("a person resumes it")
        elif (told := plain.hours(lasting)) is None:
            left_out.append(tr("{place}: {text} is no duration", place=place, text=plain.text(lasting)[:80]))
        else:
            stage["hours"] += told
    elif "analysis" in step:
        templates = map(members, items(members(step["analysis"]).get("templates")))
        stage["conditions"] += [f"the analysis {plain.text(one.get('templateName'))} passes" for one in templates]
    else:
        what = ", ".join(map(str, step))[:80] or tr("an empty step")
        left_out.append(tr("{place}: {what} says neither share nor time", place=place, what=what))


def _stage(stage: dict[str, Any], left_out: list[str]) -> list[Proposal]:
    share, lasting = stage["share"], stage["hours"]
    return plain.line(
        stage["place"],
        RolloutStage,
        left_out,
        name="all" if share == 1 else f"{100 * share:g} %",
        share=share,
        hours=lasting or None,
        proceed_if="; ".join(stage["conditions"]),
    )


def _flagger(
    name: str, analysis: dict[str, Any], metrics: Mapping[str, str], left_out: list[str]
) -> Iterator[Proposal]:
    """A stage for each weight, an interval long, and a gate for each metric with a range."""
    step, most = number(analysis.get("stepWeight")), number(analysis.get("maxWeight")) or 50.0
    weights = [weight for value in items(analysis.get("stepWeights")) if (weight := number(value)) is not None]
    if not weights and step and step > 0:
        weights = [step * at for at in range(1, min(int(most // step), MOST_STEPS) + 1)]
    checks = [plain.text(members(metric).get("name")) for metric in items(analysis.get("metrics"))]
    conditions = [f"{', '.join(filter(None, checks))} hold"] if any(checks) else []
    lasting = plain.hours(analysis.get("interval")) or 0.0
    for weight in [*weights, *([100.0] if weights and weights[-1] < 100 else [])]:
        last = weight == 100
        stage = {"place": f"{name}, weight {weight:g}", "share": weight / 100, "hours": 0.0 if last else lasting}
        yield from _stage({**stage, "conditions": [] if last else conditions}, left_out)
    for metric in map(members, items(analysis.get("metrics"))):
        named, bounds = plain.text(metric.get("name")), members(metric.get("thresholdRange"))
        stated = {end: number(bounds.get(end)) for end in ("min", "max")}
        place = f"{name}, metric {named}"
        beside = tr("percent in Flagger's own metrics") if named == "request-success-rate" else ""
        yield from plain.line(place, Gate, left_out, beside, metric=metrics.get(named, named), **stated)
