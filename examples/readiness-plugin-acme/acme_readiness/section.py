"""A section of packs: what an answer costs, for leaders alone."""

from __future__ import annotations

from typing import Any, ClassVar


class CostSection:
    id = "acme-cost"
    title = "What it costs"
    audiences: ClassVar = {"leadership": ["text", "rows.Version", "rows.Cost"]}

    def build(self, review: Any) -> dict[str, Any]:
        rows = [
            {"Version": side.version, "Cost": f"{side.mean:.3f} USD", "Cases": str(side.n)}
            for row in review.rows
            if row.metric == "cost_usd" and row.workflow == row.cohort == "*"
            for side in (row.baseline, row.candidate)
            if side is not None
        ]
        return {"text": "The mean cost of an answer." if rows else "No cost is measured.", "rows": rows}


SECTION = CostSection()
