from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from readiness import clock
from readiness.access import ROLES, Grant, Principal, allowed
from readiness.errors import Conflict, Denied, InputError, LoginEnded, NotFound, ReadinessError
from readiness.model.assessment import System
from readiness.model.dossier import Done
from readiness.model.people import Account, Identity, LoginRules
from readiness.services import Store, admin, evidence, people, reviews
from readiness.store import queries
from tests import factories, files
from tests.factories import SLUG

DANA = factories.principal()
RULES = LoginRules(idle=dt.timedelta(hours=1), absolute=dt.timedelta(hours=12))
NOBODY = "no access: nobody has given omar@example.com a role; expected one that an administrator gives."


def login(subject: str = "omar", address: str = "omar@example.com", **more: object) -> Identity:
    began = clock.now()
    told = {"issuer": "https://id.example.com", "name": "Omar Haddad", "groups": frozenset[str](), "began": began}
    return Identity(**{**told, "subject": subject, "address": address, "key": f"{subject} {began}", **more})  # type: ignore[arg-type]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    evidence.add_assessment(sqlite_store, DANA, files.whole(), name="a.toml", digest="1" * 64, as_of=factories.TODAY)
    return sqlite_store


def added(store: Store, address: str = "omar@example.com", *roles: str, name: str = "Omar Haddad") -> Account:
    people.add(store, DANA, address, name)
    account = found(store, address)
    for role in roles:
        people.grant(store, DANA, account.id, role, SLUG)
    return found(store, address)


def found(store: Store, address: str) -> Account:
    return next(one for one in people.every(store, DANA) if address in one.known_as)


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    moment = clock.now() + dt.timedelta(**passed)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_whoever_was_given_a_role_enters_with_it_on_its_system_alone(store: Store) -> None:
    added(store, "omar@example.com", "viewer", "owner")
    omar = people.enter(store, login(), RULES)
    assert (omar.name, omar.shown) == ("omar@example.com", "Omar Haddad")
    assert omar.grants == {Grant("viewer", SLUG), Grant("owner", SLUG)}
    assert reviews.load(store, omar, SLUG, as_of=factories.TODAY).slug == SLUG


def test_nobody_enters_without_a_role_and_nothing_is_stored_of_them(store: Store) -> None:
    before = queries.head(store)
    with pytest.raises(Denied, match=NOBODY):
        people.enter(store, login(), RULES)
    with pytest.raises(Denied, match="the provider did not vouch for an address"):
        people.enter(store, login(address=""), RULES)
    assert queries.head(store) == before
    added(store)
    with pytest.raises(Denied, match=NOBODY):
        people.enter(store, login(), RULES)


def test_a_group_gives_a_role_to_somebody_new_and_takes_it_with_the_next_login(store: Store) -> None:
    rules = replace(RULES, mapped=[("risk", Grant("approver", SLUG)), ("all", Grant("viewer"))])
    omar = people.enter(store, login(groups=frozenset({"risk", "else"})), rules)
    assert omar.grants == {Grant("approver", SLUG)}
    assert found(store, "omar@example.com").grants == frozenset()
    with pytest.raises(Denied, match=NOBODY):
        people.enter(store, login(groups=frozenset({"else"}), key="another"), rules)


def test_a_role_that_was_taken_is_gone_with_the_next_action(store: Store) -> None:
    account = added(store, "omar@example.com", "viewer", "assessor")
    identity = login()
    assert allowed(people.enter(store, identity, RULES), "mark", SLUG)
    people.revoke(store, DANA, account.id, "assessor", SLUG)
    assert not allowed(people.enter(store, identity, RULES), "mark", SLUG)
    people.edit(store, DANA, account.id, seen=account.row_version, name="Omar Haddad", left_on=dt.date(2026, 1, 2))
    with pytest.raises(Denied, match=r"no access for omar@example.com, who left; expected an administrator"):
        people.enter(store, identity, RULES)


def test_another_login_of_the_same_provider_is_not_let_in_by_the_address(store: Store) -> None:
    added(store, "omar@example.com", "viewer")
    people.enter(store, login(), RULES)
    with pytest.raises(Denied, match=r"another login of https://id\.example\.com has the address omar@example\.com"):
        people.enter(store, login("thief"), RULES)
    elsewhere = people.enter(store, login("omar2", issuer="https://other.example.com"), RULES)
    assert elsewhere.name == "omar@example.com"


def test_the_provider_knows_them_when_their_address_there_changes(store: Store) -> None:
    added(store, "omar@example.com", "viewer")
    people.enter(store, login(), RULES)
    assert people.enter(store, login(address="o.haddad@example.com"), RULES).name == "omar@example.com"


