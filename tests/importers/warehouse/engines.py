"""How the tests and the benchmarks put rows into an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow
from psycopg import sql
from sqlalchemy import Engine, text

_TYPES = {"string": "text", "double": "double precision", "bool": "boolean", "int64": "bigint", "int32": "integer"}


def to_duckdb(path: Path, name: str, database: Path) -> str:
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM read_parquet('{path}')")
    return f"duckdb://{database}"


def to_postgres(table: pyarrow.Table, name: str, url: str) -> str:
    """By COPY, types as they are."""
    columns = [(field.name, _TYPES.get(str(field.type), "timestamp")) for field in table.schema]
    made = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(field), sql.SQL(kind)) for field, kind in columns)
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), made))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
            for batch in table.to_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
    return url


@contextmanager
def database(server: Engine, name: str) -> Iterator[str]:
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def spark_session() -> Any:
    """Spark in this process, on two cores and loopback alone."""
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.master("local[2]").appName("tests").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def to_spark(path: Path, name: str, session: Any) -> str:
    session.read.parquet(str(path)).createOrReplaceTempView(name)
    return "spark://local"
