"""Traces: the label and lesson that a person gives, and which of their texts may leave."""

from __future__ import annotations

from collections.abc import Collection

from readiness.access import Principal, allowed
from readiness.model.dossier import Done
from readiness.model.traces import Excerpt, NamedTrace, TracePath
from readiness.store import Store, queries
from readiness.store.changes import evidence, excerpts

from ._writing import write


def named(store: Store, by: Principal, slugs: Collection[str], text: str, *, most: int) -> list[NamedTrace]:
    """Those of some systems that this principal may read whose id, workflow or lesson holds a text, newest first."""
    readable = [slug for slug in slugs if allowed(by, "read", slug)]
    return queries.traces.named(store, readable, text, most)


def label(
    store: Store, by: Principal, slug: str, trace_id: int, path: TracePath | None, note: str, *, seen: int
) -> Done:
    """Say which path a trace shows, and its lesson in one line. Raises Denied, NotFound, InputError and Conflict."""
    return write(
        store,
        by,
        "trace.label",
        slug,
        lambda session: evidence.label_trace(session, by.name, slug, trace_id, path, note, seen=seen),
    )


def release(store: Store, by: Principal, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Release a text as it was seen. Raises Denied, NotFound, and Conflict where another text stands there now."""
    return write(
        store, by, "text.release", slug, lambda session: excerpts.release(session, by.name, slug, trace_id, seen)
    )


def withdraw(store: Store, by: Principal, slug: str, trace_id: int, seen: Excerpt) -> Done:
    """Take back that a text may leave; packs that were made before keep it. Raises Denied and NotFound."""
    return write(
        store, by, "text.release", slug, lambda session: excerpts.withdraw(session, by.name, slug, trace_id, seen)
    )
