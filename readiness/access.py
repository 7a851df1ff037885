"""Who may do what: roles as a table, everything else denied."""

from __future__ import annotations

import getpass
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

from readiness.language import marked, tr

from . import names
from .errors import Denied

Action = Literal[
    "read",
    "note",
    "pack",
    "gap.move",
    "gap.move-own",
    "remind",
    "mark",
    "import",
    "evidence.remove",
    "trace.label",
    "release.edit",
    "sign-off",
    "decide",
    "incident",
    "stage",
    "week",
    "raw.read",
    "text.release",
    "raw.expire",
    "spans.fold",
    "administer",
    "system.create",
    "system.edit",
    "system.delete",
]

GRANTS: dict[str, frozenset[Action]] = {
    "viewer": frozenset({"read", "note"}),
    "exporter": frozenset({"read", "note", "pack"}),
    "owner": frozenset({"read", "note", "gap.move-own", "incident"}),
    "approver": frozenset({"read", "note", "sign-off", "decide", "incident", "stage", "week", "text.release"}),
    "assessor": frozenset(
        {
            "read",
            "note",
            "pack",
            "gap.move",
            "remind",
            "mark",
            "import",
            "evidence.remove",
            "trace.label",
            "release.edit",
            "incident",
            "stage",
            "week",
            "raw.read",
            "system.create",
            "system.edit",
        }
    ),
    "admin": frozenset({"administer", "remind", "system.create", "system.edit", "system.delete"}),
    "keeper": frozenset({"raw.expire", "spans.fold"}),
}
"""What each role may do; a role that is not here may do nothing."""


ROLES = tuple(role for role in GRANTS if role != "keeper")
"""Those that a person can be given."""


class Grant(NamedTuple):
    """A role on one system, or on all of them and on what belongs to none: `system` is None."""

    role: str
    system: str | None = None

    def covers(self, action: Action, system: str) -> bool:
        return self.system in (None, system) and action in GRANTS.get(self.role, frozenset())


@dataclass(frozen=True)
class Principal:
    """Somebody who acts. `name` is what is written down of them: the address of a person, the login at this machine.

    `known_as` are the other addresses and names that mean them and nobody else; `shown` is what people call them.
    `only` limits what is done for them, as by a token, to some actions.
    """

    name: str
    grants: frozenset[Grant] = frozenset()
    known_as: frozenset[str] = frozenset()
    shown: str = ""
    only: frozenset[Action] | None = None

    @classmethod
    def of(cls, name: str, roles: Iterable[str] = (), systems: Iterable[str] | None = None) -> Self:
        """With the same roles everywhere, or on the same systems."""
        where = [None] if systems is None else [*systems]
        return cls(name, frozenset(Grant(role, system) for role in roles for system in where))

    def is_named(self, name: str) -> bool:
        """Whether a name that somebody wrote means this principal; an empty one means nobody."""
        return bool(name.strip()) and names.key(name) in {names.key(one) for one in (self.name, *self.known_as)}


KEEPER = Principal.of("readiness", {"keeper"})
"""Who deletes what has expired, and makes evidence of what was received: nobody asks for it, it is done."""


def allowed(principal: Principal, action: Action, system: str = "") -> bool:
    if principal.only is not None and action not in principal.only:
        return False
    return any(grant.covers(action, system) for grant in principal.grants)


def alike(principal: Principal, *actions: Action) -> Principal:
    """Nobody in particular, with the same rights to these actions, so that what is read for one is there for others."""
    grants = (grant for grant in principal.grants if not GRANTS.get(grant.role, frozenset()).isdisjoint(actions))
    only = frozenset(actions) if principal.only is None else principal.only & frozenset(actions)
    return Principal("", frozenset(grants), only=only)


def authorize(principal: Principal, action: Action, system: str = "") -> None:
    """Raises Denied unless one of the principal's roles grants the action on the system."""
    if not allowed(principal, action, system):
        said = {"person": principal.name, "what": tr(DONE_BY[action])}
        problem = tr("{person} may not {what}", **said)
        if system:
            problem = tr("{person} may not {what} of {system}", system=system, **said)
        raise Denied(problem, expected=tr("a role that grants it"))


def authorize_anywhere(principal: Principal, action: Action) -> None:
    """Raises Denied unless one of the principal's roles grants the action on some system."""
    if not any(allowed(principal, action, grant.system or "") for grant in principal.grants):
        authorize(principal, action)


def authorize_gap(principal: Principal, system: str, owner: str) -> None:
    """Moving a due date: anybody who may move all of them, or the owner of this gap."""
    own = principal.is_named(owner)
    authorize(principal, "gap.move-own" if own and not allowed(principal, "gap.move", system) else "gap.move", system)


def authorize_condition(principal: Principal, system: str, owner: str) -> None:
    """Saying that a condition of a decision is met: whoever may decide, or its owner."""
    own = principal.is_named(owner) and allowed(principal, "gap.move-own", system)
    authorize(principal, "gap.move-own" if own else "decide", system)


def authorize_sign_off(
    principal: Principal, system: str, role: str, approvers: Collection[str], wrote: Iterable[tuple[str, str]]
) -> None:
    """Signing off: only those whom the policy names for the role, and never who wrote any of what is signed.

    `wrote` pairs what was done (`wrote the assessment`) with who did it.
    """
    authorize(principal, "sign-off", system)
    if not any(principal.is_named(name) for name in approvers):
        expected = f" {tr('or')} ".join(approvers) or tr("somebody whom the release policy names")
        raise Denied(
            tr("{person} is not the approver of {role} of {system}", person=principal.name, role=role, system=system),
            expected=expected,
        )
    for did, who in wrote:
        if principal.is_named(who):
            raise Denied(
                tr("{person} {did} of {system}", person=principal.name, did=tr(did), system=system),
                expected=tr("an approver who wrote nothing of what is signed"),
            )


def local() -> Principal:
    """The person at this machine, who may do everything: the dashboard listens on loopback only."""
    name = os.environ.get("READINESS_USER", "").strip() or _login()
    return Principal.of(name, GRANTS)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"


DONE_BY: dict[Action, str] = {
    "read": marked("read the evidence"),
    "note": marked("comment on the evidence"),
    "pack": marked("export an evidence pack"),
    "gap.move": marked("move the due dates"),
    "gap.move-own": marked("move the due dates"),
    "remind": marked("send out what is due"),
    "mark": marked("answer the checklist"),
    "import": marked("import evidence"),
    "evidence.remove": marked("remove evidence"),
    "trace.label": marked("label the traces"),
    "release.edit": marked("edit the release policy, the monitoring plan and the system card"),
    "sign-off": marked("sign off the rollout"),
    "decide": marked("decide on the rollout"),
    "incident": marked("report and answer incidents"),
    "stage": marked("take steps through the stages"),
    "week": marked("keep weekly reviews"),
    "raw.read": marked("read the texts before redaction"),
    "text.release": marked("release texts of traces"),
    "raw.expire": marked("delete what has expired"),
    "spans.fold": marked("make evidence of received spans"),
    "administer": marked("administer the store"),
    "system.create": marked("make a system"),
    "system.edit": marked("edit the facts"),
    "system.delete": marked("delete what is stored"),
}
