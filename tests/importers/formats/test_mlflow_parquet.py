"""Tables of MLflow as Parquet, which pandas and `log_table` write: the same figures and spans as their other forms."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import csv, parquet

from readiness.importers import Options, Source, read
from tests import samples
from tests.importers.reading import cells, read_file, refusal

TABLE = samples.DATA / "mlflow" / "v3.17.2_genai_eval_results.csv"
LEGACY = samples.DATA / "mlflow" / "v2.20_eval_results_table.json"
TRACES = samples.DATA / "mlflow" / "v3.17.2_traces.jsonl"


def as_parquet(table: pyarrow.Table) -> bytes:
    file = io.BytesIO()
    parquet.write_table(table, file)
    return file.getvalue()


def evaluated() -> pyarrow.Table:
    """The sample with the types that a data frame has: numbers, booleans, and nothing in an empty cell."""
    return csv.read_csv(
        TABLE,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(strings_can_be_null=True),
    )


def traced() -> list[dict[str, Any]]:
    """Rows as `search_traces` gives them: each trace whole as JSON, and parts of it as lists."""
    found = []
    for line in TRACES.read_text().splitlines():
        trace = json.loads(line)
        described = {"trace_id": trace["info"]["trace_id"], "trace_metadata": json.dumps({})}
        found.append({**described, "trace": line, "spans": [{"name": span["name"]} for span in trace["data"]["spans"]]})
    return found


def test_evaluation_results_give_the_figures_of_the_csv(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_parquet(evaluated()))
    assert batch.format == "mlflow-eval"
    assert cells(batch) == cells(read(Source.open(TABLE)))
    assert batch.outcomes


def test_results_of_version_2_give_the_figures_of_the_json(tmp_path: Path) -> None:
    whole = json.loads(LEGACY.read_text())
    rows = [dict(zip(whole["columns"], row, strict=True)) for row in whole["data"]]
    batch = read_file(tmp_path, as_parquet(pyarrow.Table.from_pylist(rows)))
    assert (batch.format, cells(batch)) == ("mlflow-eval", cells(read(Source.open(LEGACY))))


def test_a_figure_that_is_not_a_number_is_an_empty_cell(tmp_path: Path) -> None:
    columns = {"trace_id": ["a", "b"], "exact/value": [0.5, float("nan")], "exact/error_message": [None, "down"]}
    cell = cells(read_file(tmp_path, as_parquet(pyarrow.table(columns))))["this file", "*", "*", "exact"]
    assert (cell.n, cell.errors, cell.mean) == (1, 1, 0.5)


def test_traces_have_the_spans_of_the_lines(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_parquet(pyarrow.Table.from_pylist(traced())))
    assert batch.format == "mlflow-traces"
    lines = read(Source.open(TRACES))
    assert [trace.spans for trace in batch.traces] == [trace.spans for trace in lines.traces]
    assert batch.traces


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
@pytest.mark.parametrize("format_", ["mlflow-eval", "mlflow-traces"])
def test_a_file_that_breaks_off_is_refused_whole(tmp_path: Path, format_: str, keep: float) -> None:
    data = as_parquet(evaluated() if format_ == "mlflow-eval" else pyarrow.Table.from_pylist(traced()))
    why = refusal(tmp_path, data[: int(len(data) * keep)], Options(format=format_))
    assert (why.startswith("upload.bin: the table cannot be read"), why.endswith("expected a whole Parquet file.")) == (
        True,
        True,
    )


def test_any_other_table_stays_one(tmp_path: Path) -> None:
    table = pyarrow.table({"question": ["a", "b"], "exact": [0.5, 1.0]})
    assert read_file(tmp_path, as_parquet(table)).format == "table"
