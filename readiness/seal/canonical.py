"""JSON that has one form only (RFC 8785), so that the same facts have the same digest everywhere and for ever."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import rfc8785


def dumps(value: Any) -> bytes:
    """The value as UTF-8. Decimals and dates become texts; raises ValueError for what has no exact form.

    A float is refused: what it prints as is not what was measured.
    """
    return rfc8785.dumps(_exact(value))


def digest(body: bytes) -> str:
    """SHA-256 in hex, as a statement names it."""
    return hashlib.sha256(body).hexdigest()


def _exact(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _exact(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_exact(entry) for entry in value]
    raise ValueError(f"{type(value).__name__} has no exact form in JSON")
