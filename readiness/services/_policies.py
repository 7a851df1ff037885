"""What is looked at before a release policy is stored: whether its gates ask for something that can be."""

from __future__ import annotations

from collections.abc import Iterable

from readiness.model import checklist as checklists
from readiness.model.measures import RATIO
from readiness.model.policy import Gate
from readiness.scorecard import thresholds
from readiness.store import Store, queries


def units(store: Store, slug: str, checklist: str) -> dict[str, str]:
    """The units of metrics as the checklist knows them, or as the files of a system state them."""
    known = {metric.id: metric.unit for metric in checklists.named(checklist).metrics}
    return {"pass": RATIO, **queries.metric_units(store, slug), **known}


def check(store: Store, slug: str, checklist: str, gates: Iterable[tuple[str, Gate]], *, file: str = "") -> list[str]:
    """What a person should know of gates, each with its place. Raises InputError for what no figure can be."""
    return thresholds.check(gates, units(store, slug, checklist), file=file)
