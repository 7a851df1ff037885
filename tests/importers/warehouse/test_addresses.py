"""An address says where a table is, and what is secret in it is said nowhere."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers import Options, Source, TableSource, read
from readiness.importers.warehouse import addresses
from readiness.importers.warehouse.addresses import connected, parse

SECRET = "corr3ct+horse/staple"  # noqa: S105 - one that is looked for in what is said
MISSING = (
    ("trino", "trino"),
    ("snowflake", "snowflake"),
    ("bigquery", "bigquery"),
    ("clickhouse", "clickhouse"),
    ("databricks", "databricks"),
)


@pytest.mark.parametrize(
    ("url", "table", "problem"),
    [
        ("mysql://host/db", "cases", "names no engine"),
        ("results.csv", "cases", "names no engine"),
        ("trino://host:port/db", "cases", "malformed"),
        ("trino://host/db", "cases; DROP TABLE cases", "is not the name of a table"),
        ("trino://host/db", 'a"b', "is not the name of a table"),
        ("trino://host/db", "a.b.c.d", "is not the name of a table"),
        ("trino://host/db", "a..b", "is not the name of a table"),
        ("trino://${NOBODY}:x@host/db", "cases", "has no NOBODY"),
    ],
)
def test_what_is_no_address_or_no_table_is_refused_before_anything_is_reached(
    url: str, table: str, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        parse(url, table, {})


def test_a_secret_comes_from_the_environment_and_is_shown_nowhere() -> None:
    address = parse(
        "postgresql://reader:${PASSWORD}@db.example:5432/lake?sslmode=require", "qa.cases", {"PASSWORD": SECRET}
    )
    assert address.name == "qa.cases of postgresql://db.example:5432/lake"
    assert SECRET in address.secrets
    assert SECRET not in repr(address)
    refused = address.refusal(
        "it broke", ValueError(f"bad login reader:{SECRET} at postgresql://x:{SECRET}@h/d\nmore"), ""
    )
    assert SECRET not in str(refused)
    assert "x:" not in str(refused)


@pytest.mark.parametrize("scheme", ["postgresql", "trino"])
def test_an_engine_that_does_not_answer_is_one_sentence_without_the_password(scheme: str) -> None:
    source = TableSource.of(f"{scheme}://reader:{SECRET.replace('/', '%2F')}@127.0.0.1:1/lake", "cases")
    with pytest.raises(InputError) as caught:
        read(source, Options())
    told = str(caught.value)
    assert told.startswith(f"cases of {scheme}://127.0.0.1:1/lake: ")
    assert SECRET not in told
    assert "\n" not in told


@pytest.mark.parametrize(("scheme", "extra"), MISSING)
def test_a_driver_that_is_missing_is_named_by_its_part(
    scheme: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] in {
            "trino",
            "snowflake",
            "google",
            "clickhouse_connect",
            "databricks",
            "pydata_google_auth",
        }:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=rf"readiness\[warehouse,{extra}\]"), connected(parse(f"{scheme}://h/d", "t")):
        pass


def test_an_installation_without_ibis_is_told_which_part_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "ibis":
            raise ModuleNotFoundError("No module named 'ibis'", name="ibis")
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"readiness\[warehouse\]"), connected(parse("duckdb:///x", "t")):
        pass


def test_a_database_is_only_read(in_duckdb: Callable[..., str]) -> None:
    url = in_duckdb("CREATE TABLE cases AS SELECT 1 AS value")
    with connected(parse(url, "cases")) as backend, pytest.raises(Exception, match="read-only"):
        backend.raw_sql("DELETE FROM cases")


def test_a_server_is_only_read_and_in_one_snapshot(warehouse: str) -> None:
    with connected(parse(warehouse, "cases")) as backend:
        settings = backend.con.execute(
            "SELECT current_setting('transaction_read_only'), current_setting('transaction_isolation')"
        )
        assert settings.fetchone() == ("on", "repeatable read")


def test_files_of_a_plain_import_are_no_addresses(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Source.open(tmp_path / "postgresql:" / "host")
    assert set(addresses.BACKENDS) >= {scheme for scheme, _ in MISSING}
