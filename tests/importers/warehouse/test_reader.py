"""A table is read as a file of the same rows, or refused in one sentence before there is much work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, TableSource, read
from readiness.importers.source import limits
from readiness.importers.warehouse import engine, reader
from readiness.importers.warehouse.addresses import connected, parse
from readiness.importers.warehouse.expressions import Expressions
from readiness.importers.warehouse.reader import fineness
from tests.soak import scaled

from .cases import PLAIN, differences

InDuckdb = Callable[..., str]
COLUMNS = "'v1' AS version, 'groundedness' AS metric"


def batch(url: str, options: Options | None = None, table: str = "cases") -> Batch:
    return read(TableSource.of(url, table), options or Options())


@pytest.mark.parametrize(
    ("query", "table", "mapping", "problem"),
    [
        ("SELECT 1 AS value", "cases", {}, "the column 'metric' is missing"),
        (f"SELECT {COLUMNS}", "cases", {}, "the column 'value' is missing"),
        (f"SELECT {COLUMNS}, '0.5' AS value", "cases", {}, "the column 'value' is of the type string"),
        (f"SELECT {COLUMNS}, [0.5] AS value", "cases", {}, "the column 'value' is of the type array"),
        (f"SELECT {COLUMNS}, 0.5 AS value WHERE false", "cases", {}, "the table has no rows"),
        (f"SELECT {COLUMNS}, NULL::DOUBLE AS value", "cases", {}, "no row can be used"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "nothing", {}, "the table cannot be opened"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "none.cases", {}, "the table cannot be opened"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "cases", {"workflow": "flow"}, "there is no column 'flow'"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "cases", {"metric": "value,score"}, "there is no column 'score'"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "cases", {"metric": "value,version"}, "'version' holds no numbers"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "cases", {"cohort": "a,b"}, "there is no column 'a'"),
        (f"SELECT {COLUMNS}, 0.5 AS value", "cases", {"version:v2": "2026"}, "there is no version 'v2'"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    query: str, table: str, mapping: dict[str, str], problem: str, in_duckdb: InDuckdb
) -> None:
    url = in_duckdb(f"CREATE TABLE cases AS {query}")
    with pytest.raises(InputError) as caught:
        batch(url, Options(mapping=mapping), table)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{table} of duckdb://")
    assert "\n" not in str(caught.value)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such database"):
        batch(f"duckdb://{tmp_path / 'none.duckdb'}")
    assert not list(tmp_path.iterdir())


def test_a_table_with_an_id_as_a_version_or_a_cohort_is_refused_before_it_is_counted(
    in_duckdb: InDuckdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = limits.MOST_VERSIONS + 1
    url = in_duckdb(
        f"CREATE TABLE cases AS SELECT 'v' || i AS version, 'm' AS metric, 0.5 AS value FROM range({rows}) t(i)"
    )
    with pytest.raises(InputError, match=f"results of {rows} versions"):
        batch(url)
    monkeypatch.setattr(reader, "MOST_COMBINATIONS", 50)
    with pytest.raises(InputError, match=f"more than 50 combinations .*'version' alone has {rows} values"):
        batch(url)


def test_rows_that_change_between_the_passes_are_not_taken_for_the_same(
    in_duckdb: InDuckdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = in_duckdb(f"CREATE TABLE cases AS SELECT {COLUMNS}, 0.5 + i / 1e6 AS value FROM range(1000) t(i)")
    plain = Expressions.values
    monkeypatch.setattr(Expressions, "values", lambda self, k, wanted: plain(self, k, wanted).limit(3))
    with pytest.raises(InputError, match="rows of the table changed while it was read"):
        batch(url)


def test_values_are_asked_for_by_combination_where_they_are_many(
    in_duckdb: InDuckdb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = in_duckdb(f"CREATE TABLE cases AS {PLAIN.format(rows=scaled(400))}")
    path = tmp_path / "cases.parquet"
    with duckdb.connect(url.removeprefix("duckdb://"), read_only=True) as connection:
        connection.execute(f"COPY cases TO '{path}'")
    file = read(Source.open(path))
    for broad, terms in ((engine.BROAD, engine.TERMS), (0, engine.TERMS), (0, 3)):
        monkeypatch.setattr(engine, "BROAD", broad)
        monkeypatch.setattr(engine, "TERMS", terms)
        assert differences(file, batch(url)) == []
    monkeypatch.setattr(engine, "MOST_VALUES", 10)
    with pytest.raises(InputError, match=r"would take .* different values"):
        batch(url)


def test_too_many_cases_that_depend_on_each_other_are_refused(
    in_duckdb: InDuckdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = in_duckdb(f"CREATE TABLE cases AS SELECT {COLUMNS}, 0.5 AS value, i // 2 AS case_id FROM range(100) t(i)")
    assert batch(url).cells[0].cases == 50
    monkeypatch.setattr(engine, "MOST_RUNS", 10)
    with pytest.raises(InputError, match="depend on each other, and it has 50 of them"):
        batch(url)


def test_the_digest_is_that_of_the_rows_and_of_how_they_are_read(in_duckdb: InDuckdb) -> None:
    made = f"SELECT {COLUMNS}, 0.5 + i / 1e3 AS value FROM range(100) t(i)"
    url = in_duckdb(f"CREATE TABLE cases AS {made}", f"CREATE VIEW turned AS {made} ORDER BY value DESC")
    first = batch(url)
    assert first.digest == batch(url).digest
    assert first.evidence is not None
    assert first.evidence.digest == first.digest
    assert first.digest != batch(url, Options(mapping={"unit:groundedness": "s"})).digest
    assert first.digest != batch(url, table="turned").digest
    in_duckdb("UPDATE cases SET value = 0.51234 WHERE value = 0.512")
    assert first.digest != batch(url).digest


def test_columns_may_be_metrics_and_cohorts_as_in_any_other_table(in_duckdb: InDuckdb, tmp_path: Path) -> None:
    url = in_duckdb(
        "CREATE TABLE cases AS SELECT 'v' || i % 2 AS model, 'f' || i % 3 AS flow, 't' || i % 4 AS tenant, "
        "i % 5 AS size, "
        "i % 3 > 0 AS passed_check, CASE WHEN i % 10 > 0 THEN i / 1000.0 END AS faithfulness, i * 1.5 AS took, "
        "'c' || i // 2 AS id FROM range(900) t(i)"
    )
    path = tmp_path / "cases.parquet"
    with duckdb.connect(url.removeprefix("duckdb://"), read_only=True) as connection:
        connection.execute(f"COPY cases TO '{path}'")
    mapping = {
        "metric": "faithfulness,passed_check",
        "latency_ms": "took",
        "version": "model",
        "workflow": "flow",
        "cohort": "tenant,load:size",
        "case_id": "id",
    }
    table = batch(url, Options(mapping=mapping))
    assert differences(read(Source.open(path), Options(mapping=mapping)), table) == []
    assert {cell.dimension for cell in table.cells} == {"*", "tenant", "load"}


def test_quantiles_are_those_of_the_sorted_values(in_duckdb: InDuckdb) -> None:
    dice = np.random.default_rng(7)
    odd = [0.0, 1.0, -1.0, 0.5, 5e-324, -3.0, 1e100, -1e100]
    drawn = {
        f"m{at:03}": np.concatenate(
            [dice.choice(odd, size=at % 7), dice.lognormal(0, 2, at) * dice.choice([-1, 1], at)]
        )
        for at in range(1, 150)
    }
    metrics = [metric for metric, values in drawn.items() for _ in values]
    url = in_duckdb("CREATE TABLE cases (metric VARCHAR, value DOUBLE)")
    with duckdb.connect(url.removeprefix("duckdb://")) as connection:
        connection.register("drawn", pa.table({"metric": metrics, "value": np.concatenate(list(drawn.values()))}))
        connection.execute("INSERT INTO cases SELECT * FROM drawn")
    cells = batch(url, Options(version="v")).cells
    assert len(cells) == len(drawn)
    for cell in cells:
        wanted = np.quantile(drawn[cell.metric], [0.5, 0.95, 0.99])
        assert cell.n == len(drawn[cell.metric])
        assert [cell.p50, cell.p95, cell.p99] == pytest.approx(list(wanted), rel=1e-12)


def test_buckets_get_finer_with_the_rows_and_coarser_with_the_combinations() -> None:
    assert fineness(10_000, 5_000) == reader.COARSEST
    assert fineness(10**9, 3_600) == 123
    assert fineness(10**9, 400_000) < fineness(10**9, 3_600)
    assert fineness(10**14, 1) == reader.FINEST


def test_a_connection_is_closed_when_it_is_done_with(in_duckdb: InDuckdb) -> None:
    url = in_duckdb(f"CREATE TABLE cases AS SELECT {COLUMNS}, 0.5 AS value")
    batch(url)
    with connected(parse(url, "cases")) as backend:
        assert backend.table("cases").columns == ("version", "metric", "value")
    in_duckdb("DROP TABLE cases")
