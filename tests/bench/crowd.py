"""Eighty people at once on a full store, for ten minutes: `python -m tests.bench.crowd`.

Executives look at the portfolio and at verdicts, customer teams at packs, assessors at checklists, scorecards and
traces, owners at their gaps, each on a page of their own over a real socket, once in so many seconds. Beside them
owners move dates through the services in a process of their own, on the systems that are looked at too, so that what
the dashboard keeps at hand is out of date again and again.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from readiness import clock
from readiness.services import gaps, open_store, portfolio
from readiness.store import queries
from tests import factories
from tests.bench import full_store
from tests.bench.pages import PAGES, Page, client, resident, served
from tests.serving import free_port

SHARES = {"portfolio": 16, "verdict": 16, "gaps": 16, "checklist": 10, "scorecard": 10, "pack": 6, "traces": 6}
"""How many look at which page."""
PAUSE = 5.0
"""Seconds between two moved dates."""


def owners(url: str, seconds: float) -> int:
    """Move a date every few seconds; one in ten is of the large system. How many moves were stored."""
    dice, moved = random.Random(7), 0  # noqa: S311
    with closing(open_store(url)) as store:
        by, ends = factories.principal(), time.monotonic() + seconds
        while time.monotonic() < ends:
            every = gaps.every(store, by, as_of=clock.today())
            large = [gap for gap in every if gap.system == full_store.LARGE]
            gap = dice.choice(large if dice.random() < 0.1 else every)
            due = (gap.mark.due or clock.today()) + dt.timedelta(days=dice.randrange(1, 30))
            moved += gaps.change(
                store, by, gap.id, seen=gap.row_version, due=due, owner=gap.mark.owner, action=gap.mark.action,
                reason="a benchmark",
            ).changed  # fmt: skip
            time.sleep(PAUSE)
    return moved


async def crowd(port: int, process: int, systems: list[str], seconds: float, every: float) -> list[tuple[str, float]]:
    """Page and seconds of every look."""
    pages = {page.name: page for page in PAGES}
    waits: list[tuple[str, float]] = []
    async with contextlib.AsyncExitStack() as stack:
        people = []
        for name, count in SHARES.items():
            for number in range(count):
                page = pages[name]
                small = number % 2 and name not in ("traces", "portfolio", "gaps")
                query = f"system={systems[number % len(systems)]}" if small else page.query
                people.append((name, await stack.enter_async_context(client(port, Page(name, query, page.holds)))))
        for _, one in people:
            await one.again()
        ends = time.monotonic() + seconds

        async def look(name: str, after: float) -> None:
            one = people[int(after * len(people))][1]
            await asyncio.sleep(after * every)
            while (began := time.monotonic()) < ends:
                waits.append((name, await one.again()))
                await asyncio.sleep(max(0.0, every - (time.monotonic() - began)))

        async def watch() -> None:
            while time.monotonic() < ends:
                print(f"  {resident(process):.0f} MiB", file=sys.stderr, flush=True)
                await asyncio.sleep(30)

        looks = [look(name, number / len(people)) for number, (name, _) in enumerate(people)]
        await asyncio.gather(watch(), *looks)
    return waits


def measure(url: str, workers: int, seconds: float, every: float) -> None:
    with closing(open_store(url)) as store:
        by = factories.principal()
        systems = [system.slug for system in portfolio.statuses(store, by, as_of=clock.today())][:20]
        before = queries.chain(store).events
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url, "--workers", str(workers)]
    with served(command, port) as process:
        editing = [sys.executable, "-m", "tests.bench.crowd", "--edit", url, "--seconds", str(seconds)]
        with subprocess.Popen(editing, stdout=subprocess.PIPE, text=True) as editor:
            waits = asyncio.run(crowd(port, process, systems, seconds, every))
            held = resident(process)
            moved = json.loads(editor.communicate()[0])
    with closing(open_store(url)) as store:
        chain = queries.chain(store)
    lost = "broken" if chain.broken_at else moved - (chain.events - before)
    print("| page | looks | p50 | p95 | p99 |\n|---|---|---|---|---|")
    for name in (*SHARES, ""):
        own = [wait * 1000 for page, wait in waits if name in ("", page)]
        cuts = statistics.quantiles(own, n=100)
        print(f"| {name or 'all'} | {len(own)} | {cuts[49]:.0f} ms | {cuts[94]:.0f} ms | {cuts[98]:.0f} ms |")
    pace = f"{len(waits) / seconds:.0f} looks a second"
    print(f"\n{workers} processes, {pace}, {held:.0f} MiB; {moved} dates moved, {lost} lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store that tests.bench.full_store wrote; it is changed")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=1, help="seconds from one look of a person to the next")
    parser.add_argument("--edit", default="")
    asked = parser.parse_args()
    if asked.edit:
        print(json.dumps(owners(asked.edit, asked.seconds)))
        return
    with tempfile.TemporaryDirectory() as name:
        store = asked.store or Path(name) / "full.db"
        if not asked.store:
            full_store.make(f"sqlite:///{store}")
        measure(f"sqlite:///{store}", asked.workers, asked.seconds, asked.every)


if __name__ == "__main__":
    main()