def test_somebody_with_two_addresses_is_one_person_under_each(store: Store) -> None:
    account = added(store, "omar@example.com", "viewer")
    people.add_address(store, DANA, account.id, "O.Haddad@Example.com")
    omar = people.enter(store, login("other", "o.haddad@example.com"), RULES)
    assert omar.name == "omar@example.com"
    assert all(map(omar.is_named, ("omar@example.com", "O.Haddad@example.com")))
    for address in ("o.haddad@example.com", "omar@example.com"):
        with pytest.raises(InputError, match="is somebody's address already; expected another one"):
            people.add(store, DANA, address)


def test_two_of_one_name_are_two_and_the_name_alone_means_neither(store: Store) -> None:
    added(store, "omar@example.com", "owner")
    alone = [people.enter(store, login(), RULES) for _ in range(2)][-1]
    assert alone.is_named("omar haddad")
    added(store, "haddad@example.com", "owner")
    omar = people.enter(store, login(), RULES)
    assert not omar.is_named("Omar Haddad")
    assert omar.is_named("omar@example.com")
    accounts = people.every(store, DANA)
    assert people.owner_named(accounts, "Omar Haddad") is None
    assert people.owner_named(accounts, "HADDAD@example.com") == found(store, "haddad@example.com")
    assert people.owner_named(accounts, "somebody else") is None


def test_a_login_ends_when_nobody_looks_and_after_the_longest_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(store, "omar@example.com", "viewer")
    identity = login()
    people.enter(store, identity, RULES)
    for _ in range(3):
        later(monkeypatch, minutes=59)
        people.enter(store, identity, RULES)
    later(monkeypatch, minutes=61)
    with pytest.raises(LoginEnded, match=r"your login has ended; expected a new one\."):
        people.enter(store, identity, RULES)
    busy = login()
    for _ in range(13):
        people.enter(store, busy, RULES)
        later(monkeypatch, minutes=55)
    later(monkeypatch, minutes=10)
    with pytest.raises(LoginEnded):
        people.enter(store, busy, RULES)


def test_a_login_that_was_ended_stays_so_whoever_has_its_cookie(store: Store) -> None:
    added(store, "omar@example.com", "viewer")
    first, second = login(), login(key="second")
    people.enter(store, first, RULES)
    people.enter(store, second, RULES)
    people.leave(store, first)
    with pytest.raises(LoginEnded):
        people.enter(store, first, RULES)
    assert people.enter(store, second, RULES).name == "omar@example.com"


def test_every_change_of_a_right_is_an_event_and_the_facts_fit(store: Store) -> None:
    account = added(store, "omar@example.com", "viewer")
    people.add_address(store, DANA, account.id, "o@example.com")
    people.edit(store, DANA, account.id, seen=account.row_version, name="Omar", left_on=None)
    people.enter(store, login(), RULES)
    people.grant(store, DANA, account.id, "admin", None)
    people.revoke(store, DANA, account.id, "viewer", SLUG)
    told = [event.sentence for event in reviews.activity(store, DANA) if event.subject.startswith("person")]
    assert told == [
        f"Omar is no longer viewer of {SLUG}",
        "Omar is now admin of every system",
        "Omar logged in for the first time with https://id.example.com",
        "Omar was renamed",
        "o@example.com is another address of Omar Haddad",
        f"Omar Haddad is now viewer of {SLUG}",
        "Omar Haddad was added",
    ]
    assert [check.name for check in admin.examine(DANA, store.url) if check.ok is False] == []


def test_the_last_who_administers_cannot_be_taken_away(store: Store) -> None:
    omar = added(store)
    people.grant(store, DANA, omar.id, "admin", None)
    with pytest.raises(InputError, match="nobody would be left to administer the store; expected another"):
        people.revoke(store, DANA, omar.id, "admin", None)
    with pytest.raises(InputError, match="nobody would be left"):
        people.edit(store, DANA, omar.id, seen=1, name="", left_on=dt.date(2026, 1, 2))
    people.grant(store, DANA, added(store, "rosa@example.com").id, "admin", None)
    people.revoke(store, DANA, omar.id, "admin", None)


def test_whoever_administers_one_system_gives_roles_on_that_one_alone(store: Store) -> None:
    omar = added(store)
    rosa = Principal.of("rosa@example.com", {"admin"}, {SLUG})
    people.grant(store, rosa, omar.id, "viewer", SLUG)
    for system in (None, "another"):
        with pytest.raises(Denied, match=r"rosa@example\.com may not administer the store"):
            people.grant(store, rosa, omar.id, "viewer", system)
    with pytest.raises(Denied):
        people.add(store, rosa, "new@example.com")
    evidence.add_assessment(
        store,
        DANA,
        files.whole().model_copy(update={"system": System(slug="night-desk", name="Night Desk")}),
        name="b.toml",
        digest="2" * 64,
        as_of=factories.TODAY,
    )
    people.grant(store, DANA, omar.id, "owner", "night-desk")
    people.grant(store, DANA, omar.id, "exporter", None)
    assert people.every(store, rosa)[0].grants == {Grant("viewer", SLUG), Grant("exporter")}, "no other system is named"


