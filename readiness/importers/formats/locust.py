"""Locust (https://docs.locust.io/en/stable/retrieving-stats.html): the JSON and the CSV of the statistics of a test.

The JSON has a histogram for each name, of milliseconds rounded to two digits, with the requests that failed among
them; the CSV states quantiles of it, is written once a second, and so may be older than the JSON of the same run. Its
last row sums up the others. Neither says how many users there were.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from readiness.importers.batch import Batch, Options
from readiness.importers.cases import csv_rows, loads
from readiness.importers.cases.loads import Group, Stated
from readiness.importers.cases.scored import UNNAMED, Run, number, to_batch
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members, whole
from readiness.importers.spans.documents import keys_at
from readiness.language import marked
from readiness.model.cells import QUANTILES
from readiness.model.record import ANY

KEYS = {"num_requests", "num_failures", "response_times"}
COLUMNS = {"Request Count", "Failure Count", "Median Response Time", "Average Response Time"}
AGGREGATED = "Aggregated"
ROUNDED, HALF = 0.05, 0.5
"""How far a rounded time may be off: two digits are within a twentieth, whole milliseconds within a half."""


class Locust:
    format = "locust"
    title = marked("Locust load test (statistics: JSON, CSV)")

    def sniff(self, source: Source) -> bool:
        if source.head_text.lstrip()[:1] in ("[", "{"):
            return keys_at(source)[0] >= KEYS
        return csv_rows.header(source) >= COLUMNS

    def read(self, source: Source, options: Options) -> Batch:
        """Latency and failures by name and of all. Raises InputError where the statistics hold no request."""
        run = Run(tool="Locust")
        parts = list(_of_json(source, run) if source.head_text.lstrip()[:1] in ("[", "{") else _of_csv(source, run))
        at = loads.concurrency(options)
        for part in parts:
            for group in Group(UNNAMED, part.workflow).at(at):
                run.stated.append(loads.latency(group, part.stated))
                run.stated.append(loads.failures(group, part.failed, part.n))
        run.notes += filter(None, [loads.told(at)])
        return to_batch(source, options, run, self.format)


IMPORTER = Locust()


@dataclass(frozen=True)
class NamedRequests:
    """The requests of one name, or of all."""

    workflow: str
    n: int
    failed: int
    stated: Stated


def _of_json(source: Source, run: Run) -> Iterator[NamedRequests]:
    """Each name by its histogram, and all of them by the sum of the histograms."""
    document = source.json
    entries = document if isinstance(document, list) else [document]
    used: list[Histogram] = []
    for at, entry in enumerate(entries):
        one = Histogram.of(members(entry))
        if one is None:
            run.skip(f"[{at}]", "the entry does not state requests, failures and times that go together")
        elif one.n:
            used.append(one)
            run.ran_at(one.last)
    twice = Counter(one.name for one in used)
    for one in used:
        yield one.part(one.name if twice[one.name] == 1 else label(one.method, one.name))
    if len(used) > 1:
        yield Histogram.all(used).part(ANY)
    elif used:
        yield used[0].part(ANY)


@dataclass(frozen=True)
class Histogram:
    """How often each rounded time came; requests without a time are counted in `n` alone."""

    name: str
    method: str
    n: int
    failed: int
    total: float
    times: Mapping[float, int]
    last: object = None

    @classmethod
    def of(cls, entry: Mapping[str, object]) -> Histogram | None:
        n, failed, total = (
            whole(entry.get("num_requests")),
            whole(entry.get("num_failures")),
            number(entry.get("total_response_time")),
        )
        times = {_time(time): whole(often) for time, often in members(entry.get("response_times")).items()}
        timed = {time: often for time, often in times.items() if time is not None and often is not None}
        if n is None or failed is None or total is None or len(timed) < len(times) or failed > n or total < 0:
            return None
        if sum(timed.values()) != n - (whole(entry.get("num_none_requests")) or 0):
            return None
        name = label(entry.get("name")) or "no name"
        return cls(name, label(entry.get("method")), n, failed, total, timed, entry.get("last_request_timestamp"))

    @classmethod
    def all(cls, parts: list[Histogram]) -> Histogram:
        times: Counter[float] = Counter()
        for part in parts:
            times.update(part.times)
        sums = (sum(part.n for part in parts), sum(part.failed for part in parts))
        return cls("", "", *sums, math.fsum(part.total for part in parts), times)

    def part(self, workflow: str) -> NamedRequests:
        timed = sum(self.times.values())
        stated = Stated(timed, self.total / timed if timed else None, self._levels(timed), ROUNDED, HALF)
        return NamedRequests(workflow, self.n, self.failed, stated)

    def _levels(self, n: int) -> dict[float, float]:
        """Times by level: quantiles as the tool draws them, and the limits of their ranks."""
        ranks = {level: n - int(n * (1 - level)) for level in (0.0, *QUANTILES.values(), 1.0)} if n else {}
        ranks |= {(rank - 1) / (n - 1): rank for rank in _around(n)} if n > 1 else {}
        levels, below = {}, 0
        waiting = sorted((max(rank, 1), level) for level, rank in ranks.items())
        for time, often in sorted(self.times.items()):
            below += often
            while waiting and waiting[0][0] <= below:
                levels[waiting.pop(0)[1]] = time
        return levels


def _around(n: int) -> Iterator[int]:
    yield from (rank for level in QUANTILES.values() for rank in loads.ranks(n, level) if 1 <= rank <= n)


def _time(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdecimal() and len(text) < 15 else None


def _of_csv(source: Source, run: Run) -> Iterator[NamedRequests]:
    """Each row as it states itself; the row of all is the last, and has no type."""
    run.notes.append("a CSV of Locust may be older than the end of its run; the JSON holds every request")
    for place, cells, uneven in csv_rows.rows(source):
        part = _row(cells)
        if part is None:
            run.skip(place, uneven or "the row does not state requests, failures and times")
        elif part.n:
            yield part


def _row(row: Mapping[str, str]) -> NamedRequests | None:
    n, failed = (_figure(row.get(name, "")) for name in ("Request Count", "Failure Count"))
    mean = _figure(row.get("Average Response Time", ""))
    if n is None or failed is None or mean is None or not n.is_integer() or not 0 <= failed <= n < 2**31:
        return None
    named = {"Min Response Time": 0.0, "Median Response Time": 0.5} | {
        name: float(name[:-1]) / 100 for name in row if name.endswith("%") and _figure(name[:-1]) is not None
    }
    levels = {level: time for name, level in named.items() if (time := _figure(row.get(name, ""))) is not None}
    every = row.get("Name") == AGGREGATED and not row.get("Type")
    workflow = ANY if every else label(row.get("Name")) or "no name"
    stated = Stated(int(n), mean, {at: time for at, time in levels.items() if 0 <= at <= 1}, ROUNDED, HALF)
    return NamedRequests(workflow, int(n), int(failed), stated)


def _figure(text: str) -> float | None:
    """A figure of 0 or more; None for N/A and the like."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
