"""Reminders: claimed before they are sent, given back where nobody took them, kept once somebody did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from sqlmodel import Session

from readiness import clock
from readiness.model.dossier import Done
from readiness.portfolio.digest import ReminderKey
from readiness.store import queries
from readiness.store.queries import reminders
from readiness.store.tables import ReminderRow

from .base import Said, recorded


def claim(session: Session, channel: str, keys: Collection[ReminderKey], given_up: dt.datetime) -> set[ReminderKey]:
    """Those that nobody else sends or sent; a claim from before `given_up` is of somebody who is gone."""
    free = set(keys) - reminders.sent(session, channel, given_up)
    for row in _rows(session, channel, free):
        session.delete(row)
    session.flush()
    for key in sorted(free):
        session.add(_row(session, channel, key))
    return free


def give_back(session: Session, channel: str, keys: Collection[ReminderKey]) -> None:
    for row in _rows(session, channel, keys):
        session.delete(row)


def keep(session: Session, actor: str, channel: str, keys: Collection[ReminderKey], sentence: Said) -> Done:
    """They were accepted, which stands in the audit chain from now on."""
    for row in _rows(session, channel, keys):
        row.sent_at = clock.now()
    told = [{**key._asdict(), "due": key.due.isoformat()} for key in sorted(keys)]
    detail = {"channel": channel, "gaps": told}
    return recorded(session, actor, "remind", "", "reminders", sentence, wrote=(), detail=detail)


def _row(session: Session, channel: str, key: ReminderKey) -> ReminderRow:
    number = queries.find_system(session, key.system).id
    fields = key._asdict()
    del fields["system"]
    return ReminderRow(**fields, system_id=number, channel=channel, claimed_at=clock.now())


def _rows(session: Session, channel: str, keys: Collection[ReminderKey]) -> Iterator[ReminderRow]:
    for key in sorted(keys):
        number = queries.find_system(session, key.system).id
        row = session.get(ReminderRow, (number, key.signal, key.owner, key.due, key.stage, channel))
        if row is not None:
            yield row
