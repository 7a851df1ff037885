"""GuideLLM's report (https://github.com/vllm-project/guidellm): benchmarks of a model's server at one load each.

A benchmark states how many requests succeeded, errored and were cut off when it ended, which are neither; figures are
of those that succeeded. `request_latency` is in seconds, what ends in `_ms` in milliseconds. The load is a number of
requests at once, or a rate at which they come.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from readiness import english
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import loads
from readiness.importers.cases.loads import CONCURRENCY, Group, Stated
from readiness.importers.cases.scored import UNNAMED, Run, number, to_batch
from readiness.importers.naming import label
from readiness.importers.settings import MODEL
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import items, members, whole
from readiness.importers.source.streamed import without
from readiness.importers.spans.documents import keys_at
from readiness.language import marked
from readiness.model.cells import Cell

LATENCY = "request_latency"
OTHERS = {
    "time_to_first_token_ms": "ttft_ms",
    "time_per_output_token_ms": "tpot_ms",
    "inter_token_latency_ms": "itl_ms",
}
"""The times of a stream of tokens, under the names that are common for them."""
RATE = "request_rate"
_REQUESTS = tuple(("benchmarks", "", "requests", how) for how in ("successful", "incomplete", "errored", "total"))
"""Every request with its text, which is most of the file and none of the figures."""
_LEVELS = {"p001": 0.001, "p01": 0.01, "p05": 0.05, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9}
_LEVELS |= {"p95": 0.95, "p99": 0.99, "p999": 0.999}


class GuideLLM:
    format = "guidellm"
    title = marked("GuideLLM benchmarks (JSON)")

    def sniff(self, source: Source) -> bool:
        if not source.head_text.lstrip().startswith("{"):
            return False
        outer, inner = keys_at(source)
        return "benchmarks" in outer and bool({"guidellm_version", "request_totals", "run_stats"} & inner)

    def read(self, source: Source, options: Options) -> Batch:
        """The figures of each benchmark. Raises InputError where none of them ended with a request."""
        document = members(without(source, *_REQUESTS, nan=True))
        stated = members(document.get("metadata"))
        run = Run(tool="GuideLLM", tool_version=str(stated.get("guidellm_version") or "")[:300])
        version = _version(document)
        benchmarks = items(document.get("benchmarks"))
        for at, benchmark in enumerate(map(members, benchmarks)):
            cells = list(_cells(benchmark, version, alone=len(benchmarks) == 1))
            run.stated += cells
            if not cells:
                run.skip(f"benchmarks[{at}]", "the benchmark states no requests")
            run.ran_at(benchmark.get("end_time"))
            run.notes += _cut_off(at, benchmark)
        run.settings.add(version, {MODEL: members(_spec(document).get("backend")).get("model")})
        return to_batch(source, options, run, self.format)


IMPORTER = GuideLLM()


def _spec(document: dict[str, Any]) -> dict[str, Any]:
    return members(members(document.get("config")).get("spec"))


def _version(document: dict[str, Any]) -> str:
    described = members(members(document.get("config")).get("metadata"))
    return label(members(described.get("labels")).get("version")) or UNNAMED


def _totals(benchmark: dict[str, Any]) -> dict[str, Any]:
    metrics = members(benchmark.get("metrics"))
    return members(metrics.get("request_totals")) or members(benchmark.get("request_totals"))


def _cut_off(at: int, benchmark: dict[str, Any]) -> Iterator[str]:
    if cut := whole(_totals(benchmark).get("incomplete")):
        yield f"{english.counted(cut, 'request')} of benchmarks[{at}] were cut off when it ended, and count as neither"


def _cells(benchmark: dict[str, Any], version: str, *, alone: bool) -> Iterator[Cell]:
    metrics, totals = members(benchmark.get("metrics")), _totals(benchmark)
    kept, errored = whole(totals.get("successful")), whole(totals.get("errored"))
    if kept is None or errored is None or kept + errored == 0:
        return
    at = _load(benchmark)
    groups = [Group(version)] if alone else []
    groups += [Group(version, dimension=at[0], value=at[1])] if at else []
    for group in groups or [Group(version)]:
        took = _stated(members(metrics.get(LATENCY)).get("successful"), 1000)
        if took:
            yield loads.latency(group, took).model_copy(update={"errors": errored})
        yield loads.failures(group, errored, kept + errored)
        for name, metric in OTHERS.items():
            if other := _stated(members(metrics.get(name)).get("successful"), 1, kept):
                yield group.cell(metric, "ms", "lower", other.n, **other.figures())


def _load(benchmark: dict[str, Any]) -> tuple[str, str] | None:
    """How many at once, or at which rate; one after another is one at once."""
    strategy = members(members(benchmark.get("config")).get("strategy"))
    strategy = strategy or members(members(benchmark.get("args")).get("strategy"))
    kind = strategy.get("type_")
    at = whole(strategy.get("streams")) or whole(strategy.get("max_concurrency"))
    rate = number(strategy.get("rate"))
    if kind == "synchronous":
        return CONCURRENCY, "1"
    if rate and kind != "concurrent":
        return RATE, f"{rate:g}"
    return (CONCURRENCY, str(at)) if at else None


def _stated(value: object, scale: float, most: int = 2**31) -> Stated | None:
    """A distribution as the report states it, brought to milliseconds.

    Tokens of one request are no independent values, so `n` counts the requests: `most` of them.
    """
    told = members(value)
    n, mean = whole(told.get("count")), number(told.get("mean"))
    if not n or mean is None:
        return None
    named = {**members(told.get("percentiles"))}
    levels = {level: named.get(name) for name, level in _LEVELS.items()}
    levels |= {0.0: told.get("min"), 0.5: levels[0.5] or told.get("median"), 1.0: told.get("max")}
    figures = {level: took * scale for level, given in levels.items() if (took := number(given)) is not None}
    return Stated(min(n, most), mean * scale, {level: took for level, took in figures.items() if math.isfinite(took)})
