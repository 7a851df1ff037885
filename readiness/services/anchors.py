"""The head of the audit chain, kept where whoever can change the store cannot: in a file, with a stamp of its time.

A chain protects its events from a change of one of them, not from being cut off or worked out anew as a whole. An
anchor is one JSON line of a file outside the store: the number and the hash of the last event, and where a timestamp
server was asked, its answer (RFC 3161), which says that this hash existed at that time.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from readiness import clock, formatting
from readiness.access import Principal, authorize
from readiness.errors import InputError
from readiness.language import tr
from readiness.store import Store, queries

from . import _timestamps

_LONGEST = 64 * 1024
"""Bytes of one line: a stamp with its certificates takes about 10,000."""


@dataclass(frozen=True)
class Anchor:
    """The last event at an instant, its hash, and the answer of a timestamp server, if one was asked."""

    at: dt.datetime
    event: int
    head: str
    stamp: bytes | None = None


@dataclass(frozen=True)
class AnchorStatus:
    """How many anchors were held against the chain, how many of them bear a stamp, and what does not fit."""

    anchors: int
    stamped: int
    faults: tuple[str, ...]


def anchor(store: Store, by: Principal, path: Path, server: str = "") -> Anchor:
    """Append the head to a file, with the stamp of a server if one is named. Raises Denied, InputError, StoreError."""
    authorize(by, "administer")
    status = queries.chain(store)
    if status.broken_at is not None or not status.events:
        problem = (
            tr("the audit chain is broken at event {event}", event=status.broken_at)
            if status.events
            else tr("there is no event yet")
        )
        raise InputError(problem, file=store.name, expected=tr("a whole chain"))
    stamp = _timestamps.request(server, status.head) if server else None
    made = Anchor(clock.now(), status.events, status.head, stamp)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(_line(made))
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        expected = tr("a file that may be appended to")
        raise InputError(
            tr("the anchor cannot be kept ({reason})", reason=exc.strerror), file=str(path), expected=expected
        ) from exc
    return made


def held(store: Store, by: Principal, path: Path, certificate: Path | None = None) -> AnchorStatus:
    """Hold every anchor of a file against the chain as it is now.

    The stamps are held against the certificate of a root of the timestamp server; without one only what they speak of
    is. Raises Denied, InputError.
    """
    authorize(by, "administer")
    anchors = _read(path)
    root = _timestamps.root(certificate) if certificate else None
    hashes = queries.hashes(store, [kept.event for kept in anchors])
    faults = [_fault(kept, hashes.get(kept.event), root) for kept in anchors]
    told = [tr("line {line}: {fault}", line=number, fault=fault) for number, fault in enumerate(faults, 1) if fault]
    return AnchorStatus(len(anchors), sum(kept.stamp is not None for kept in anchors), tuple(told))


def _fault(kept: Anchor, now: str | None, root: Certificate | None) -> str:
    """What does not fit an anchor: its stamp, or else the hash that its event has now; "" where nothing."""
    if kept.stamp and (fault := _timestamps.fault(kept.stamp, kept.head, root)):
        return fault
    when = {"event": kept.event, "day": formatting.day(kept.at)}
    if now is None:
        return tr("event {event}, anchored on {day}, is gone: the chain was cut off", **when)
    if now == kept.head:
        return ""
    return tr("event {event}, anchored on {day}, has another hash now: the chain was worked out anew", **when)


def _line(kept: Anchor) -> bytes:
    stamp = {"stamp": base64.b64encode(kept.stamp).decode()} if kept.stamp else {}
    return json.dumps({"at": kept.at.isoformat(), "event": kept.event, "head": kept.head} | stamp).encode() + b"\n"


def _read(path: Path) -> list[Anchor]:
    try:
        with path.open("rb") as file:
            lines = list(iter(lambda: file.readline(_LONGEST), b""))
    except OSError as exc:
        expected = tr("a file that readiness anchor wrote")
        raise InputError(
            tr("the anchors cannot be read ({reason})", reason=exc.strerror), file=str(path), expected=expected
        ) from exc
    return [_parsed(line, path, number) for number, line in enumerate(lines, 1)]


def _parsed(line: bytes, path: Path, number: int) -> Anchor:
    try:
        value: dict[str, Any] = json.loads(line)
        stamp = base64.b64decode(value["stamp"], validate=True) if "stamp" in value else None
        return Anchor(dt.datetime.fromisoformat(value["at"]), int(value["event"]), str(value["head"]), stamp)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as exc:
        raise InputError(
            tr("the line is no anchor"),
            file=str(path),
            place=tr("line {line}", line=number),
            expected=tr("one that readiness anchor wrote"),
        ) from exc
