"""Tokens of somebody who may do everything, as a program shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from readiness import clock
from readiness.access import GRANTS, Principal
from readiness.model.people import Token
from readiness.services import Store, tokens

DANA = Principal.of("dana@example.com", GRANTS)


def shown(store: Store, *actions: Any, systems: tuple[str, ...] = (), by: Principal = DANA) -> dict[str, str]:
    """The header with a new token."""
    until = clock.today() + dt.timedelta(days=2)
    asked = Token(name="test", actions=list(actions), systems=list(systems), expires_on=until)
    return {"Authorization": f"Bearer {tokens.issue(store, by, asked)[0]}"}
