"""Real engines that hold the same rows: a DuckDB file, a PostgreSQL server, and Spark in local mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyarrow import parquet
from sqlalchemy import Engine

from tests.importers.warehouse import engines

Load = Callable[[Path, str], str]
"""Makes a table of a Parquet file under a name, and gives the address of its engine."""


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    session = engines.spark_session()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def warehouse(postgres: Engine) -> Iterator[str]:
    """A database of its own on the server, by its address."""
    with engines.database(postgres, "warehouse") as url:
        yield url


@pytest.fixture(params=["duckdb", "postgresql", "spark"])
def load(request: pytest.FixtureRequest, tmp_path: Path) -> Load:
    if request.param == "postgresql":
        url = request.getfixturevalue("warehouse")
        return lambda path, name: engines.to_postgres(parquet.read_table(path), name, url)
    if request.param == "spark":
        session = request.getfixturevalue("spark")
        return lambda path, name: engines.to_spark(path, name, session)
    return lambda path, name: engines.to_duckdb(path, name, tmp_path / "cases.duckdb")


@pytest.fixture
def in_duckdb(tmp_path: Path) -> Callable[[str], str]:
    """Makes the database of some statements, and gives its address."""

    def made(*statements: str) -> str:
        path = tmp_path / "some.duckdb"
        with duckdb.connect(str(path)) as connection:
            for statement in statements:
                connection.execute(statement)
        return f"duckdb://{path}"

    return made
