"""What was written last, by which whoever keeps what they read knows whether it still holds."""

from __future__ import annotations

from readiness.access import Principal, authorize, authorize_anywhere
from readiness.store import Store, queries


def head(store: Store, by: Principal, system: str = "") -> str:
    """Another one after every write, or every one about a system but notes: what was read is known by it.

    Raises Denied.
    """
    if system:
        authorize(by, "read", system)
    else:
        authorize_anywhere(by, "read")
    return queries.head(store, system)
