"""What a small installation leaves out: the parts of `readiness[…]`, each named where something asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from readiness.errors import InputError
from readiness.language import tr

MODULES = {
    **dict.fromkeys(("altair", "authlib", "fastapi", "pandas", "starlette", "streamlit"), "dashboard"),
    **dict.fromkeys(("opentelemetry", "uvicorn", "websockets"), "dashboard"),
    "PIL": "pdf",
    "clickhouse_connect": "clickhouse",
    "databricks": "databricks",
    "google": "bigquery",
    "ibis": "warehouse",
    "pptx": "slides",
    "psycopg": "postgres",
    "pyspark": "spark",
    "snowflake": "snowflake",
    "trino": "trino",
    "typst": "pdf",
}
"""What brings each module that not every installation has."""
DRIVERS = ("bigquery", "clickhouse", "databricks", "snowflake", "spark", "trino")
"""Parts that the whole of an installation leaves out too: each is of one engine, and large."""


@contextmanager
def asked() -> Iterator[None]:
    """Raises InputError with the part that is missing in place of the name of a module."""
    try:
        yield
    except ModuleNotFoundError as exc:
        part = MODULES.get((exc.name or "").partition(".")[0])
        if part is None:
            raise
        raise InputError(
            tr("this needs readiness[{part}]", part=part), expected=tr('pip install "readiness[{part}]"', part=part)
        ) from exc
