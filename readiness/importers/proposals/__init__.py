"""Policies, plans and lists that stand elsewhere: a file, told by its content, proposes lines for one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.language import marked, tr
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
    "prometheus-rules": marked("Prometheus rules"),
    "openslo": marked("OpenSLO objectives"),
    "argo-rollout": marked("an Argo Rollout"),
    "flagger-canary": marked("a Flagger canary"),
    "codeowners": "CODEOWNERS",
    "cyclonedx": marked("a CycloneDX bill of materials"),
    "incidents": marked("incidents of PagerDuty or Opsgenie"),
}
"""What people call each format that proposes something."""


def read(source: Source, metrics: Mapping[str, str] | None = None) -> Proposed:
    """What the file proposes; `metrics` says which of ours a metric of the file is.

    Raises InputError where it is none of the kinds that propose anything, or proposes nothing.
    """
    proposed = find(source, metrics)
    if proposed is None:
        raise InputError(tr("the file proposes nothing that is known"), file=source.name, expected=_known())
    return proposed


def find(source: Source, metrics: Mapping[str, str] | None = None) -> Proposed | None:
    """The same; None where the file is none of the kinds. Raises InputError where it is one and proposes nothing."""
    try:
        proposed = next(filter(None, (reader(source, metrics or {}) for reader in READERS)), None)
    except RecursionError as exc:
        raise InputError(
            tr("the content is nested too deeply"), file=source.name, expected=tr("ordinary nesting")
        ) from exc
    if proposed is not None and not proposed.lines:
        problem = tr("the file proposes nothing")
        if proposed.left_out:
            problem = tr("the file proposes nothing: {reason}", reason=proposed.left_out[0])
        raise InputError(problem, file=source.name, expected=_known())
    return proposed


def _known() -> str:
    return formatting.listed([tr(title) for title in TITLES.values()], formatting.OR)
