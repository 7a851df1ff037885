"""How the release policy and the monitoring plan came to be: every revision, and what it changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from . import differences
from .access import Principal, authorize
from .records import MonitoringPlan, ReleasePolicy
from .review import Review
from .store import Store, queries


@dataclass(frozen=True)
class Saved:
    """One revision. `changes` tell it from the one before; the first is compared with an empty document."""

    title: str
    number: int
    by: str
    at: dt.datetime
    changes: tuple[str, ...]


def history(store: Store, by: Principal, review: Review) -> list[Saved]:
    """Every revision of both documents of an assessment, newest first. Raises Denied."""
    authorize(by, "read", review.slug)
    last: dict[str, ReleasePolicy | MonitoringPlan] = {
        "Release policy": ReleasePolicy(),
        "Monitoring plan": MonitoringPlan(),
    }
    found = []
    for each in queries.revisions(store, review.assessment_id):
        title = "Release policy" if isinstance(each.record, ReleasePolicy) else "Monitoring plan"
        found.append(Saved(title, each.number, each.by, each.at, differences.between(last[title], each.record)))
        last[title] = each.record
    return found[::-1]
