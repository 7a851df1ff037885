from __future__ import annotations

from pathlib import Path

import pytest

from readiness.services import open_store, tokens
from tests.cli.conftest import Run


def test_somebody_is_added_given_a_role_and_let_go(portfolio: Path, run: Run) -> None:
    added = run("person", "add", "Omar@Example.com", "--name", "Omar Haddad", "--role", "viewer")
    assert added.out == "Omar Haddad was added as viewer of every system.\n"
    run("person", "grant", "omar@example.com", "assessor", "--system", "claims-intake")
    run("person", "revoke", "omar@example.com", "viewer")
    run("person", "address", "omar@example.com", "o.haddad@example.com")
    told = run("person", "list", "--json").json
    assert [(one["address"], one["addresses"], one["roles"]) for one in told] == [
        ("omar@example.com", ["o.haddad@example.com"], [{"role": "assessor", "system": "claims-intake"}])
    ]
    assert run("person", "leave", "o.haddad@example.com").out == "Omar Haddad left.\n"
    assert "Omar Haddad, left 20" in run("person", "list").out
    assert run("person", "leave", "o.haddad@example.com", "--back").out == "Omar Haddad came back.\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "x"), "address: 'x' is no address; expected one such as name@example.com"),
        (("add", "a@b.c", "--role", "boss"), "--role: there is no role 'boss'; expected one of viewer"),
        (
            ("add", "a@b.c", "--role", "viewer", "--system", "nowhere"),
            "the system 'nowhere' is not in the store",
        ),
        (("grant", "a@b.c", "viewer"), "nobody has the address a@b.c; expected one that readiness person list shows"),
    ],
)
def test_what_cannot_be_done_is_said_and_nobody_is_added(
    portfolio: Path, run: Run, arguments: tuple[str, ...], why: str
) -> None:
    refused = run("person", *arguments)
    assert refused.status == 2
    assert why in refused.err
    assert run("person", "list", "--json").json == []


def test_a_token_is_printed_once_and_ends_when_it_is_revoked(portfolio: Path, run: Run) -> None:
    secret = run("token", "issue", "ci", "--may", "read", "--may", "import", "--days", "3").out.strip()
    store = open_store(f"sqlite:///{portfolio}")
    assert tokens.enter(store, secret).only == frozenset({"read", "import"})
    told = run("token", "list", "--json").json
    assert [(one["name"], one["actions"], one["revoked_at"]) for one in told] == [("ci", ["read", "import"], None)]
    assert secret not in run("token", "list").out
    assert run("token", "revoke", str(told[0]["id"])).out == "The token 'ci' was revoked.\n"
    assert "revoked" in run("token", "list").out
    assert "'fly' is no action; expected some of read" in run("token", "issue", "ci", "--may", "fly").err
