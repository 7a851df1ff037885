"""k6 (https://grafana.com/docs/k6/latest/results-output/end-of-test/): both summaries of a load test.

What `--summary-export` writes has the figures of a metric beside its thresholds, where true is a threshold that was
breached; what `handleSummary` is given has them under `values`, and thresholds say `ok`. In `http_req_failed` the
passes are the requests that failed. Single requests are in neither, so every figure is as stated, and requests that
failed are among those of the latency.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from readiness import english
from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import loads
from readiness.importers.cases.cells import Measure
from readiness.importers.cases.loads import Group, Stated
from readiness.importers.cases.scored import UNNAMED, Run, number, to_batch, usable
from readiness.importers.naming import WORKFLOWS, label
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.shapes import members, whole
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr
from readiness.model.cells import Cell
from readiness.model.record import ANY

DURATION, FAILED, REQUESTS = "http_req_duration", "http_req_failed", "http_reqs"
ABOUT_ANSWERS = ("expected_response", "status", "error", "error_code")
"""Tags that tell answers apart by how they came out, and no users."""
_NAMED = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PERCENTILE = re.compile(r"p\((\d{1,3}(?:\.\d+)?)\)")
_LEVELS = {"min": 0.0, "med": 0.5, "max": 1.0}


class K6:
    format = "k6"
    title = marked("k6 load test (summary JSON)")

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip().startswith("{") and {"metrics", "root_group"} <= keys_at(source)[0]

    def read(self, source: Source, options: Options) -> Batch:
        """Latency, failed requests and checks. Raises InputError where the summary tells of no request."""
        document = members(parse_json(source.text, file=source.name, nan=True))
        summary = Summary.of(members(document.get("metrics")))
        run = Run(tool="k6", stated=list(summary.cells(options)))
        if not run.stated:
            problem, expected = (
                tr("the summary tells of no requests over HTTP"),
                tr("figures of {duration} or {failed}", duration=DURATION, failed=FAILED),
            )
            raise InputError(problem, file=source.name, expected=expected)
        run.notes += summary.notes(options)
        return to_batch(source, options, run, self.format)


IMPORTER = K6()


@dataclass(frozen=True)
class Summary:
    """The metrics by name and tags, each with its figures, and the thresholds that were breached."""

    metrics: dict[tuple[str, str], dict[str, Any]]
    breached: list[str]

    @classmethod
    def of(cls, metrics: dict[str, Any]) -> Summary:
        figures, breached = {}, []
        for name, metric in metrics.items():
            stated = members(metric)
            match = _NAMED.fullmatch(name)
            key = (match[1].strip(), match[2]) if match else (name, "")
            figures[key] = members(stated["values"]) if "values" in stated else stated
            breached += [
                f"{name} {threshold}"
                for threshold, result in members(stated.get("thresholds")).items()
                if result is True or members(result).get("ok") is False
            ]
        return cls(figures, breached)

    def figure(self, name: str, of: str, tags: str = "") -> Any:
        return self.metrics.get((name, tags), {}).get(of)

    def concurrency(self) -> int | None:
        """The most virtual users at once; those that were made ready may be more than ever ran."""
        ready, active = (
            whole(self.figure(name, "max")) or whole(self.figure(name, "value")) for name in ("vus_max", "vus")
        )
        return min(ready, active) if ready and active else ready or active

    def cells(self, options: Options) -> Iterator[Cell]:
        for tags in dict.fromkeys(tags for name, tags in self.metrics if name in (DURATION, FAILED)):
            group = _group(tags, options)
            for one in group.at(self.concurrency()) if group else ():
                yield from self._requests(one, tags)
        for name, tags in self.metrics:
            if not tags and name not in (DURATION, FAILED) and usable(name):
                yield from self._rate(name)

    def _requests(self, group: Group, tags: str) -> Iterator[Cell]:
        failed, kept = (whole(self.figure(FAILED, of, tags)) for of in ("passes", "fails"))
        judged = None if failed is None or kept is None else failed + kept
        n = whole(self.figure(REQUESTS, "count", tags))
        n = whole(self.figure(DURATION, "count", tags)) if n is None else n
        n = judged if n is None else n
        mean, levels = number(self.figure(DURATION, "avg", tags)), self._levels(tags)
        if mean is not None or levels:
            yield loads.latency(group, Stated(n, mean, levels))
        if failed is not None and judged:
            yield loads.failures(group, failed, judged)

    def _levels(self, tags: str) -> dict[float, float]:
        levels = {}
        for name, value in self.metrics.get((DURATION, tags), {}).items():
            match = _PERCENTILE.fullmatch(name)
            level = float(match[1]) / 100 if match else _LEVELS.get(name)
            if level is not None and level <= 1 and (took := number(value)) is not None and took >= 0:
                levels[level] = took
        return levels

    def _rate(self, name: str) -> Iterator[Cell]:
        """Checks, and rates that the script counts itself."""
        passes, fails = (whole(self.figure(name, of)) for of in ("passes", "fails"))
        if passes is not None and fails is not None and passes + fails:
            measure = Measure("ratio", "higher" if name == "checks" else "unknown")
            yield Group(UNNAMED).share(name, measure, passes, passes + fails)

    def notes(self, options: Options) -> Iterator[str]:
        if self.breached:
            yield f"thresholds of the test that were breached: {english.few(self.breached)}"
        if self.concurrency():
            yield f"the figures are of the whole run with up to {self.concurrency()} virtual users, its ramps included"
        left_out = {tags for name, tags in self.metrics if name in (DURATION, FAILED) and not _group(tags, options)}
        if left_out:
            tags = english.few(sorted(left_out))
            yield f"left out, since the tags tell no single workflow or cohort of users: {tags}"


def _group(tags: str, options: Options) -> Group | None:
    """A tag that names a workflow, and one other; None for tags of answers and for several cohorts at once."""
    pairs = [(key.strip(), label(value)) for key, _, value in (part.partition(":") for part in tags.split(",") if part)]
    if any(not key or not value or key in ABOUT_ANSWERS for key, value in pairs):
        return None
    named = options.mapping.get("workflow")
    flows = (named,) if named else WORKFLOWS
    workflow = next((value for wanted in flows for key, value in pairs if key == wanted), ANY)
    others = [(key, value) for key, value in pairs if key not in flows]
    if len(others) > 1 or len(pairs) - len(others) > 1:
        return None
    dimension, value = others[0] if others else (ANY, ANY)
    return Group(UNNAMED, workflow, dimension, value)
