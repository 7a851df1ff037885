"""A check: what an answer costs stays below Acme's budget."""

from __future__ import annotations

from typing import Any


def cost_is_kept(settings: dict[str, Any], context: Any) -> tuple[str, str]:
    """The outcome and a clause with the figure; `settings` are those of the checklist, in USD for each answer."""
    cell, most = context.overall("cost_usd"), float(settings.get("most", 0.05))
    if cell is None or cell.mean is None:
        return "silent", "no cost of the candidate is measured"
    outcome = "supports" if cell.mean <= most else "contradicts"
    return outcome, f"an answer costs {cell.mean:.3f} USD, at most {most:g} is allowed"
