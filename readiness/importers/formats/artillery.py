"""Artillery's report (https://www.artillery.io/docs/reference/reported-metrics): `artillery run --output`.

`aggregate` holds the figures of the whole run; `intermediate` are windows of it and no more requests. Times are in
milliseconds and hold the answers with a status of 4xx and 5xx; a request without an answer has no time. Its quantiles
come from a sketch with a relative error of 1 %. A plugin states them by endpoint too, which is a workflow here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import loads
from readiness.importers.cases.loads import Group, Stated
from readiness.importers.cases.scored import UNNAMED, Run, day, number, to_batch
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members, whole
from readiness.importers.source.streamed import without
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr
from readiness.model.cells import Cell

TIMES = "http.response_time"
BY_ENDPOINT = "plugins.metrics-by-endpoint."
SKETCH = 0.01
_LEVELS = {"min": 0.0, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1.0}
_CODE = re.compile(r"codes\.(\d{3})")
_NAMED = re.compile(r"\S+ \((.+)\)")
"""An endpoint that its scenario names: `/chat/claims (claims)`."""


class Artillery:
    format = "artillery"
    title = marked("Artillery load test (report JSON)")

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip().startswith("{") and {"aggregate", "intermediate"} <= keys_at(source)[0]

    def read(self, source: Source, options: Options) -> Batch:
        """Latency and failures, of all requests and by endpoint. Raises InputError where there are none."""
        whole_run = members(members(without(source, ("intermediate",))).get("aggregate"))
        report = RunReport(members(whole_run.get("summaries")), members(whole_run.get("counters")))
        at = loads.concurrency(options)
        run = Run(tool="Artillery", measured_on=day(whole_run.get("lastCounterAt")))
        run.stated += report.all(at)
        for endpoint in report.endpoints():
            run.stated += report.of(endpoint, at)
        if not run.stated:
            problem = tr("the report tells of no requests over HTTP")
            raise InputError(problem, file=source.name, expected=tr("{times} among the summaries", times=TIMES))
        run.notes += filter(None, [loads.told(at)])
        return to_batch(source, options, run, self.format)


IMPORTER = Artillery()


@dataclass(frozen=True)
class RunReport:
    """What is stated of the whole run."""

    summaries: dict[str, Any]
    counters: dict[str, Any]

    def all(self, at: int | None) -> Iterator[Cell]:
        answers, broken = self._answers("http.")
        requests = whole(self.counters.get("http.requests"))
        n = answers if requests is None else max(requests, answers)
        yield from _cells(Group(UNNAMED), at, self._stated(TIMES), broken + n - answers, n)

    def endpoints(self) -> list[str]:
        start = f"{BY_ENDPOINT}response_time."
        return [name.removeprefix(start) for name in self.summaries if name.startswith(start)]

    def of(self, endpoint: str, at: int | None) -> Iterator[Cell]:
        """One endpoint, by the name that its scenario gives it, where it has one."""
        match = _NAMED.fullmatch(endpoint)
        workflow = label(match[1] if match else endpoint)
        answers, broken = self._answers(f"{BY_ENDPOINT}{endpoint}.")
        lost = self._sum(f"{BY_ENDPOINT}{endpoint}.errors.")
        stated = self._stated(f"{BY_ENDPOINT}response_time.{endpoint}")
        yield from _cells(Group(UNNAMED, workflow), at, stated, broken + lost, answers + lost) if workflow else ()

    def _answers(self, start: str) -> tuple[int, int]:
        """How many there were, and how many of them with a status from 400."""
        codes = {
            int(match[1]): whole(often) or 0
            for name, often in self.counters.items()
            if name.startswith(start) and (match := _CODE.fullmatch(name.removeprefix(start)))
        }
        return sum(codes.values()), sum(often for code, often in codes.items() if code >= 400)

    def _sum(self, start: str) -> int:
        return sum(whole(often) or 0 for name, often in self.counters.items() if name.startswith(start))

    def _stated(self, name: str) -> Stated | None:
        summary = members(self.summaries.get(name))
        levels = {level: took for key, level in _LEVELS.items() if (took := number(summary.get(key))) is not None}
        n = whole(summary.get("count"))
        return Stated(n, number(summary.get("mean")), levels, SKETCH) if n and levels else None


def _cells(group: Group, at: int | None, stated: Stated | None, failed: int, n: int) -> Iterator[Cell]:
    for one in group.at(at):
        if stated:
            yield loads.latency(one, stated)
        if n:
            yield loads.failures(one, failed, n)
