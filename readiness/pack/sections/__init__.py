"""What each section of a pack takes from a review: one function each, every field named."""

from __future__ import annotations

from collections.abc import Callable

from readiness.review.review import Review

from . import plugged
from .answers import boundary, checklist, gaps
from .attacks import attacks
from .base import Plain, clip
from .card import card, risk
from .decided import outcome
from .decision import approval, decision, packet, scope
from .figures import differences, gates, own, results
from .files import provenance
from .glossary import glossary
from .operations import budgets, monitoring, ownership, policy, rollback
from .paths import traces

__all__ = ["BUILDERS", "OF_ONE_CUSTOMER", "Plain", "build", "clip"]

BUILDERS: dict[str, Callable[[Review], dict[str, Plain]]] = {
    "decision": decision,
    "outcome": outcome,
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
    "card": card,
    "attacks": attacks,
    "risk": risk,
    "glossary": glossary,
}
OF_ONE_CUSTOMER: dict[str, Callable[[Review, str], dict[str, Plain]]] = {"own": own}
"""Those that are about the customer whom a pack is for."""


def build(section: str, review: Review, customer: str) -> dict[str, Plain]:
    """What a section takes, of the customer's own where it is about one."""
    if section in plugged.SECTIONS:
        return plugged.build(section, review)
    return OF_ONE_CUSTOMER[section](review, customer) if section in OF_ONE_CUSTOMER else BUILDERS[section](review)
