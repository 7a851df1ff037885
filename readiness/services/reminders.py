"""Reminders of due dates: what goes out next, and sending it, once each however many send at the same time.

A reminder is claimed in the store before it is sent, in a transaction for which others wait, and given back where
nobody accepts it. A process that ends in between leaves its claim, which holds for as long as `HELD`; whether the
reminder went out is not known then, and it is sent again rather than never.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from readiness import clock, formatting, names
from readiness.access import Principal, allowed, authorize_anywhere
from readiness.errors import InputError, ReadinessError
from readiness.language import tr, trn
from readiness.model.people import Account, Person
from readiness.outbound.channels import Sender
from readiness.portfolio import digest
from readiness.portfolio.digest import Digest, DueItem, Recipient
from readiness.store import Store, queries
from readiness.store.changes import reminders
from readiness.store.queries import reminders as sent_reminders

from . import decisions, gaps, people, portfolio

HELD = dt.timedelta(hours=1)
REMINDERS = "reminders"
"""What those wait for each other by who send some."""
_READER = Principal.of("readiness", {"viewer"})


@dataclass(frozen=True)
class SentDigest:
    """What became of a digest: one sentence, and whether it was accepted."""

    sentence: str
    accepted: bool


def due(store: Store, by: Principal, channel: str, *, as_of: dt.date) -> list[Digest]:
    """What goes out next by a channel, of the systems that this principal may send about and read. Raises Denied."""
    return _due(store, by, channel, as_of, lambda system: allowed(by, "read", system))


def withheld(store: Store, by: Principal, channel: str, *, as_of: dt.date) -> int:
    """How many items go out too, of systems that this principal may send about and not read. Raises Denied."""
    return sum(
        len(one.items) for one in _due(store, by, channel, as_of, lambda system: not allowed(by, "read", system))
    )


def _due(store: Store, by: Principal, channel: str, as_of: dt.date, among: Callable[[str], bool]) -> list[Digest]:
    """What goes out next of the systems that this principal may send about, as far as they are `among` those."""
    authorize_anywhere(by, "remind")
    conditions = decisions.open_conditions(store, _READER, as_of=as_of)
    every = [
        *map(DueItem.of_gap, gaps.every(store, _READER, as_of=as_of)),
        *(DueItem.of_condition(one, as_of) for one in conditions),
        *itertools.chain.from_iterable(map(DueItem.of_weeks, portfolio.at_hand(store, _READER, as_of=as_of))),
    ]
    found = [item for item in every if allowed(by, "remind", item.system) and among(item.system)]
    systems = {system.slug: system for system in queries.systems(store)}
    with store.reading() as session:
        accounts = queries.people.accounts(session)
        sent = sent_reminders.sent(session, channel, clock.now() - HELD)

    def whose(item: DueItem) -> Recipient:
        own = _recipient(accounts, item.owner)
        return own or _recipient(accounts, systems[item.system].owner) or Recipient("")

    return digest.due(found, whose, sent, as_of, {slug: system.name for slug, system in systems.items()})


def _recipient(accounts: Collection[Account], name: str) -> Recipient | None:
    """Whom a name means; None for nobody, and for somebody who left."""
    if names.is_none(name):
        return None
    account = people.owner_named(accounts, name)
    if account:
        return None if account.person.left_on else Recipient(account.person.shown, account.person.address)
    try:
        return Recipient(name, Person.checked(address=name).address)
    except InputError:
        return Recipient(name)


def send(store: Store, by: Principal, senders: Sequence[Sender], *, as_of: dt.date) -> list[SentDigest]:
    """Send what is due by each way, once; what one of them does not accept is due again. Raises Denied.

    Whoever sends need not read it.
    """
    return [
        _send(store, by, sender, one)
        for sender in senders
        for one in _due(store, by, sender.channel, as_of, lambda _: True)
        if one.keys
    ]


def _send(store: Store, by: Principal, sender: Sender, planned: Digest) -> SentDigest:
    whom = formatting.plain(planned.recipient.name) or tr("nobody")
    if sender.needs_address and not planned.recipient.address:
        return SentDigest(
            tr("{person} has no address; {subject} was not sent", person=whom, subject=planned.subject), accepted=False
        )
    with store.writing(REMINDERS) as session:
        free = reminders.claim(session, sender.channel, planned.keys, clock.now() - HELD)
    if not free:
        return SentDigest(tr("{person} was told by another process at the same time", person=whom), accepted=True)
    one = replace(planned, items=[(key, item) for key, item in planned.items if key in free])
    failed = _refusal(store, sender, one)
    if failed:
        return SentDigest(f"{whom}: {failed}", accepted=False)
    name = planned.recipient.name

    def sentence() -> str:
        told = {"person": formatting.plain(name) or tr("nobody"), "channel": sender.channel}
        return trn("Told {person} by {channel} of {n} gap", "Told {person} by {channel} of {n} gaps", len(free), **told)

    with store.writing(REMINDERS) as session:
        done = reminders.keep(session, by.name, sender.channel, free, sentence)
    return SentDigest(done.sentence, accepted=True)


def _refusal(store: Store, sender: Sender, one: Digest) -> str:
    """Why it was not accepted, after its claim was given back; empty where it was."""
    try:
        sender.send(one)
    except ReadinessError as exc:
        _give_back(store, sender.channel, one)
        return str(exc).rstrip(".")
    except BaseException:
        _give_back(store, sender.channel, one)
        raise
    return ""


def _give_back(store: Store, channel: str, one: Digest) -> None:
    with store.writing(REMINDERS) as session:
        reminders.give_back(session, channel, one.keys)
