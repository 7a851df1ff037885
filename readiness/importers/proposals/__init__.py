"""Policies, plans and lists that stand elsewhere: a file, told by its content, proposes lines for one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.model.proposals import Proposed

from . import bills, code_owners, incident_lists, objectives, rollouts, rules

Reader = Callable[[Source, Mapping[str, str]], Proposed | None]
READERS: tuple[Reader, ...] = (
    bills.read,
    incident_lists.read,
    objectives.read,
    rollouts.read,
    rules.read,
    code_owners.read,
)
"""In the order they are asked; each gives nothing for a file of another kind."""
TITLES = {
    "prometheus-rules": "Prometheus rules",
    "openslo": "OpenSLO objectives",
    "argo-rollout": "an Argo Rollout",
    "flagger-canary": "a Flagger canary",
    "codeowners": "CODEOWNERS",
    "cyclonedx": "a CycloneDX bill of materials",
    "incidents": "incidents of PagerDuty or Opsgenie",
}
"""What people call each format that proposes something."""
KNOWN = formatting.listed(list(TITLES.values()), "or")


def read(source: Source, metrics: Mapping[str, str] | None = None) -> Proposed:
    """What the file proposes; `metrics` says which of ours a metric of the file is.

    Raises InputError where it is none of the kinds that propose anything, or proposes nothing.
    """
    proposed = find(source, metrics)
    if proposed is None:
        raise InputError("the file proposes nothing that is known", file=source.name, expected=KNOWN)
    return proposed


def find(source: Source, metrics: Mapping[str, str] | None = None) -> Proposed | None:
    """The same; None where the file is none of the kinds. Raises InputError where it is one and proposes nothing."""
    try:
        proposed = next(filter(None, (reader(source, metrics or {}) for reader in READERS)), None)
    except RecursionError as exc:
        raise InputError("the content is nested too deeply", file=source.name, expected="ordinary nesting") from exc
    if proposed is not None and not proposed.lines:
        why = f": {proposed.left_out[0]}" if proposed.left_out else ""
        raise InputError(f"the file proposes nothing{why}", file=source.name, expected=KNOWN)
    return proposed
