from __future__ import annotations

import datetime as dt

import pytest

from readiness import clock
from readiness.access import Action, Principal, allowed
from readiness.errors import Denied, InputError, NotFound
from readiness.model.people import Token
from readiness.services import Store, admin, evidence, people, tokens
from tests import factories, files
from tests.factories import SLUG

DANA = factories.principal()
VOID = "the token does not hold; expected one that was issued here, and is neither revoked nor expired"


def asked(*actions: Action, systems: tuple[str, ...] = (), days: int = 30) -> Token:
    return Token(
        name="pipeline", actions=list(actions), systems=list(systems), expires_on=clock.today() + dt.timedelta(days)
    )


@pytest.fixture
def omar(sqlite_store: Store) -> Principal:
    evidence.add_assessment(sqlite_store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=factories.TODAY)
    people.add(sqlite_store, DANA, "omar@example.com", "Omar")
    person = people.every(sqlite_store, DANA)[0].id
    for role in ("viewer", "assessor"):
        people.grant(sqlite_store, DANA, person, role, SLUG)
    return Principal.of("omar@example.com", {"viewer", "assessor"}, {SLUG})


def test_a_token_does_what_it_is_for_where_its_owner_may_and_nothing_else(sqlite_store: Store, omar: Principal) -> None:
    secret, done = tokens.issue(sqlite_store, omar, asked("read", "import"))
    assert done.sentence == "The token 'pipeline' was issued"
    by = tokens.enter(sqlite_store, secret)
    assert (by.name, by.shown) == ("omar@example.com", "Omar")
    assert [action for action in ("read", "import", "mark", "sign-off") if allowed(by, action, SLUG)] == [
        "read",
        "import",
    ]
    assert not allowed(by, "read", "another")


def test_a_token_never_does_more_than_its_owner_may_at_that_moment(sqlite_store: Store, omar: Principal) -> None:
    secret, _ = tokens.issue(sqlite_store, omar, asked("read", "import"))
    account = people.every(sqlite_store, DANA)[0]
    people.revoke(sqlite_store, DANA, account.id, "assessor", SLUG)
    by = tokens.enter(sqlite_store, secret)
    assert (allowed(by, "read", SLUG), allowed(by, "import", SLUG)) == (True, False)
    people.edit(sqlite_store, DANA, account.id, seen=account.row_version, name="", left_on=dt.date(2026, 1, 2))
    with pytest.raises(Denied, match=VOID):
        tokens.enter(sqlite_store, secret)


def test_the_secret_is_not_in_the_store_and_another_one_does_not_hold(sqlite_store: Store, omar: Principal) -> None:
    secret, _ = tokens.issue(sqlite_store, omar, asked("read"))
    assert secret.startswith("readiness_")
    assert len(secret) >= 50
    with sqlite_store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM token").all()
    assert secret.removeprefix("readiness_") not in repr(rows)
    for other in ("", "readiness_", secret[:-1], secret + "x", secret.removeprefix("readiness_")):
        with pytest.raises(Denied, match=VOID):
            tokens.enter(sqlite_store, other)


def test_a_token_ends_on_its_day_and_when_it_is_revoked(
    sqlite_store: Store, omar: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, _ = tokens.issue(sqlite_store, omar, asked("read", days=1))
    ended, _ = tokens.issue(sqlite_store, omar, asked("read"))
    newest = tokens.every(sqlite_store, omar)[0]
    assert tokens.revoke(sqlite_store, omar, newest.id).sentence == "The token 'pipeline' was revoked"
    assert not tokens.revoke(sqlite_store, omar, newest.id).changed
    with pytest.raises(Denied, match=VOID):
        tokens.enter(sqlite_store, ended)
    assert tokens.enter(sqlite_store, kept).name == "omar@example.com"
    tomorrow = clock.today() + dt.timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    with pytest.raises(Denied, match=VOID):
        tokens.enter(sqlite_store, kept)
    assert [check.name for check in admin.examine(DANA, sqlite_store.url) if check.ok is False] == []


def test_a_token_may_be_for_one_of_several_systems(sqlite_store: Store, omar: Principal) -> None:
    secret, _ = tokens.issue(sqlite_store, DANA, asked("read", systems=(SLUG,)))
    by = tokens.enter(sqlite_store, secret)
    assert by.name == DANA.name
    assert [allowed(by, "read", system) for system in (SLUG, "another", "")] == [True, False, False]
    with pytest.raises(Denied):
        tokens.issue(sqlite_store, omar, asked("read", systems=("another",)))


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (asked("read", days=0), "expected a day after today, at most 366 days from it"),
        (asked("read", days=367), "expected a day after today"),
        (asked(), "actions: a token is for other things; expected some of read, pack, import"),
        (asked("sign-off"), "a token is for other things"),
        (asked("read", "administer"), "a token is for other things"),
    ],
)
def test_there_are_no_tokens_for_ever_or_for_everything(
    sqlite_store: Store, omar: Principal, token: Token, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        tokens.issue(sqlite_store, omar, token)


def test_nobody_issues_what_they_may_not_do(sqlite_store: Store, omar: Principal) -> None:
    viewer = Principal.of("eve@example.com", {"viewer"}, {SLUG})
    with pytest.raises(Denied, match=r"eve@example\.com may not import evidence"):
        tokens.issue(sqlite_store, viewer, asked("read", "import"))


def test_tokens_of_others_are_for_administrators(sqlite_store: Store, omar: Principal) -> None:
    tokens.issue(sqlite_store, omar, asked("read"))
    eve = Principal.of("eve@example.com", {"viewer"})
    assert tokens.every(sqlite_store, eve) == []
    assert [issued.of for issued in tokens.every(sqlite_store, DANA)] == ["omar@example.com"]
    with pytest.raises(Denied):
        tokens.revoke(sqlite_store, eve, 1)
    tokens.revoke(sqlite_store, DANA, 1)
    with pytest.raises(NotFound, match="there is no token 9"):
        tokens.revoke(sqlite_store, DANA, 9)


def test_a_token_is_issued_on_a_leap_day_too(
    sqlite_store: Store, omar: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: dt.date(2028, 2, 29))
    secret, _ = tokens.issue(sqlite_store, omar, asked("read"))
    assert tokens.enter(sqlite_store, secret).name == "omar@example.com"


def test_a_token_is_known_by_the_name_of_its_person_where_nobody_else_bears_it(
    sqlite_store: Store, omar: Principal
) -> None:
    secret, _ = tokens.issue(sqlite_store, omar, asked("read"))
    assert tokens.enter(sqlite_store, secret).is_named("omar")
    people.add(sqlite_store, DANA, "o.haddad@example.com", "Omar")
    assert not tokens.enter(sqlite_store, secret).is_named("omar")
