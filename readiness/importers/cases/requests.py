"""The single requests of a load test as cells: latency and failures by workflow and by how many ran at once.

Requests are many, so they go to the database as they are read. A number of users at once that few requests met is a
step of the ramp and no load: such requests count in the overall figures and in those of their workflow only.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow

from readiness import english

from .cells import CASES, aggregate, gather
from .loads import CONCURRENCY, FAILED, FAILURES
from .scored import LATENCY, MEASURES, Run
from .sizes import SEPARATOR

FEWEST = 30
"""Requests that make a load of a number of users at once."""
COLUMNS = ("version", "workflow", "cohorts", "took", "failed", "users")
REQUESTS = """
CREATE TABLE requests (
    version VARCHAR, workflow VARCHAR, cohorts VARCHAR, took DOUBLE, failed BOOLEAN, users BIGINT
)
"""
_LOADS = f"""
CREATE TABLE loads AS
SELECT version, users FROM requests WHERE users > 0 GROUP BY ALL HAVING count(*) >= {FEWEST}
"""
_PLACED = f"""
CREATE VIEW placed AS
SELECT requests.version, nullif(workflow, '') AS workflow, took, failed,
       concat_ws('{SEPARATOR}', nullif(cohorts, ''), '{CONCURRENCY}=' || loads.users) AS cohorts
FROM requests LEFT JOIN loads ON loads.version = requests.version AND loads.users = requests.users
"""
_COUNTED = f"""
INSERT INTO cases BY NAME
SELECT version, workflow, cohorts, '{LATENCY}' AS metric, took AS value FROM placed
UNION ALL BY NAME
SELECT version, workflow, cohorts, '{FAILURES}' AS metric, failed::DOUBLE AS value FROM placed WHERE failed IS NOT NULL
"""
_RAMP = """
SELECT count(*) FROM requests WHERE users > 0 AND (version, users) NOT IN (SELECT (version, users) FROM loads)
"""


def figures(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Count what stands in `requests`: version, workflow, cohorts (`dimension=value;…`), ms, failed, users at once."""
    for statement in (_LOADS, _PLACED, CASES, _COUNTED):
        connection.execute(statement)
    gather(connection)
    run.counted = aggregate(connection, MEASURES | {FAILURES: FAILED})
    run.rows, ramp = _number(connection, "SELECT count(*) FROM requests"), _number(connection, _RAMP)
    if ramp:
        run.notes.append(
            f"{english.counted(ramp, 'request')} ran while fewer than {FEWEST} ran beside as many others, "
            "so they count for no load of their own"
        )


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def add(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    """More requests, each with the `COLUMNS`."""
    if rows:
        columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
        kinds = [pyarrow.string()] * 3 + [pyarrow.float64(), pyarrow.bool_(), pyarrow.int64()]
        held = pyarrow.table(
            {name: pyarrow.array(columns[name], kind) for name, kind in zip(COLUMNS, kinds, strict=True)}
        )
        connection.register("more", held)
        connection.execute("INSERT INTO requests BY NAME SELECT * FROM more")
        connection.unregister("more")
