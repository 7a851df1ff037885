from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from readiness.access import (
    GRANTS,
    ROLES,
    Action,
    Grant,
    Principal,
    allowed,
    authorize,
    authorize_anywhere,
    authorize_gap,
    authorize_sign_off,
    local,
)
from readiness.errors import Denied

ACTIONS: tuple[Action, ...] = get_args(Action)
MAY: dict[str, str] = {
    "viewer": "read note",
    "exporter": "read note pack",
    "owner": "read note gap.move-own incident",
    "approver": "read note sign-off text.release decide incident stage week",
    "assessor": (
        "read note pack gap.move remind mark import evidence.remove trace.label release.edit raw.read "
        "system.create system.edit incident stage week"
    ),
    "admin": "administer remind system.create system.edit system.delete",
    "keeper": "raw.expire spans.fold",
    "nobody": "",
    "": "",
    "administrator": "",
    "VIEWER": "",
}
"""What each role may do, stated a second time; the last four are no roles."""


def somebody(*roles: str, systems: frozenset[str] | None = None, name: str = "dana") -> Principal:
    return Principal.of(name, roles, systems)


def test_every_role_is_in_the_table() -> None:
    assert set(GRANTS) <= set(MAY)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", MAY)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: str, action: Action) -> None:
    granted = action in MAY[role].split()
    assert allowed(somebody(role), action, "support-copilot") == granted
    if granted:
        authorize(somebody(role), action, "support-copilot")
    else:
        with pytest.raises(Denied, match=r"dana may not .* of support-copilot; expected a role that grants it\."):
            authorize(somebody(role), action, "support-copilot")


@pytest.mark.parametrize("action", ACTIONS)
def test_somebody_without_a_role_may_do_nothing(action: Action) -> None:
    assert not allowed(somebody(), action)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", GRANTS)
def test_a_role_on_one_system_grants_nothing_on_another(role: str, action: Action) -> None:
    limited = somebody(role, systems=frozenset({"support-copilot"}))
    assert allowed(limited, action, "support-copilot") == (action in MAY[role].split())
    assert not allowed(limited, action, "claims-triage")
    assert not allowed(limited, action)
    assert not allowed(somebody(role, systems=frozenset()), action, "support-copilot")


def test_an_action_that_nobody_knows_is_denied() -> None:
    assert not allowed(somebody(*GRANTS), "delete everything", "support-copilot")  # type: ignore[arg-type]


def test_two_roles_grant_what_either_grants() -> None:
    both = somebody("viewer", "owner")
    assert {action for action in ACTIONS if allowed(both, action)} == {"read", "note", "gap.move-own", "incident"}


@pytest.mark.parametrize(
    ("role", "owner", "granted"),
    [
        ("owner", "dana", True),
        ("owner", "Dana", True),
        ("owner", "omar", False),
        ("owner", "", False),
        ("assessor", "omar", True),
        ("assessor", "dana", True),
        ("assessor", "", True),
        ("viewer", "dana", False),
        ("exporter", "dana", False),
        ("nobody", "dana", False),
    ],
)
def test_an_owner_moves_their_own_gaps_and_an_assessor_all_of_them(role: str, owner: str, granted: bool) -> None:
    if granted:
        authorize_gap(somebody(role), "support-copilot", owner)
    else:
        with pytest.raises(Denied):
            authorize_gap(somebody(role), "support-copilot", owner)


def test_a_gap_without_an_owner_belongs_to_nobody_without_a_name() -> None:
    with pytest.raises(Denied):
        authorize_gap(somebody("owner", name=""), "support-copilot", "")


def test_an_owner_on_one_system_cannot_move_their_gap_on_another() -> None:
    with pytest.raises(Denied):
        authorize_gap(somebody("owner", systems=frozenset({"support-copilot"})), "claims-triage", "dana")


