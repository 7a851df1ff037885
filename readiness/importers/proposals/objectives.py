"""OpenSLO (https://github.com/OpenSLO/OpenSLO): objectives of a service as gates of the release policy.

That 99 % of values lie below a bound is what a gate on p99 asks; a ratio of good events has its target as the least.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.importers.cases.scored import number
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.language import numeral, tr
from readiness.model.cells import QUANTILES
from readiness.model.policy import Gate
from readiness.model.proposals import Proposal, Proposed

from . import plain

_BELOW = ("lt", "lte")


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """A gate for each objective that a gate can ask; nothing for a file of another kind."""
    documents = [
        document
        for document in plain.objects(source, ("openslo/",))
        if plain.text(document.get("apiVersion")).startswith("openslo/")
    ]
    lines: list[Proposal] = []
    left_out: list[str] = []
    for document in documents:
        name = plain.text(members(document.get("metadata")).get("name")) or tr("no name")
        if document.get("kind") != "SLO":
            kind = plain.text(document.get("kind")) or tr("no kind")
            left_out.append(tr("{name}: {kind} is no objective", name=name, kind=kind))
            continue
        for at, objective in enumerate(map(members, items(members(document.get("spec")).get("objectives"))), start=1):
            lines += _gate(f"{name}, objective {at}", members(document.get("spec")), objective, metrics, left_out)
    return Proposed("openslo", "policy", tuple(lines), tuple(left_out)) if documents else None


def _gate(
    place: str, spec: dict[str, Any], objective: dict[str, Any], metrics: Mapping[str, str], left_out: list[str]
) -> list[Proposal]:
    indicator = members(spec.get("indicator"))
    name = plain.text(members(indicator.get("metadata")).get("name")) or plain.text(spec.get("indicatorRef"))
    target, bound = number(objective.get("target")), number(objective.get("value"))
    percent = number(objective.get("targetPercent"))
    target = percent / 100 if target is None and percent is not None else target
    metric = metrics.get(name, name)
    if not metric or target is None:
        left_out.append(tr("{place}: names no indicator or no target", place=place))
        return []
    beside = "; ".join(
        f"over {plain.text(window.get('duration'))}" for window in map(members, items(spec.get("timeWindow")))
    )
    if bound is None:
        return plain.line(place, Gate, left_out, beside, metric=metric, min=target)
    stat = next((stat for stat, level in QUANTILES.items() if abs(level - target) < 1e-9), None)
    if stat is None or objective.get("op") not in _BELOW:
        left_out.append(
            tr(
                "{place}: a share of {target} with a bound is no gate; p50, p95 and p99 from above are",
                place=place,
                target=numeral(f"{target:g}"),
            )
        )
        return []
    return plain.line(place, Gate, left_out, beside, metric=metric, stat=stat, max=bound)
