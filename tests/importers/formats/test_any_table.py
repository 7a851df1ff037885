"""Any other table: the same figures from every kind of file, columns as proposed or as mapped, what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.errors import InputError
from readiness.importers import Batch, Options, Source, read
from readiness.importers.cases import wide
from readiness.importers.formats import any_table
from readiness.importers.formats.any_table import IMPORTER
from tests import samples
from tests.importers.reading import cells, read_file, refusal, skips
from tests.soak import scaled

RAGAS = samples.DATA / "ragas" / "v0.4.3_results.csv"
HERE = "this file"
METRICS = "non_llm_string_similarity,string_present,non_llm_context_recall"
TABLE = Options(format="table")
Row = dict[str, Any]

ROWS: list[Row] = [
    {"flow": "billing", "plan": "free", "good": 1.0, "score": 0.25, "fault": None, "took": 120, "usd": 0.5},
    {"flow": "billing", "plan": "paid", "good": 0.0, "score": None, "fault": None, "took": 80, "usd": 0.25},
    {"flow": "refund", "plan": "paid", "good": None, "score": 0.75, "fault": None, "took": None, "usd": None},
    {"flow": "refund", "plan": "free", "good": 0.0, "score": 0.0, "fault": "timeout", "took": 9, "usd": 9},
]


def as_csv(rows: list[Row], folder: Path, delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_lines(rows: list[Row], folder: Path) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows: list[Row], folder: Path) -> bytes:
    path = folder / "written.parquet"
    frame = pd.DataFrame(rows)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.table("frame").write_parquet(str(path))
    return path.read_bytes()


KINDS: dict[str, Callable[[list[Row], Path], bytes]] = {
    "CSV": as_csv,
    "CSV of Windows": lambda rows, folder: b"\xef\xbb\xbf" + as_csv(rows, folder).replace(b"\n", b"\r\n"),
    "CSV with semicolons": lambda rows, folder: as_csv(rows, folder, ";"),
    "CSV after a blank line": lambda rows, folder: b"\n" + as_csv(rows, folder),
    "CSV of pandas": lambda rows, folder: pd.DataFrame(rows).to_csv().encode(),
    "JSON lines": as_lines,
    "JSON lines of pandas": lambda rows, folder: pd.DataFrame(rows).to_json(orient="records", lines=True).encode(),
    "Parquet": as_parquet,
}


def figures(batch: Batch) -> dict[tuple[str, str, str, str], tuple[int | None, int, float | None]]:
    return {key: (cell.n, cell.errors, cell.mean) for key, cell in cells(batch).items()}


def mapped(**mapping: str) -> Options:
    return Options(format="table", mapping=mapping)


@pytest.mark.parametrize(
    ("metric", "n", "errors", "mean"),
    [
        ("non_llm_string_similarity", 3, 0, 0.10566448801742923),
        ("string_present", 3, 0, 0.3333333333333333),
        ("non_llm_context_recall", 2, 1, 0.5),
    ],
)
def test_a_file_of_ragas_has_the_figures_that_were_counted_by_hand(
    tmp_path: Path, metric: str, n: int, errors: int, mean: float
) -> None:
    batch = read_file(tmp_path, RAGAS.read_bytes())
    cell = cells(batch)[HERE, "*", "*", metric]
    assert (batch.format, len(batch.cells)) == ("table", 3)
    assert (cell.n, cell.errors, cell.unit) == (n, errors, "ratio")
    assert cell.mean == pytest.approx(mean, rel=1e-15)


def test_a_file_of_ragas_is_told_with_its_proposal_its_empty_cell_and_its_mapping(tmp_path: Path) -> None:
    batch = read_file(tmp_path, RAGAS.read_bytes())
    assert batch.evidence is not None
    assert batch.proposed == batch.mapping == batch.evidence.options.mapping == {"metric": METRICS}
    assert batch.fields[:2] == ("user_input", "retrieved_contexts")
    assert len(batch.fields) == 8
    told = METRICS.replace(",", ", ")
    assert f"read as metrics: {told}; say otherwise with --map metric=COLUMN" in batch.warnings
    assert (
        "1 cell without a number, each an error of its metric and never 0: non_llm_context_recall (1)" in batch.warnings
    )
    assert (batch.evidence.kept, batch.evidence.skipped) == (3, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_rows_give_the_same_figures_in_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    told = {"metric": "good, score", "workflow": "flow", "cohort": "plan", "error": "fault", "latency_ms": "took"}
    batch = read_file(tmp_path, KINDS[kind](ROWS, tmp_path), mapped(**told, cost_usd="usd"))
    found = figures(batch)
    assert batch.format == "table"
    assert {key[3]: found[key] for key in found if key[1:3] == ("*", "*")} == {
        "good": (2, 2, 0.5),
        "score": (2, 2, 0.5),
        "latency_ms": (2, 0, 100),
        "cost_usd": (2, 0, 0.375),
    }
    assert found[HERE, "billing", "*", "score"] == (1, 1, 0.25)
    assert found[HERE, "*", "plan=paid", "score"] == (1, 1, 0.75)
    assert found[HERE, "refund", "plan=free", "good"] == (0, 1, None)
    assert "2 cells without a number, each an error of its metric and never 0: good (1), score (1)" in batch.warnings
    assert skips(batch) == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_mapping_columns_of_numbers_are_metrics_and_texts_are_fields(tmp_path: Path, kind: str) -> None:
    batch = read_file(tmp_path, KINDS[kind]([row | {"workflow": row["flow"]} for row in ROWS], tmp_path), TABLE)
    assert {key[1:] for key in cells(batch)} == {("*", "*", name) for name in ("good", "score", "took", "usd")}
    assert batch.proposed == {"metric": "good,score,took,usd", "workflow": "workflow"}
    assert batch.mapping == {"metric": "good,score,took,usd"}
    assert [name for name in batch.fields if name] == [*ROWS[0], "workflow"]


def line(**row: Any) -> str:
    """The row twice, since an object alone is a document."""
    return f"{json.dumps(row)}\n" * 2


@pytest.mark.parametrize(
    ("row", "proposed", "used"),
    [
        ({"good": 1, "version": "2"}, {"metric": "good", "version": "version"}, {"version", "metric"}),
        ({"good": 1, "model": "m"}, {"metric": "good", "version": "model"}, {"version", "metric"}),
        ({"good": 1, "model": "m", "version": 2}, {"metric": "good", "version": "version"}, {"version", "metric"}),
        ({"good": 1, "error": ""}, {"metric": "good", "error": "error"}, {"metric", "error"}),
        ({"good": 1, "error": 0.5}, {"metric": "good,error"}, {"metric"}),
        ({"good": 1, "latency_ms": 5, "cost_usd": 0}, {"metric": "good"}, {"metric"}),
        ({"good": True, "case_id": 7}, {"metric": "good", "case_id": "case_id"}, {"metric"}),
        ({"good": "true", "id": "x"}, {"metric": "good", "case_id": "id"}, {"metric"}),
        ({"good": 1, "task": "a", "tenant": 7, "lang": "en"}, {"metric": "good"}, {"metric"}),
        ({"good": 1, "what, else": 2}, {"metric": 'good,"what, else"'}, {"metric"}),
    ],
    ids=["version", "model", "both", "error", "errors", "spent", "case", "id", "split", "comma"],
)
def test_columns_are_proposed_by_name_and_content(
    tmp_path: Path, row: Row, proposed: dict[str, str], used: set[str]
) -> None:
    batch = read_file(tmp_path, line(**row))
    if "latency_ms" in row:
        proposed, used = proposed | {"latency_ms": "latency_ms", "cost_usd": "cost_usd"}, {*used, "latency_ms"}
        used.add("cost_usd")
    if "task" in row:
        proposed = proposed | {"workflow": "task", "cohort": "tenant,lang"}
    assert batch.proposed == proposed
    assert set(batch.mapping) == used
    again = read_file(tmp_path, line(**row), Options(mapping=batch.mapping))
    assert again.cells == batch.cells


@pytest.mark.parametrize(
    "name",
    [
        *("id", "ids", "trace_id", "caseId", "index", "row_index", "idx", "Unnamed: 0", "row", "no", "#", "created_at"),
        *("timestamp", "start_time", "endTime", "date", "run date", "seed", "epoch", "__index_level_0__", "meta.run"),
    ],
)
def test_ids_indices_and_times_are_no_metrics_unless_a_person_says_so(tmp_path: Path, name: str) -> None:
    assert read_file(tmp_path, line(good=1, **{name: 4})).mapping == {"metric": "good"}
    assert "metric" not in read_file(tmp_path, line(latency_ms=1, **{name: 4})).proposed
    said = read_file(tmp_path, line(good=1, **{name: 4}), Options(mapping={"metric": name}))
    assert {cell.metric: cell.mean for cell in said.cells} == {name: 4}


@pytest.mark.parametrize("name", ["response_time", "valid", "paid", "novelty", "brown", "run_quality", "date_match"])
def test_a_name_that_only_resembles_an_id_or_a_time_is_a_metric(tmp_path: Path, name: str) -> None:
    assert read_file(tmp_path, line(good=1, **{name: 4})).mapping == {"metric": f"good,{name}"}


def test_a_version_column_keeps_versions_apart_until_a_person_names_them(tmp_path: Path) -> None:
    data = "model,good\nm1,1\nm2,0\nm2,\n"
    batch = read_file(tmp_path, data)
    assert batch.versions == ("m1", "m2")
    assert "read as the version: model; say otherwise with --map version=COLUMN" in batch.warnings
    assert figures(batch) == {("m1", "*", "*", "good"): (1, 0, 1), ("m2", "*", "*", "good"): (1, 1, 0)}
    renamed = read_file(tmp_path, data, Options(mapping={"version:m1": "1.0", "version:m2": "2.0"}))
    assert {cell.version for cell in renamed.cells} == {"1.0", "2.0"}


def test_versions_that_begin_alike_stay_apart(tmp_path: Path) -> None:
    data = "version,good\n" + f"{'x' * 400}1,1\n{'x' * 400}2,0\n"
    assert len(set(read_file(tmp_path, data).versions)) == 2


def test_the_version_of_a_file_without_one_is_the_one_a_person_says(tmp_path: Path) -> None:
    assert {cell.version for cell in read_file(tmp_path, "a,b\nx,1\n", Options(version="9")).cells} == {"9"}


def test_objects_in_json_lines_are_named_by_their_path(tmp_path: Path) -> None:
    row = {"scores": {"good": 1}, "metadata": {"tenant": "acme", "deep": {"flow": "a"}}, "contexts": ["x"]}
    batch = read_file(tmp_path, line(**row), Options(mapping={"workflow": "metadata.deep.flow"}))
    assert batch.fields == ("scores.good", "metadata.tenant", "metadata.deep.flow", "contexts")
    assert batch.proposed["cohort"] == "metadata.tenant"
    assert (HERE, "a", "*", "scores.good") in cells(batch)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1", 1), ("-0.5", -0.5), (" 2 ", 2), ("1e-2", 0.01), (".5", 0.5), ("TRUE", 1), ("false", 0), ("True", 1)],
)
def test_numbers_and_true_and_false_are_scores(tmp_path: Path, cell: str, value: float) -> None:
    assert figures(read_file(tmp_path, f"q,good\nx,{cell}\n"))[HERE, "*", "*", "good"] == (1, 0, value)


@pytest.mark.parametrize("cell", ["", " ", "NaN", "nan", "inf", "-Infinity", "None", "null", "<NA>", "1e999"])
def test_an_empty_cell_is_an_error_of_its_metric_and_never_0(tmp_path: Path, cell: str) -> None:
    batch = read_file(tmp_path, f"q,good,other\nx,0.5,1\ny,{cell},0\n")
    assert figures(batch) == {(HERE, "*", "*", "good"): (1, 1, 0.5), (HERE, "*", "*", "other"): (2, 0, 0.5)}
    assert batch.warnings[-2].endswith("never 0: good (1)")


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "-Infinity", "null", '""'])
def test_an_empty_cell_of_json_lines_is_an_error_too(tmp_path: Path, cell: str) -> None:
    data = '{"q": "x", "good": 0.5}\n{"q": "y", "good": %s}\n{"q": "z"}\n' % cell  # noqa: UP031
    assert figures(read_file(tmp_path, data)) == {(HERE, "*", "*", "good"): (1, 2, 0.5)}


def test_a_row_with_an_error_is_an_error_of_every_metric_whatever_else_it_says(tmp_path: Path) -> None:
    data = "good,error,latency_ms,cost_usd\n1,,100,1\n0,timeout,3,2\n,timeout,,\n1,none,100,1\n0,False,100,1\n"
    batch = read_file(tmp_path, data)
    assert {key[3]: found for key, found in figures(batch).items()} == {
        "good": (3, 2, pytest.approx(2 / 3)),
        "latency_ms": (3, 0, 100),
        "cost_usd": (3, 0, 1),
    }
    assert "read as an error: error; say otherwise with --map error=COLUMN" in batch.warnings


@pytest.mark.parametrize(
    ("data", "mapping", "place", "reason"),
    [
        ("q,good,other\nx,1,1\ny,bad,1\n", {"metric": "good,other"}, "row 2", "good 'bad' is not a number"),
        ('{"q":"x","good":1}\n\n{"q":"y","good":[1]}\n', {"metric": "good"}, "line 3", "good '[1]' is not a number"),
        ('good,other\n1.5,1\n"0,5",1\n2.5,0\n', {"metric": "good"}, "row 2", "good '0,5' is not a number"),
        ("good,took\n1,5\n0,soon\n", {"metric": "good", "latency_ms": "took"}, "row 2", "took 'soon' is not a number"),
        ("good,took\n1,5\n0,-5\n", {"metric": "good", "latency_ms": "took"}, "row 2", "took -5 is below 0"),
        ("pass,good\n1,1\n0.5,1\n", {}, "row 2", "pass 0.5 is neither true nor false"),
        ("version,good\n1,1\n,1\n", {}, "row 2", "the version is empty"),
        ("q,good,other\nx,1,1\n,,NaN\n", {}, "row 2", "the row is empty"),
    ],
    ids=["text", "list", "comma", "latency", "below 0", "pass", "version", "empty"],
)
def test_what_cannot_be_used_is_skipped_with_its_place_and_the_rest_is_kept(
    tmp_path: Path, data: str, mapping: dict[str, str], place: str, reason: str
) -> None:
    batch = read_file(tmp_path, data, Options(mapping=mapping))
    assert skips(batch) == [(place, reason)]
    assert batch.evidence is not None
    assert batch.evidence.skipped == 1
    assert any(cell.n for cell in batch.cells)


def test_a_case_may_stand_in_several_versions_and_workflows_and_several_times(tmp_path: Path) -> None:
    data = "id,version,flow,good\na,1,x,1\na,2,x,1\na,1,y,1\n,1,x,1\n,1,x,1\n"
    named = {"metric": "good", "case_id": "id", "workflow": "flow"}
    apart = read_file(tmp_path, data, Options(mapping=named))
    assert [cell.clusters for cell in apart.cells] == [None] * len(apart.cells)
    twice = read_file(tmp_path, data.replace("y", "x"), Options(mapping=named))
    assert not twice.skipped
    overall = cells(twice)["1", "*", "*", "good"]
    assert (overall.n, overall.cases, overall.clusters, overall.repeats) == (4, 3, 3, 2)


ASKED = "question,reference,context,good\n" + "".join(
    f"{question},{reference},{run},{good}\n"
    for run in range(3)
    for question, reference, good in (("Which?", "a", 1), ("Which?", "b", 0), ("When?", "a", 1))
)


def test_rows_that_ask_the_same_are_runs_of_one_case_where_no_id_says_more(tmp_path: Path) -> None:
    [cell] = read_file(tmp_path, ASKED, Options(mapping={"metric": "good"})).cells
    assert (cell.n, cell.clusters) == (9, 3)
    numbered = "id," + "".join(
        f"{at - 1},{line}\n" if at else f"{line}\n" for at, line in enumerate(ASKED.split("\n")[:-1])
    )
    [cell] = read_file(tmp_path, numbered, Options(mapping={"metric": "good"})).cells
    assert (cell.n, cell.clusters) == (9, None)


@pytest.mark.parametrize("mapping", [{"metric": "good", "cluster": "talk"}, {"metric": "good"}], ids=["named", "known"])
def test_turns_of_a_conversation_are_one_cluster(tmp_path: Path, mapping: dict[str, str]) -> None:
    column = "talk" if "cluster" in mapping else "conversation_id"
    data = f"{column},id,good\n" + "".join(f"c{at // 5},{at},{at % 5 > 0:d}\n" for at in range(20))
    batch = read_file(tmp_path, data, Options(mapping=mapping))
    [cell] = batch.cells
    assert (cell.n, cell.cases, cell.clusters, cell.repeats) == (20, 20, 4, None)
    told = any("read as what cases belong to that depend on each other" in warning for warning in batch.warnings)
    assert told == ("cluster" not in mapping)


def test_a_column_of_mostly_numbers_is_read_without_its_texts_and_one_of_mostly_texts_is_named(tmp_path: Path) -> None:
    data = "q,good,odd,few\nx,1,1,a\ny,1,2,b\nz,1,soon,3\n"
    batch = read_file(tmp_path, data)
    assert batch.mapping == {"metric": "good,odd"}
    assert skips(batch) == [("row 3", "odd 'soon' is not a number")]
    assert "not read, since it holds as much text as numbers, or more: few" in batch.warnings
    said = read_file(tmp_path, data, Options(mapping={"metric": "odd"}))
    assert {cell.metric: (cell.n, cell.mean) for cell in said.cells} == {"odd": (2, 1.5)}


def test_a_workflow_or_cohort_that_is_empty_or_everything_counts_overall_only(tmp_path: Path) -> None:
    data = "flow,plan,good\nx,*,1\n*,p,1\n,NaN,1\n"
    batch = read_file(tmp_path, data, Options(mapping={"workflow": "flow", "cohort": "plan"}))
    assert {key[1:3]: cell.n for key, cell in cells(batch).items()} == {
        ("*", "*"): 3,
        ("x", "*"): 1,
        ("*", "plan=p"): 1,
    }


def test_every_cohort_is_a_dimension_named_like_its_column(tmp_path: Path) -> None:
    data = 'plan,premium,good\na;b,TRUE,1\n"a  c",false,0\n'
    batch = read_file(tmp_path, data, Options(mapping={"cohort": "plan, premium"}))
    assert {key[2] for key in cells(batch)} == {"*", "plan=a,b", "plan=a c", "premium=true", "premium=false"}


def test_a_metric_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    batch = read_file(tmp_path, "q,good\nx,\ny,1\n", Options(mapping={"metric": "good,\n good"}))
    assert figures(batch) == {(HERE, "*", "*", "good"): (1, 1, 1)}
    assert batch.warnings[-2].startswith("1 cell without a number")


def test_a_column_may_have_at_most_one_line_as_its_name(tmp_path: Path) -> None:
    assert read_file(tmp_path, '"how\n good", "x"\n1,a\n', TABLE).mapping == {"metric": "how good"}


COLUMNS = "there are q, text"
TOO_MANY = "results with a row for each case and metric (native-results) may be larger."
ONE_OF = "expected one of metric, workflow, cohort, version, case_id, cluster, critical, error, latency_ms, cost_usd."
BREAKS = "the CSV breaks off or is malformed; expected a whole CSV file."
JSON_BREAKS = "the JSON breaks off or is malformed; expected one whole JSON document."


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        ("q,good\nx,1\n", Options(mapping={"unit": "q"}), f"--map: 'unit' is not a field; {ONE_OF}"),
        ("q,good\nx,1\n", mapped(metric="best"), "upload.bin: there is no column 'best'; expected one of q, good."),
        ("q,good\nx,1\n", mapped(cohort="q,z"), "upload.bin: there is no column 'z'; expected one of q, good."),
        (
            "q,good\nx,1\n",
            mapped(workflow="q,good"),
            "upload.bin: there is no column 'q,good'; expected one of q, good.",
        ),
        ("q,good\nx,1\n", mapped(metric=","), "upload.bin: there is no column ''; expected one of q, good."),
        (
            "q,good\nx,1\n",
            mapped(metric="q"),
            "upload.bin: the column 'q' holds no number; expected numbers, or true and false, in a metric.",
        ),
        (
            "q,cost_usd\nx,1\n",
            mapped(metric="cost_usd"),
            "upload.bin: 'cost_usd' is not a score; expected --map cost_usd=cost_usd, apart from the metrics.",
        ),
        (
            "q,text\nx,y\n",
            Options(),
            f"upload.bin: no column holds numbers that could be a metric; expected --map metric=COLUMN; {COLUMNS}.",
        ),
        (
            "version,good\n,1\n",
            mapped(version="version"),
            "upload.bin, row 1: no row can be used: the version is empty.",
        ),
        (
            "q,took\nx,\n",
            mapped(latency_ms="took"),
            "upload.bin, row 1: no row can be used: there is neither a score nor a cost.",
        ),
        ("q,good\n", TABLE, "upload.bin: the table has no rows; expected a row for each case."),
        ("q,good,q\nx,1,y\n", Options(), "upload.bin: the column 'q' stands twice; expected each column once."),
        ("q,good,good \nx,1,y\n", Options(), "upload.bin: the column 'good' stands twice; expected each column once."),
        (
            line(a=1, **{"b": {"c": 1}, "b.c": 2}),
            Options(),
            "upload.bin: the column 'b.c' stands twice; expected each column once.",
        ),
        (
            "q,good\ny\n",
            TABLE,
            "upload.bin: the table has no rows: the row has 1 cell for 2 columns; expected a row for each case.",
        ),
        ('q,good\n"x,1\n', Options(), f"upload.bin, line 2: {BREAKS}"),
        ('q,good\n"x"y,1\n', Options(), f"upload.bin, line 2: {BREAKS}"),
        (
            b"q,good\n\x81,1\n",
            Options(),
            "upload.bin, byte 7: the text is not UTF-8; expected UTF-8 text.",
        ),
        ("q,good\nx,1\n\0,1\n", Options(), "upload.bin, character 11: there is a NUL character; expected text."),
        (line(q="x", good=1) + '{"q": "y", "go', Options(), f"upload.bin, line 3, column 12: {JSON_BREAKS}"),
        (
            line(q="x", good=1) + "[1]\n",
            Options(),
            "upload.bin, line 3: the line is not an object; expected one a line.",
        ),
        (
            '{"q":"x","good":1}\n{"q":"y","q":1}\n',
            Options(),
            "upload.bin, line 2: the key 'q' stands twice in one object; expected each key once.",
        ),
        (
            '{"q":"x","good":1}\n{"q":"\\u0000","good":1}\n',
            Options(),
            "upload.bin, line 2: there is a NUL character; expected text.",
        ),
        (
            "model,good\n1,1\n2,1\n",
            Options(version="9"),
            "upload.bin: the file holds 2 versions, which one name would merge; "
            'expected --map "version:LABEL=NAME" for 1, 2.',
        ),
        (
            "q,good\nx,1\n",
            Options(mapping={"version:5": "9"}),
            "upload.bin: there is no version '5'; expected one of this file.",
        ),
    ],
    ids=[
        *("key", "metric", "cohort", "workflow", "nothing", "text metric", "spent metric", "no metric", "no version"),
        *("no score", "no rows", "twice", "twice but for a blank", "path twice", "short", "open quote", "stray quote"),
        *("latin-1", "NUL", "cut line", "list", "key twice", "escaped NUL", "merged", "rename"),
    ],
)
def test_a_table_that_cannot_be_read_as_asked_is_refused_whole(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    found = refusal(tmp_path, data, options)
    assert found in (sentence, f"upload.bin, {sentence}")


def test_a_table_with_very_many_columns_is_refused_without_naming_them_all(tmp_path: Path) -> None:
    names = ",".join(f"c{at}" for at in range(30))
    found = refusal(tmp_path, f"{names}\n{names.upper()}\n", mapped(metric="x"))
    assert found.endswith("c18, c19 and 10 more.")
    names = ",".join(f"c{at}" for at in range(2_001))
    assert refusal(tmp_path, f"{names}\n{names.upper()}\n") == (
        "upload.bin: the table has too many columns; expected at most 2,000."
    )


@pytest.mark.parametrize("kind", ["CSV", "JSON lines", "Parquet"])
@pytest.mark.parametrize(
    ("where", "limit", "most", "sentence"),
    [
        (
            wide,
            "MOST_ROWS",
            3,
            "upload.bin, row 4: the table is too large; expected at most 3 rows and 2,000,000 cells; ",
        ),
        (
            wide,
            "MOST_FIELDS",
            27,
            "upload.bin, row 4: the table is too large; expected at most 500,000 rows and 27 cells; ",
        ),
        (any_table, "MOST_SCORES", 15, "upload.bin: 4 rows of 4 metrics are too many scores; expected at most 15; "),
    ],
    ids=["rows", "cells", "scores"],
)
def test_a_table_that_is_too_large_is_refused_and_told_which_form_may_be_larger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, limit: str, most: int, sentence: str, kind: str
) -> None:
    monkeypatch.setattr(where, limit, most)
    found = refusal(tmp_path, KINDS[kind](ROWS, tmp_path), TABLE)
    assert found == f"{sentence}{TOO_MANY}".replace("row 4", "line 4" if kind == "JSON lines" else "row 4")
    monkeypatch.setattr(where, limit, most + 1)
    assert read_file(tmp_path, KINDS[kind](ROWS, tmp_path), TABLE).cells


def test_a_table_of_which_a_line_is_too_long_is_refused_without_reading_more(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(as_csv(ROWS, tmp_path))
    with path.open("r+b") as file:
        file.truncate(200 << 20)
    with pytest.raises(InputError, match=r"upload.bin, line [0-9]+: the line is too long; expected at most 16 MiB"):
        read(Source.open(path, "upload.bin"))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_parquet_file_that_breaks_off_is_refused(tmp_path: Path, share: float) -> None:
    data = as_parquet(ROWS * 100, tmp_path)
    assert refusal(tmp_path, data[: int(len(data) * share)], TABLE).startswith("upload.bin: the table cannot be read (")


def test_a_nul_in_parquet_is_refused_with_its_row(tmp_path: Path) -> None:
    data = as_parquet([{"q": "x", "good": 1}, {"q": "a\0b", "good": 1}], tmp_path)
    assert refusal(tmp_path, data, TABLE) == "upload.bin, row 2: there is a NUL character; expected text."


def test_lists_times_and_great_numbers_of_parquet_are_no_metrics_and_keep_their_digits(tmp_path: Path) -> None:
    rows = [{"case": 2**60 + at, "at": pd.Timestamp("2026-11-24"), "contexts": ["x"], "good": at} for at in range(2)]
    batch = read_file(tmp_path, as_parquet(rows, tmp_path), mapped(case_id="case"))
    assert (batch.mapping["metric"], batch.skipped) == ("good", ())
    assert figures(batch)[HERE, "*", "*", "good"] == (2, 0, 0.5)


def sniffed(folder: Path, data: bytes | str) -> bool:
    path = folder / "upload"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return IMPORTER.sniff(Source.open(path))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_told_by_its_content(tmp_path: Path, kind: str) -> None:
    assert sniffed(tmp_path, KINDS[kind](ROWS, tmp_path))


@pytest.mark.parametrize("kind", ["CSV", "JSON lines"])
def test_a_table_whose_first_row_is_very_long_is_told_too(tmp_path: Path, kind: str) -> None:
    data = KINDS[kind]([{"context": "word, " * 50_000, "good": 1.0}, {"context": "", "good": 0.0}], tmp_path)
    assert figures(read_file(tmp_path, data)) == {(HERE, "*", "*", "good"): (2, 0, 0.5)}


@pytest.mark.parametrize(
    "data",
    [
        "one\n1\n",
        "1,2\n3,4\n",
        ",,a\n1,2,3\n",
        "a,b\n",
        "Dear all, we begin\non Monday.\n",
        "def f(a, b):\n    return a\n",
        "a,b\x07\n1,2\n",
        b"a,\xff\xfe\n1,2\n",
        b"\x80\x02,\x00\n,\n",
        "[a, b]\n1, 2\n",
        "<a,b>\n1,2\n",
        '"a,b\n1,2\n',
        '{"a": 1, "b": 2}\n',
        '{"a": 1}\n{"a": 2}\n',
        '{"a": 1, "b"\n: 2}\n',
        '{\n"a": 1, "b": 2}\n',
        "[1, 2]\n[3, 4]\n",
        "{" * 3_000 + "\n",
        line(span_id="s", duration_ms=1),
        line(resourceSpans=[], a=1),
        "context.span_id,tokens\ns,4\n",
    ],
    ids=[
        *("one column", "no header", "one name", "no row", "prose", "code", "control", "not UTF-8", "binary", "toml"),
        *("xml", "quote", "object", "one key", "cut", "pretty", "lists", "deep", "spans", "otlp", "span table"),
    ],
)
def test_what_does_not_begin_like_a_table_is_not_taken_for_one(tmp_path: Path, data: str | bytes) -> None:
    assert not sniffed(tmp_path, data)


def test_spans_in_parquet_are_not_taken_for_results(tmp_path: Path) -> None:
    assert not sniffed(tmp_path, as_parquet([{"context.span_id": "s", "tokens": 4}], tmp_path))


def test_a_spreadsheet_of_promptfoo_is_refused_for_its_repeated_columns(tmp_path: Path) -> None:
    data = "question,[m] one,Status,[m] two,Status\n?,!,PASS,!,PASS\n"
    assert refusal(tmp_path, data) == "upload.bin: the column 'Status' stands twice; expected each column once."


SCORES = st.none() | st.booleans() | st.floats(-1e6, 1e6) | st.integers(-1000, 1000)
CASES = st.lists(
    st.fixed_dictionaries(
        {"a": SCORES, "b": SCORES, "flow": st.sampled_from(["x", "y", ""]), "plan": st.sampled_from(["p", "q é"])}
    ),
    min_size=1,
    max_size=12,
)


def expected(rows: list[Row]) -> dict[tuple[str, str, str, str], tuple[int, int, Any]]:
    found: dict[tuple[str, str, str, str], tuple[int, int, Any]] = {}
    groups = {("*", "*")} | {(row["flow"], "*") for row in rows} | {("*", row["plan"]) for row in rows}
    groups |= {(row["flow"], row["plan"]) for row in rows}
    for flow, plan in groups - {("", "*")} - {("", "p"), ("", "q é")}:
        for metric in ("a", "b"):
            held = [row[metric] for row in rows if flow in ("*", row["flow"]) and plan in ("*", row["plan"])]
            values = [float(value) for value in held if value is not None]
            mean = pytest.approx(sum(values) / len(values), rel=1e-9, abs=1e-6) if values else None
            cohort = plan if plan == "*" else f"plan={plan}"
            found[HERE, flow, cohort, metric] = (len(values), len(held) - len(values), mean)
    return found


@settings(max_examples=scaled(15))
@given(CASES, st.sampled_from(["CSV", "CSV with semicolons", "JSON lines"]))
def test_every_figure_is_the_mean_of_its_cases(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], kind: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    batch = read_file(folder, KINDS[kind](rows, folder), mapped(metric="a,b", workflow="flow", cohort="plan"))
    assert figures(batch) == expected(rows)


@settings(max_examples=scaled(12))
@given(st.lists(st.floats(-1e150, 1e150), min_size=1, max_size=9))
def test_figures_from_parquet_are_exact(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    folder = tmp_path_factory.getbasetemp()
    row = {f"c{at}": value for at, value in enumerate(values)}
    batch = read_file(folder, as_parquet([row], folder), TABLE)
    assert {cell.metric: cell.mean for cell in batch.cells} == row


@settings(max_examples=scaled(25))
@given(st.sampled_from(["CSV", "JSON lines", "Parquet"]), st.data())
def test_any_damage_to_a_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    damaged = bytearray(KINDS[kind](ROWS, folder))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=6))
    if damaged:
        refused = None
        try:
            assert read_file(folder, bytes(damaged), TABLE).cells
        except InputError as exc:
            refused = exc
        assert refused is None or refused.file == "upload.bin"


def test_a_mapping_may_name_the_dimension_of_a_cohort(tmp_path: Path) -> None:
    text = "quality,lang,a:b\n0.5,de,x\n1,en,y\n"
    mapping = {"metric": "quality", "cohort": "language:lang,a:b"}
    batch = read_file(tmp_path, text, Options(mapping=mapping))
    assert {cell.cohort for cell in batch.cells} == {"*", "language=de", "language=en", "a:b=x", "a:b=y"}
    assert "there is no column 'nope'" in refusal(tmp_path, text, Options(mapping={"cohort": "language:nope"}))
