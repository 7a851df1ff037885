"""How what people wait for grows with what is stored: `python -m tests.bench.growth`.

For each thing that grows there are stores of four sizes, each twice the one before, made through the services. The
processor time is the least of five runs, and the exponent is the slope of a line through the logarithms: 1 is as much
again for as much again, 0 is the same whatever is stored.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import math
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from readiness import clock
from readiness.services import gaps, open_store, portfolio, reviews
from readiness.store import Store, queries
from readiness.web.serve import COLLECTED
from tests import factories
from tests.bench import full_store

BY = factories.principal()
Work = Callable[[Store], object]


def look(store: Store) -> object:
    return reviews.of(queries.dossier(store, full_store.LARGE, day=clock.today()), clock.today())


def move(store: Store) -> object:
    gap = next(one for one in queries.gaps(store, systems=_some(store)) if one.mark.record.due)
    mark, seen = gap.mark.record, gap.mark.row_version
    days = ((mark.due or clock.today()) - clock.today()).days
    due = clock.today() + dt.timedelta(days=days % 60 + 1)  # no date may lie years ahead
    stated = {"owner": mark.owner, "action": mark.action, "reason": "growth"}
    return gaps.change(store, BY, gap.mark.id, seen=seen, due=due, **stated)


def _some(store: Store) -> list[str]:
    return [system.slug for system in queries.systems(store)][:1]


def portfolio_of(store: Store) -> object:
    return portfolio.statuses(store, BY, as_of=clock.today())


def every_gap(store: Store) -> object:
    return queries.gaps(store)


def tail(store: Store) -> object:
    return reviews.chain(store, BY)


def happen(store: Store, events: int) -> None:
    while queries.chain(store).events < events:
        for _ in range(100):
            move(store)


def large(folder: Path, cells: int, history: int) -> str:
    url = f"sqlite:///{folder / f'{cells}-{history}.db'}"
    full_store.make(url, systems=0, cells=cells, traces=0, large_history=history)
    return url


def many(folder: Path, systems: int) -> str:
    url = f"sqlite:///{folder / f'{systems}.db'}"
    full_store.make(url, systems=systems, cells=0)
    return url


def eventful(folder: Path, events: int) -> str:
    url = f"sqlite:///{folder / f'events-{events}.db'}"
    full_store.make(url, systems=3, cells=0)
    with closing(open_store(url)) as store:
        happen(store, events)
    return url


CASES: dict[str, tuple[tuple[int, ...], Callable[[Path, int], str], dict[str, Work]]] = {
    "cells of a system": (
        (5_000, 10_000, 20_000, 40_000),
        lambda folder, size: large(folder, size, 3),
        {"first look at it": look, "a date moved": move},
    ),
    "assessments of a system": (
        (6, 12, 24, 48),
        lambda folder, size: large(folder, 2_000, size),
        {"first look at it": look, "a date moved": move},
    ),
    "systems": ((40, 80, 160, 320), many, {"portfolio": portfolio_of, "gaps": every_gap, "a date moved": move}),
    "events": ((250, 500, 1_000, 2_000), eventful, {"the record's tail": tail, "a date moved": move}),
}


def least(store: Store, work: Work) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(6):
        began = time.process_time()
        work(store)
        times.append(time.process_time() - began)
    return min(times[1:]) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(CASES)}")
    asked = parser.parse_args().names or [*CASES]
    gc.set_threshold(*COLLECTED)  # as the server does
    print("| what grows | sizes | work | processor time | exponent |\n|---|---|---|---|---|")
    for name in asked:
        sizes, make, works = CASES[name]
        taken: dict[str, list[float]] = {work: [] for work in works}
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder, closing(open_store(make(Path(folder), size))) as store:
                for title, work in works.items():
                    taken[title].append(least(store, work))
        for title, times in taken.items():
            slope = np.polyfit([math.log(size) for size in sizes], [math.log(value) for value in times], 1)[0]
            told = ", ".join(f"{value:.1f}" for value in times)
            grown = ", ".join(f"{size:,}" for size in sizes)
            print(f"| {name} | {grown} | {title} | {told} ms | **{slope:.2f}** |", flush=True)


if __name__ == "__main__":
    main()
