"""Who may do what: roles as a table, everything else denied."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import Literal

from .errors import Denied

Action = Literal["read", "pack", "gap.move", "gap.move-own", "mark", "import", "evidence.remove", "trace.label"]

GRANTS: dict[str, frozenset[Action]] = {
    "viewer": frozenset({"read"}),
    "customer-team": frozenset({"read", "pack"}),
    "owner": frozenset({"read", "gap.move-own"}),
    "assessor": frozenset({"read", "pack", "gap.move", "mark", "import", "evidence.remove", "trace.label"}),
}
"""What each role may do; a role that is not here may do nothing."""


@dataclass(frozen=True)
class Principal:
    """Somebody who acts. `systems` limits them to some systems; None is all of them."""

    name: str
    roles: frozenset[str] = frozenset()
    systems: frozenset[str] | None = None


def allowed(principal: Principal, action: Action, system: str = "") -> bool:
    if principal.systems is not None and system not in principal.systems:
        return False
    return any(action in GRANTS.get(role, frozenset()) for role in principal.roles)


def authorize(principal: Principal, action: Action, system: str = "") -> None:
    """Raises Denied unless one of the principal's roles grants the action on the system."""
    if not allowed(principal, action, system):
        target = f" of {system}" if system else ""
        raise Denied(f"{principal.name} may not {_VERBS[action]}{target}", expected="a role that grants it")


def authorize_gap(principal: Principal, system: str, owner: str) -> None:
    """Moving a due date: anybody who may move all of them, or the owner of this gap."""
    own = bool(owner) and owner.casefold() == principal.name.casefold()
    authorize(principal, "gap.move-own" if own and not allowed(principal, "gap.move", system) else "gap.move", system)


def local() -> Principal:
    """The person at this machine, who may do everything: the dashboard listens on loopback only."""
    name = os.environ.get("READINESS_USER", "").strip() or _login()
    return Principal(name, frozenset(GRANTS))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"


_VERBS: dict[Action, str] = {
    "read": "read the evidence",
    "pack": "export an evidence pack",
    "gap.move": "move the due dates",
    "gap.move-own": "move the due dates",
    "mark": "answer the checklist",
    "import": "import evidence",
    "evidence.remove": "remove evidence",
    "trace.label": "label the traces",
}
