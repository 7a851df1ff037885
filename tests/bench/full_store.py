"""A store as a large organisation has it, made through the services: `python -m tests.bench.full_store FILE`.

Five hundred systems of four assessments each with results, and one large system: twelve assessments, 35,000 cells over
two versions, and two hundred sampled traces. All is drawn from seeds, so that two stores of one size are alike.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from readiness import clock
from readiness.importers import Options
from readiness.model.assessment import AssessmentFile, Mark, System
from readiness.services import imports, open_store
from readiness.store import Store
from tests import factories, files

LARGE = "large-desk"
OWNERS = [f"{name}@example.com" for name in ("rosa", "omar", "dana", "mei", "jonas", "aiko", "lena", "tariq")]
WORDS = ("Claims", "Billing", "Freight", "Customs", "Policy", "Travel", "Payroll", "Support", "Search", "Onboarding")
KINDS = ("Copilot", "Desk", "Advisor", "Assistant", "Answers", "Intake", "Triage", "Summaries")
HISTORY, LARGE_HISTORY = 4, 12
MOST = 0.85
"""The share of answers that are good, at most: gaps stay open, however long a system is assessed."""
WORKFLOWS, COHORTS = 24, 48
"""Of the large system, which has a cell for each of them, for both at once and for all, in each metric and version."""
TRACES, SPANS = 200, 8
KINDS_OF_SPANS = ("request", "retrieval", "model", "tool")


def make(
    url: str,
    *,
    systems: int = 500,
    history: int = HISTORY,
    cells: int = 35_000,
    traces: int = TRACES,
    large_history: int = LARGE_HISTORY,
) -> None:
    """Write the store. `cells` and `traces` are those of the large system; without cells there is none."""
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(1, systems + 1):
            dice = random.Random(number)  # noqa: S311 - reproducible, not secret
            title = f"{dice.choice(WORDS)} {dice.choice(KINDS)} {number}"
            assess(store, folder, title, history, dice)
        if cells:
            assess(store, folder, "Large Desk", large_history, random.Random(0), cells=cells, traces=traces)  # noqa: S311


def assess(
    store: Store, folder: Path, title: str, history: int, dice: random.Random, *, cells: int = 0, traces: int = 0
) -> None:
    """One system with its assessments, a month apart, and the results that the last one rests on."""
    quality, today = dice.random(), clock.today()
    for step in range(1, history + 1):
        day = today - dt.timedelta(days=30 * (history - step) + dice.randrange(25))
        stated = _assessment(title, step, day, min(quality + 0.04 * step, MOST), dice)
        _keep(store, files.assessment(folder, stated, f"{step}.toml"), "")
    slug = title.lower().replace(" ", "-")
    rows = large_results(history, cells) if cells else small_results(history, dice)
    _keep(store, files.results(folder, *rows), slug)
    if traces:
        _keep(store, _spans(folder, f"v{history}", traces), slug)


def _assessment(title: str, step: int, day: dt.date, quality: float, dice: random.Random) -> AssessmentFile:
    whole = files.whole()
    marks = [mark if dice.random() < quality else _gap(mark, day, dice) for mark in whole.marks]
    stated = {"candidate": f"v{step}", "baseline": f"v{step - 1}", "assessed_on": day}
    assessment = whole.assessment.model_copy(update=stated | {"target_date": day + dt.timedelta(days=90)})
    system = System(slug=title.lower().replace(" ", "-"), name=title, description="", owner=dice.choice(OWNERS))
    return whole.model_copy(update={"system": system, "assessment": assessment, "marks": marks})


def _gap(mark: Mark, day: dt.date, dice: random.Random) -> Mark:
    due = day + dt.timedelta(days=dice.randrange(5, 90))
    value = dice.choice(("partial", "partial", "yes"))
    return factories.mark(mark.signal, value, owner=dice.choice(OWNERS), due=due)  # type: ignore[arg-type]


def small_results(history: int, dice: random.Random) -> list[str]:
    """Twenty cells: two metrics of both versions over all cases and in four languages."""
    return [
        f"v{version},*,{cohort},{metric},{value - dice.random() / 20:.3f},400"
        for version in (history - 1, history)
        for cohort in ("", *(f"language={language}" for language in ("de", "en", "fr", "ja")))
        for metric, value in (("task_success", 0.95), ("groundedness", 0.97))
    ]


def large_results(history: int, cells: int) -> list[str]:
    """As many cells as asked, by workflow and cohort, of as many metrics as that takes."""
    return [row for row, _ in zip(_large_results(history), range(cells), strict=False)]


def _large_results(history: int) -> Iterator[str]:
    dice = random.Random(history)  # noqa: S311
    workflows = ("*", *(f"workflow-{number:02}" for number in range(WORKFLOWS)))
    cohorts = ("", *(f"customer=customer-{number:02}" for number in range(COHORTS)))
    metrics = dict(files.GOOD) | {f"criterion_{number}": 0.9 for number in range(20)}
    for metric, value in metrics.items():
        for workflow in workflows:
            for cohort in cohorts:
                for version in (history - 1, history):
                    yield f"v{version},{workflow},{cohort},{metric},{value * (1 - dice.random() / 50):.4f},400"


def _spans(folder: Path, version: str, traces: int) -> Path:
    lines = []
    for number in range(traces):
        root = {
            "version": version,
            "workflow": f"workflow-{number % WORKFLOWS:02}",
            "path": ("golden", "bad", "uncertain")[number % 3],
        }
        for span in range(SPANS):
            stated: dict[str, object] = {
                "trace_id": f"trace-{number:04}",
                "span_id": f"s{span}",
                "parent_id": "s0" if span else "",
                "kind": KINDS_OF_SPANS[span % 4],
                "name": f"step {span}",
                "start": f"{clock.today()}T09:{number // 60:02}:{number % 60:02}Z",
                "duration_ms": 40 + number % 7,
                "status": "ok",
                "input": f"Where is shipment {number}? " * 5,
                "output": "It has left the port. " * 5,
            }
            lines.append(stated if span else stated | root)
    file = folder / "spans.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return file


def _keep(store: Store, path: Path, system: str) -> None:
    by = factories.principal()
    options = Options(measured_on=clock.today() if path.suffix == ".csv" else None)
    batch = imports.read(store, by, imports.ImportRequest(path=path, system=system, options=options))
    chosen = [trace.trace_id for trace in batch.traces] or None
    imports.keep(store, by, batch, system=system, as_of=clock.today(), chosen=chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--systems", type=int, default=500)
    parser.add_argument("--history", type=int, default=HISTORY)
    parser.add_argument("--cells", type=int, default=35_000)
    asked = parser.parse_args()
    began = time.monotonic()
    make(f"sqlite:///{asked.file}", systems=asked.systems, history=asked.history, cells=asked.cells)
    size = asked.file.stat().st_size / 2**20
    print(f"{asked.systems} systems and the large one: {size:.0f} MiB, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
