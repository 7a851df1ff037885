"""Spans that come in live: kept before they are answered for, and made evidence of within seconds.

A day of a system is one file of evidence, which goes on while the day does; see docs/decisions/.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from readiness import clock, importers
from readiness.access import Grant, Principal, allowed, authorize, authorize_anywhere
from readiness.errors import NotFound, ReadinessError
from readiness.importers import Options, Source
from readiness.importers.formats.otlp import IMPORTER as OTLP
from readiness.importers.otlp import received
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.received import SpanBatch, SpanWindow, WaitingSpans
from readiness.store import Store, queries
from readiness.store.changes import received as changes

from . import _contents
from ._writing import write

QUIET = dt.timedelta(seconds=1)
"""Without anything new, after which what came is made evidence of."""
LONGEST = dt.timedelta(seconds=5)
"""That something new waits for quiet."""
MOST_SPANS = 1_000_000
"""Of one window: what is summarised within some 300 MiB and a few seconds; what comes after is another file."""
GRACE = dt.timedelta(minutes=2)
"""After the last of a day, until its window closes: for clocks that disagree, and for what is sent again."""
_TURN = dt.timedelta(seconds=60)
_PAUSES = dt.timedelta(seconds=5), dt.timedelta(seconds=60)
"""Between two times that a window is read, at least and at most: longer where it takes longer, or is older."""
_SHARE, _AGES = 10, 100


def own_system(by: Principal) -> str:
    """The only system that somebody may import into, as by a token for it; "" where there are more. Raises Denied."""
    authorize_anywhere(by, "import")
    systems = {grant.system for grant in by.grants if allowed(by, "import", grant.system or "")}
    return next(iter(systems)) or "" if len(systems) == 1 else ""


def refused(store: Store, by: Principal, systems: Collection[str]) -> dict[str, ReadinessError]:
    """Why spans of some of these systems are not taken: what `keep` would raise for them."""
    wrong: dict[str, ReadinessError] = {}
    for slug in systems:
        try:
            _admit(store, by, slug)
        except ReadinessError as exc:
            wrong[slug] = exc
    return wrong


def _admit(store: Store, by: Principal, slug: str) -> None:
    if not slug:
        authorize_anywhere(by, "import")
        expected = tr(
            "a token for one system, or the resource attribute {system} or {service}",
            system=received.SYSTEM,
            service=received.SERVICE,
        )
        raise NotFound(tr("it is not said which system the spans are of"), expected=expected)
    authorize(by, "import", slug)
    with store.reading() as session:
        queries.refuse_archived(session, slug)
        queries.find_system(session, slug)


def keep(store: Store, by: Principal, batches: Sequence[SpanBatch]) -> int:
    """Keep what was received, so that no end of the process loses it; how many spans. Raises what `refused` gives."""
    for slug in {batch.system for batch in batches}:
        authorize(by, "import", slug)
    with store.receiving() as session:
        changes.keep(session, batches)
    return sum(batch.spans for batch in batches)


class Due(NamedTuple):
    """Of which systems and days evidence is to be made now, the earliest first; `behind` spans are none yet in all."""

    now: list[WaitingSpans]
    behind: int


def due(store: Store, by: Principal) -> Due:
    """What of all that was received is to be made evidence of. Raises Denied."""
    authorize(by, "spans.fold")
    now, today, every = clock.now(), clock.today(), queries.received.waiting(store)
    return Due([one for one in every if _is_due(one, now, today)], sum(one.new for one in every))


def _is_due(waiting: WaitingSpans, now: dt.datetime, today: dt.date) -> bool:
    if waiting.free_from and waiting.free_from > now:
        return False
    if waiting.first is None or waiting.last is None:
        return _is_over(waiting.day, now, today)
    return now - waiting.last >= QUIET or now - waiting.first >= LONGEST


def _is_over(day: dt.date, now: dt.datetime, today: dt.date) -> bool:
    return day < today and now - clock.end_of(day) > GRACE


def fold(store: Store, by: Principal, slug: str, day: dt.date) -> Done:
    """Make evidence of what was received of a system on a day. Raises Denied, FilesChanged and what storing raises."""
    authorize(by, "spans.fold", slug)
    began = time.monotonic()
    with store.receiving() as session:
        if not changes.take_turn(session, slug, clock.now() + _TURN):
            return Done(tr("the spans of {slug} are read already", slug=slug), changed=False)
    window, pause = None, _PAUSES[0]
    try:
        over = _is_over(day, clock.now(), clock.today())
        window = queries.received.window(store, slug, day, most=MOST_SPANS, over=over)
        if window is None:
            return Done(tr("nothing was received of {slug}", slug=slug), changed=False)
        return _folded(store, window)
    finally:
        if window and not window.closes:
            pause = _pause(time.monotonic() - began, clock.now() - window.began)
        with store.receiving() as session:
            changes.end_turn(session, slug, clock.now() + (pause if window and not window.closes else dt.timedelta(0)))


def _pause(took: float, age: dt.timedelta) -> dt.timedelta:
    least, most = _PAUSES
    return min(most, max(least, dt.timedelta(seconds=took * _SHARE), age / _AGES))


def _folded(store: Store, window: SpanWindow) -> Done:
    """As whoever sent the last of it would have stored the same spans in a file."""
    slug = window.system
    sender = Principal(window.sent_by, frozenset({Grant("assessor", slug)}), only=frozenset({"import"}))
    today = clock.today()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spans.jsonl"
        with path.open("wb") as file:
            for body in queries.received.bodies(store, window.batches):
                file.write(received.plain(body))
        options = Options(
            mapping=queries.received.mapped(store, slug, [OTLP.format]), labelled=queries.labelled(store, slug)
        )
        batch = importers.read_received(Source.open(path, window.name), options)
    contents = _contents.contents(store, sender, batch, slug, today)
    return write(
        store, sender, "import", slug, lambda session: changes.fold(session, sender.name, window, contents, as_of=today)
    )
