"""vLLM's serving benchmark (https://docs.vllm.ai/en/latest/contributing/benchmarks.html): `vllm bench serve`.

With `--save-result` it writes one object: how many prompts were sent and came back, and mean, median and percentiles of
the time to the first token, of the time for each further one and, if asked for, of the whole request (`e2el`), each in
milliseconds. Figures are of the requests that came back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from readiness.importers.batch import Batch, Options
from readiness.importers.cases import loads
from readiness.importers.cases.loads import Group, Stated
from readiness.importers.cases.scored import LATENCY, UNNAMED, Run, number, to_batch
from readiness.importers.naming import label
from readiness.importers.settings import MODEL
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members, whole
from readiness.importers.source.streamed import without
from readiness.importers.spans.documents import keys_at
from readiness.language import marked
from readiness.model.cells import Cell

KEYS = {"num_prompts", "completed", "duration", "mean_ttft_ms"}
METRICS = {"e2el": LATENCY, "ttft": "ttft_ms", "tpot": "tpot_ms", "itl": "itl_ms"}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)_(e2el|ttft|tpot|itl)_ms")
_BY_REQUEST = tuple(
    (name,) for name in ("generated_texts", "itls", "ttfts", "input_lens", "output_lens", "errors", "start_times")
)
"""What `--save-detailed` writes of each request, none of which is a figure of the run."""
_NO_LATENCY = "the times of whole requests are not in it (--percentile-metrics e2el,ttft,tpot,itl writes them)"


class VllmBench:
    format = "vllm-bench"
    title = marked("vLLM serving benchmark (JSON)")

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip().startswith("{") and keys_at(source)[0] >= KEYS

    def read(self, source: Source, options: Options) -> Batch:
        """The figures that the benchmark states. Raises InputError where no request was sent."""
        document = members(without(source, *_BY_REQUEST, nan=True))
        run = Run(tool="vLLM", measured_on=_day(document.get("date")))
        at = whole(document.get("max_concurrency")) or loads.concurrency(options)
        version = label(document.get("label")) or UNNAMED
        for group in Group(version).at(at):
            run.stated += _cells(document, group)
        run.settings.add(version, {MODEL: document.get("model_id")})
        latency = any(cell.metric == LATENCY for cell in run.stated)
        run.notes += filter(None, ["" if latency else _NO_LATENCY, loads.told(at)])
        return to_batch(source, options, run, self.format)


IMPORTER = VllmBench()


def _day(stamp: object) -> dt.date | None:
    """The day of `20261129-101500`."""
    try:
        return dt.datetime.strptime(str(stamp)[:8], "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _cells(document: dict[str, Any], group: Group) -> Iterator[Cell]:
    sent, kept = whole(document.get("num_prompts")), whole(document.get("completed"))
    failed = whole(document.get("failed"))
    lost = sent - kept if failed is None and sent is not None and kept is not None else failed
    if kept is None or lost is None or lost < 0 or kept + lost == 0:
        return
    for name, metric in METRICS.items():
        stated = Stated(kept, number(document.get(f"mean_{name}_ms")), _levels(document, name))
        if kept and stated.mean is not None:
            yield group.cell(metric, "ms", "lower", kept, **stated.figures()).model_copy(update={"errors": lost})
    yield loads.failures(group, lost, kept + lost)


def _levels(document: dict[str, Any], name: str) -> dict[float, float]:
    levels = {0.5: number(document.get(f"median_{name}_ms"))}
    for key, value in document.items():
        if (match := _PERCENTILE.fullmatch(key)) and match[2] == name:
            levels[float(match[1]) / 100] = number(value)
    return {level: took for level, took in levels.items() if took is not None}