@pytest.mark.parametrize(("role", "system"), [("keeper", SLUG), ("boss", SLUG), ("", None)])
def test_there_are_no_other_roles(store: Store, role: str, system: str | None) -> None:
    with pytest.raises(InputError, match=f"there is no role '{role}'; expected one of {', '.join(ROLES)}"):
        people.grant(store, DANA, added(store).id, role, system)


def test_what_is_not_there_is_not_found_and_what_changed_is_a_conflict(store: Store) -> None:
    omar = added(store)
    with pytest.raises(NotFound, match="the system 'elsewhere' is not in the store"):
        people.grant(store, DANA, omar.id, "viewer", "elsewhere")
    with pytest.raises(NotFound, match="there is no person 99"):
        people.grant(store, DANA, 99, "viewer", SLUG)
    with pytest.raises(NotFound, match=f"Omar Haddad is not owner of {SLUG}"):
        people.revoke(store, DANA, omar.id, "owner", SLUG)
    people.edit(store, DANA, omar.id, seen=1, name="Omar H.", left_on=None)
    with pytest.raises(Conflict) as raised:
        people.edit(store, DANA, omar.id, seen=1, name="O. Haddad", left_on=None)
    assert raised.value.theirs == {"name": "Omar H."}


@pytest.mark.parametrize(
    ("grant", "problem"),
    [(Grant("boss"), "there is no role 'boss'"), (Grant("viewer", "elsewhere"), "'elsewhere' is not in the store")],
)
def test_somebody_is_added_with_all_their_roles_or_not_at_all(store: Store, grant: Grant, problem: str) -> None:
    head = queries.head(store)
    with pytest.raises(ReadinessError, match=problem):
        people.add(store, DANA, "omar@example.com", "Omar", [Grant("viewer"), grant])
    assert (queries.head(store), people.every(store, DANA)) == (head, [])
    done = people.add(store, DANA, "omar@example.com", "Omar", [Grant("viewer"), Grant("owner", SLUG)])
    assert done.sentence == f"Omar was added as viewer of every system and owner of {SLUG}"
    assert found(store, "omar@example.com").grants == {Grant("viewer"), Grant("owner", SLUG)}


@pytest.mark.parametrize("taken", ["rosa@example.com", "no address"])
def test_a_name_and_a_further_address_are_stored_together_or_not_at_all(store: Store, taken: str) -> None:
    added(store, "rosa@example.com", name="Rosa")
    omar, head = added(store), queries.head(store)

    def rename(other: str) -> Done:
        return people.edit(store, DANA, omar.id, seen=1, name="Omar H.", left_on=None, other=other)

    with pytest.raises(InputError):
        rename(taken)
    assert (queries.head(store), found(store, "omar@example.com")) == (head, omar)
    done = rename("o@example.com")
    assert done.sentence == "Omar H. was renamed; o@example.com is another address of Omar H."
    after = found(store, "o@example.com")
    assert (after.person.name, after.addresses) == ("Omar H.", ["o@example.com"])


@pytest.mark.parametrize("address", ["", "omar", "omar@", "a b@example.com", "<a@b>", "a@b,c@d", "x" * 260 + "@b.c"])
def test_what_is_no_address_is_refused(store: Store, address: str) -> None:
    with pytest.raises(InputError, match=r"^address: .* is no address; expected one such as name@example\.com\.$"):
        people.add(store, DANA, address)


def test_people_are_shown_by_name_to_whoever_may_read(store: Store) -> None:
    people.add_address(store, DANA, added(store).id, "o@example.com")
    added(store, "rosa@example.com", name=" ")
    names = {"omar@example.com": "Omar Haddad", "o@example.com": "Omar Haddad", "rosa@example.com": "rosa@example.com"}
    assert people.shown(store, Principal.of("x", {"viewer"}, {SLUG})) == names
    with pytest.raises(Denied):
        people.shown(store, Principal.of("x"))
    omar = found(store, "omar@example.com")
    people.edit(store, DANA, omar.id, seen=omar.row_version, name="Omar", left_on=dt.date(2026, 1, 2))
    assert people.shown(store, DANA)["o@example.com"] == "Omar (left)"
