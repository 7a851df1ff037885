"""The open gaps of every system, read without the evidence that their verdicts rest on."""

from __future__ import annotations

import datetime as dt

from readiness import paths
from readiness.access import Principal, allowed
from readiness.model import checklist as checklists
from readiness.review.items import OpenGap
from readiness.store import Store, queries


def gaps(store: Store, by: Principal, *, as_of: dt.date) -> list[OpenGap]:
    """Those of the latest assessments that this principal may read, the earliest due date first."""
    found = [
        OpenGap(
            id=gap.mark.id,
            row_version=gap.mark.row_version,
            system=gap.slug,
            signal=checklists.get(paths.CHECKLISTS, gap.checklist).signal(gap.mark.record.signal),
            mark=gap.mark.record,
            moves=gap.moves,
            as_of=as_of,
        )
        for gap in queries.gaps(store)
        if allowed(by, "read", gap.slug)
    ]
    return sorted(found, key=lambda gap: (gap.mark.due or dt.date.max, gap.system, gap.id))
