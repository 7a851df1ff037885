"""People, their roles, and tokens for programs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, get_args

import typer

from readiness import clock
from readiness.access import ROLES, Action, Grant
from readiness.errors import InputError, NotFound
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.people import Account, Person, Token
from readiness.services import Store, people, tokens

from . import base

commands = typer.Typer(rich_markup_mode=None)
person = typer.Typer(help=tr("People and their roles."), no_args_is_help=True)
token = typer.Typer(help=tr("Tokens for programs."), no_args_is_help=True)
commands.add_typer(person, name="person")
commands.add_typer(token, name="token")

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help=tr("An e-mail address of the person."))]
Role = Annotated[str, typer.Argument(metavar="ROLE", help=tr("One of {known}.", known=", ".join(ROLES)))]
On = Annotated[
    str,
    typer.Option(
        "--system", autocompletion=base.systems, metavar="SYSTEM", help=tr("On this system; on all of them by default.")
    ),
]


@person.command("list")
def list_people(db: base.Db = "", json: base.Json = False) -> None:
    """List everybody with their roles."""
    accounts = people.every(base.store(db), base.me())
    if json:
        base.answer([_told(account) for account in accounts])
        return
    for account in accounts:
        left = tr(", left {day}", day=account.person.left_on) if account.person.left_on else ""
        base.say(
            f"{account.person.address:32} {account.person.name}{left}  {'; '.join(_roles(account)) or tr('no role')}"
        )
    if not accounts:
        base.say(tr("Nobody is known yet; readiness person add ADDRESS adds somebody."))


@person.command("add")
def add(
    address: Address,
    name: Annotated[str, typer.Option("--name", help=tr("What people call them."))] = "",
    role: Annotated[list[str] | None, typer.Option("--role", help=tr("A role to begin with; may be repeated."))] = None,
    system: On = "",
    db: base.Db = "",
) -> None:
    """Add somebody who logs in with this address."""
    store = base.store(db)
    for wanted in role or ():
        if wanted not in ROLES:
            raise InputError(
                tr("there is no role {wanted!r}", wanted=wanted),
                place="--role",
                expected=tr("one of {known}", known=", ".join(ROLES)),
            )
    grants = [Grant(wanted, system or None) for wanted in role or ()]
    _say(people.add(store, base.me(), address, name, grants))


@person.command("grant")
def grant(address: Address, role: Role, system: On = "", db: base.Db = "") -> None:
    """Give somebody a role."""
    store = base.store(db)
    _say(people.grant(store, base.me(), _account(store, address).id, role, system or None))


@person.command("revoke")
def revoke(address: Address, role: Role, system: On = "", db: base.Db = "") -> None:
    """Take a role from somebody; it is gone with the next thing they do."""
    store = base.store(db)
    _say(people.revoke(store, base.me(), _account(store, address).id, role, system or None))


@person.command("address")
def address_(
    address: Address,
    other: Annotated[str, typer.Argument(metavar="OTHER", help=tr("A further address of the same person."))],
    db: base.Db = "",
) -> None:
    """Say that two addresses are one person."""
    store = base.store(db)
    _say(people.add_address(store, base.me(), _account(store, address).id, other))


@person.command("leave")
def leave(
    address: Address,
    back: Annotated[bool, typer.Option("--back", help=tr("They came back."))] = False,
    db: base.Db = "",
) -> None:
    """Say that somebody left: they may do nothing any more, and what they did stays theirs."""
    store = base.store(db)
    account = _account(store, address)
    left_on = None if back else clock.today()
    name = account.person.name
    _say(people.edit(store, base.me(), account.id, seen=account.row_version, name=name, left_on=left_on))


def _account(store: Store, address: str) -> Account:
    wanted = Person.checked(address=address).address
    found = next((one for one in people.every(store, base.me()) if wanted in one.known_as), None)
    if found is None:
        raise NotFound(
            tr("nobody has the address {wanted}", wanted=wanted), expected=tr("one that readiness person list shows")
        )
    return found


def _told(account: Account) -> dict[str, object]:
    return {
        "address": account.person.address,
        "name": account.person.name,
        "addresses": list(account.addresses),
        "left_on": account.person.left_on,
        "roles": [{"role": grant.role, "system": grant.system} for grant in sorted(account.grants, key=str)],
        "seen_at": account.seen_at,
    }


def _roles(account: Account) -> list[str]:
    return sorted(f"{grant.role} of {grant.system or tr('every system')}" for grant in account.grants)


@token.command("issue")
def issue(
    name: Annotated[str, typer.Argument(help=tr("What it is for, such as the name of a pipeline."))],
    action: Annotated[
        list[str],
        typer.Option("--may", metavar="ACTION", help=tr("May be repeated: {known}.", known=", ".join(tokens.ACTIONS))),
    ],
    system: Annotated[
        list[str] | None,
        typer.Option("--system", autocompletion=base.systems, help=tr("Only this one; may be repeated.")),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=tokens.LONGEST, help=tr("How long it holds."))] = 90,
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Issue a token for the HTTP API and print it, once."""
    if unknown := set(action) - set(get_args(Action)):
        expected = tr("some of {known}", known=", ".join(tokens.ACTIONS))
        raise InputError(tr("{action!r} is no action", action=min(unknown)), place="--may", expected=expected)
    until = clock.today() + dt.timedelta(days)
    asked = Token.checked(name=name, actions=action, systems=system or [], expires_on=until)
    secret, done = tokens.issue(base.store(db), base.me(), asked)
    if json:
        base.answer({"token": secret, "expires_on": until})
        return
    base.say(
        tr("{sentence}; it holds until {until} and is not shown again.", sentence=done.sentence, until=until),
        error=True,
    )
    base.say(secret)


@token.command("list")
def list_tokens(db: base.Db = "", json: base.Json = False) -> None:
    """List tokens, the newest first."""
    found = tokens.every(base.store(db), base.me())
    if json:
        base.answer(
            [{"id": one.id, "of": one.of, **one.token.model_dump(), "revoked_at": one.revoked_at} for one in found]
        )
        return
    for one in found:
        state = "revoked" if one.revoked_at else f"until {one.token.expires_on}"
        base.say(f"{one.id:>5}  {one.token.name:24} {one.of:28} {state:18} {', '.join(one.token.actions)}")
    if not found:
        base.say(tr("No token was issued yet."))


@token.command("revoke")
def revoke_token(
    id_: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**31 - 1, help=tr("The id that token list shows."))],
    db: base.Db = "",
) -> None:
    """End a token at once."""
    _say(tokens.revoke(base.store(db), base.me(), id_))


def _say(done: Done) -> None:
    base.say(f"{done.sentence}.")