@pytest.mark.parametrize(
    ("name", "approvers", "wrote", "why"),
    [
        ("dana", ["dana"], [("wrote the assessment", "omar"), ("added evidence", "")], ""),
        (" Dana", ["omar", "DANA "], [("wrote the assessment", "omar")], ""),
        ("dana", ["omar"], [], r"dana is not the approver of quality of support-copilot; expected omar\."),
        ("dana", [], [], r"not the approver .*; expected somebody whom the release policy names\."),
        ("dana", [""], [], r"not the approver .*; expected somebody whom the release policy names\."),
        (
            "",
            [""],
            [("wrote the assessment", "")],
            r"not the approver .*; expected somebody whom the release policy names\.",
        ),
        (
            "dana",
            ["dana"],
            [("wrote the assessment", "Dana")],
            r"dana wrote the assessment of .*; expected an approver who",
        ),
        ("dana", ["dana"], [("wrote", "omar"), ("added evidence", "dana ")], r"dana added evidence of support-copilot"),
    ],
)
def test_only_the_named_approver_who_wrote_nothing_of_it_signs_off(
    name: str, approvers: list[str], wrote: list[tuple[str, str]], why: str
) -> None:
    def ask() -> None:
        authorize_sign_off(somebody("approver", name=name), "support-copilot", "quality", approvers, wrote)

    if not why:
        ask()
    else:
        with pytest.raises(Denied, match=why):
            ask()


def test_a_named_approver_without_the_role_does_not_sign_off() -> None:
    with pytest.raises(Denied, match="may not sign off the rollout of support-copilot"):
        authorize_sign_off(somebody("assessor"), "support-copilot", "quality", ["dana"], [])


@pytest.mark.parametrize("stated", ["", "  ", None])
def test_the_person_at_this_machine_bears_the_name_of_their_login(
    monkeypatch: pytest.MonkeyPatch, stated: str | None
) -> None:
    monkeypatch.setenv("LOGNAME", "rosa")
    monkeypatch.delenv("READINESS_USER", raising=False)
    if stated is not None:
        monkeypatch.setenv("READINESS_USER", stated)
    assert local().name == "rosa"


@pytest.mark.parametrize("error", [OSError, KeyError])
def test_somebody_without_a_login_still_has_a_name(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.delenv("READINESS_USER", raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    assert local().name == "local"


def test_the_person_at_this_machine_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_USER", "  dana ")
    assert local().name == "dana"
    assert all(allowed(local(), action, "support-copilot") for action in ACTIONS)


def test_what_is_granted_on_some_system_is_granted_somewhere_and_on_none_nowhere() -> None:
    authorize_anywhere(somebody("viewer"), "read")
    authorize_anywhere(somebody("viewer", systems=frozenset({"support-copilot"})), "read")
    for nobody in (somebody("viewer", systems=frozenset()), somebody(systems=frozenset({"support-copilot"}))):
        with pytest.raises(Denied):
            authorize_anywhere(nobody, "read")


def test_roles_may_differ_from_system_to_system() -> None:
    omar = Principal("omar", frozenset({Grant("viewer"), Grant("assessor", "support-copilot"), Grant("", "claims")}))
    assert allowed(omar, "mark", "support-copilot")
    assert not allowed(omar, "mark", "claims")
    assert not allowed(omar, "mark")
    assert {system for system in ("", "support-copilot", "claims") if allowed(omar, "read", system)} == {
        "",
        "support-copilot",
        "claims",
    }


def test_a_limit_takes_away_and_never_gives() -> None:
    token = replace(somebody("viewer"), only=frozenset({"read", "mark"}))
    assert allowed(token, "read", "support-copilot")
    assert not allowed(token, "mark", "support-copilot")
    assert not allowed(replace(somebody(*GRANTS), only=frozenset()), "read", "support-copilot")


def test_a_person_is_meant_by_each_of_their_addresses_and_by_no_other_name() -> None:
    dana = Principal("dana@example.com", known_as=frozenset({"D.Kim@example.com", "Dana Kim"}), shown="Dana")
    assert all(map(dana.is_named, ("DANA@example.com", "d.kim@example.com ", "dana  kim")))
    assert not any(map(dana.is_named, ("", "Dana", "kim")))


def test_nobody_is_given_what_only_the_program_does() -> None:
    assert set(ROLES) == {"viewer", "owner", "assessor", "approver", "exporter", "admin"}
