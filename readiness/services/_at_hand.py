"""What was read of every system stays at hand, and is read again only of systems that were written to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from threading import Lock
from typing import Generic, TypeVar

from readiness.store import Store, queries

T = TypeVar("T")


class AtHand(Generic[T]):
    """`read` tells the same of all systems, or of those that are named, by their slugs; for one `asked` at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: Hashable = None
        self._known: dict[str, tuple[str, T | None]] = {}
        self._head = ""
        self._told: Mapping[str, tuple[str, T]] = {}

    def every(
        self, store: Store, asked: Hashable, read: Callable[[Collection[str] | None], Mapping[str, T]]
    ) -> Mapping[str, tuple[str, T]]:
        """What there is of each system, by its slug, with the hash of the event after which it was read."""
        with self._lock:
            head = queries.head(store)  # before what is read, which may be newer than it and is then read again
            if (asked, head) == (self._asked, self._head):
                return self._told
            heads = queries.heads(store)
            if asked != self._asked:
                self._asked, self._known = asked, {}
            changed = {slug for slug, head in heads.items() if self._known.get(slug, ("",))[0] != head}
            few = changed if len(changed) < len(heads) // 2 else None
            found = read(few) if changed else {}
            fresh = {slug: (heads[slug], found.get(slug)) for slug in changed}
            self._known = {slug: fresh.get(slug) or self._known[slug] for slug in heads}
            self._head = head
            self._told = {slug: (last, one) for slug, (last, one) in self._known.items() if one is not None}
            return self._told
