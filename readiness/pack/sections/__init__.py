"""What each section of a pack takes from a review: one function each, every field named."""

from __future__ import annotations

from collections.abc import Callable

from readiness.review.review import Review

from .answers import boundary, checklist, gaps
from .base import Plain, clip
from .decision import approval, decision, packet, scope
from .figures import differences, gates, results
from .files import provenance
from .operations import budgets, monitoring, ownership, policy, rollback
from .paths import traces

__all__ = ["BUILDERS", "Plain", "clip"]

BUILDERS: dict[str, Callable[[Review], dict[str, Plain]]] = {
    "decision": decision,
    "gaps": gaps,
    "packet": packet,
    "differences": differences,
    "approval": approval,
    "boundary": boundary,
    "gates": gates,
    "rollback": rollback,
    "traces": traces,
    "monitoring": monitoring,
    "ownership": ownership,
    "budgets": budgets,
    "scope": scope,
    "checklist": checklist,
    "policy": policy,
    "results": results,
    "provenance": provenance,
}
