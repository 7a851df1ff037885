"""Prometheus alerting rules (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/): alerts.

Also as a `PrometheusRule` of Kubernetes. A rule that records something is no alert.
"""

from __future__ import annotations

from collections.abc import Mapping

from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members
from readiness.language import tr
from readiness.model.monitoring import Alert
from readiness.model.proposals import Proposal, Proposed

from . import plain

ROUTES = ("receiver", "route", "team", "owner", "severity")
"""Labels that say where an alert goes, the first that is there."""


def read(source: Source, metrics: Mapping[str, str]) -> Proposed | None:
    """An alert for each rule that alerts; nothing for a file without groups of rules."""
    lines: list[Proposal] = []
    left_out: list[str] = []
    found = False
    for document in plain.objects(source, ("groups:", '"groups"')):
        groups = items(members(document.get("spec")).get("groups")) or items(document.get("groups"))
        for group in map(members, groups):
            for rule in map(members, items(group.get("rules"))):
                found = found or "expr" in rule
                name = plain.text(rule.get("alert"))
                place = f"{plain.text(group.get('name'))}, {name or plain.text(rule.get('record')) or 'a rule'}"
                if name:
                    lines += _alert(place, name, rule, metrics, left_out)
                else:
                    left_out.append(tr("{place}: records a figure and alerts nobody", place=place))
    return Proposed("prometheus-rules", "monitoring", tuple(lines), tuple(left_out)) if found else None


def _alert(
    place: str, name: str, rule: dict[str, object], metrics: Mapping[str, str], left_out: list[str]
) -> list[Proposal]:
    lasting = plain.text(rule.get("for"))
    condition = plain.text(rule.get("expr"), 250) + (f" for {lasting}" if lasting else "")
    labels = members(rule.get("labels"))
    route = next((plain.text(labels[name]) for name in ROUTES if labels.get(name)), "")
    return plain.line(place, Alert, left_out, metric=metrics.get(name, name), condition=condition, route=route)
