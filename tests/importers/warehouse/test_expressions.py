"""What engines are asked is SQL of their own dialect, and gives the same each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import pytest
import sqlglot

from readiness.importers.warehouse.columns import TableColumns
from readiness.importers.warehouse.expressions import Expressions

DIALECTS = ("bigquery", "clickhouse", "databricks", "duckdb", "postgres", "pyspark", "snowflake", "trino")
SQLGLOT = {"pyspark": "spark"}
UNSURE = (
    "approx",
    "rand",
    "uuid",
    "hash",
    "sample",
    "percentile",
    "quantile",
    "median",
    "now",
    "current",
    "sketch",
    "any",
)
TYPES = {
    "version": "string",
    "flow": "string",
    "tenant": "string",
    "metric": "string",
    "value": "decimal(18, 4)",
    "case_id": "int64",
    "talk": "string",
    "error": "string",
    "unit": "string",
    "judge": "string",
    "passed": "boolean",
    "run_at": "timestamp('UTC')",
}
FIELDS = {name: name for name in TYPES if name not in ("flow", "tenant", "talk")} | {
    "workflow": "flow",
    "cluster_id": "talk",
}
QUESTIONS: dict[str, Callable[[Expressions], Any]] = {
    "combinations": lambda asked: asked.combinations(1000),
    "distinct": lambda asked: asked.distinct("workflow"),
    "buckets": lambda asked: asked.buckets(7.0),
    "values": lambda asked: asked.values(7.0, lambda rows: (rows.metric == "it's") & rows.bucket.isin([1, 2])),
    "repeated": lambda asked: asked.repeated(),
    "runs": lambda asked: asked.runs(),
    "cases": lambda asked: asked.cases(["latency_ms"]),
    "repeated_rows": lambda asked: asked.repeated_rows(),
    "stated": lambda asked: asked.stated("error", 10),
}


def compiled(dialect: str, expression: Any) -> str:
    if dialect == "pyspark":
        assert ibis.pyspark.name == dialect  # its options are not there before it is named
    return str(ibis.to_sql(expression, dialect=dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_is_sql_of_the_dialect_and_nothing_in_it_may_differ(question: str, dialect: str) -> None:
    table = ibis.table(TYPES, name="cases")
    asked = Expressions(table, TableColumns(FIELDS, {"tenant": "tenant"}), ["faithfulness"])
    sql = compiled(dialect, QUESTIONS[question](asked))
    (tree,) = sqlglot.parse(sql, read=SQLGLOT.get(dialect, dialect))
    assert tree is not None
    names = {
        (node.this if isinstance(node, sqlglot.exp.Anonymous) else node.sql_name()).lower()
        for node in tree.find_all(sqlglot.exp.Func)
    }
    assert not [name for name in names for unsure in UNSURE if name.startswith(unsure) and name != "any_value"]
    assert not list(tree.find_all(sqlglot.exp.Command, sqlglot.exp.Insert, sqlglot.exp.Create, sqlglot.exp.Drop))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_column_with_an_odd_name_is_only_a_name(dialect: str) -> None:
    odd = 'value") FROM secrets; DROP TABLE cases; --`'
    table = ibis.table({"metric": "string", odd: "float64"}, name="cases")
    sql = compiled(dialect, Expressions(table, TableColumns({"metric": "metric", "value": odd})).buckets(4.0))
    (tree,) = sqlglot.parse(sql, read=SQLGLOT.get(dialect, dialect))
    assert tree is not None
    assert {table.name for table in tree.find_all(sqlglot.exp.Table)} - {"t0", "t1", "t2", "t3"} == {"cases"}
    cleaned = odd if dialect != "bigquery" else "value_FROM secrets_DROP TABLE cases_--"
    assert any(column.name == cleaned for column in tree.find_all(sqlglot.exp.Column))
