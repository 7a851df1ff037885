"""Who was reminded of what."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from readiness.portfolio.digest import ReminderKey
from readiness.store.tables import ReminderRow, SystemRow


def sent(session: Session, channel: str, given_up: dt.datetime) -> set[ReminderKey]:
    """What was sent by a channel, or is being sent since that instant."""
    query = (
        select_columns(
            col(SystemRow.slug),
            *(getattr(ReminderRow, name) for name in ("signal", "owner", "due", "stage")),
        )
        .join(SystemRow, col(SystemRow.id) == ReminderRow.system_id)
        .where(
            col(ReminderRow.channel) == channel,
            or_(col(ReminderRow.sent_at).is_not(None), col(ReminderRow.claimed_at) > given_up),
        )
    )
    return {ReminderKey(*row) for row in session.connection().execute(query)}
