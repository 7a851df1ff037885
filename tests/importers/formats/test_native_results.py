"""Native results: the same figures from every kind of table, and what is skipped, warned of or refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.importers import Options
from tests.importers.reading import NAME, cells, read_file, refusal, skips
from tests.soak import scaled

HEADER = "version,workflow,cohort,metric,value"
GOOD = "2,billing,language=en,success,1"
UNDATED = "the results are not dated, so they do not count until a date is given"
Row = dict[str, Any]


def row(value: Any = 1, **more: Any) -> Row:
    return {
        "version": "2",
        "workflow": "billing",
        "cohort": "language=en",
        "metric": "success",
        "value": value,
        **more,
    }


def as_csv(rows: list[Row], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    columns = list(dict.fromkeys(key for each in rows for key in each))
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_lines(rows: list[Row]) -> bytes:
    return "".join(f"{json.dumps(each)}\n" for each in rows).encode()


def as_parquet(rows: list[Row], folder: Path) -> bytes:
    path = folder / "written.parquet"
    with duckdb.connect() as connection:
        connection.register("frame", pd.DataFrame(rows))
        connection.table("frame").write_parquet(str(path))
    return path.read_bytes()


KINDS: dict[str, Callable[[list[Row], Path], bytes]] = {
    "commas": lambda rows, _: as_csv(rows),
    "semicolons": lambda rows, _: as_csv(rows, ";"),
    "tabs": lambda rows, _: as_csv(rows, "\t"),
    "Windows": lambda rows, _: as_csv(rows).replace(b"\n", b"\r\n"),
    "mark": lambda rows, _: b"\xef\xbb\xbf" + as_csv(rows),
    "mark and semicolons": lambda rows, _: b"\xef\xbb\xbf" + as_csv(rows, ";"),
    "JSON lines": lambda rows, _: as_lines(rows),
    "JSON lines with a mark": lambda rows, _: b"\xef\xbb\xbf" + as_lines(rows),
    "JSON lines of Windows": lambda rows, _: as_lines(rows).replace(b"\n", b"\r\n"),
    "Parquet": as_parquet,
}
MANY = [
    row(1.0, case_id="a", cohort="language=en;tier=gold", run_at="2026-11-19T23:00:00Z"),
    row(0.0, case_id="b", cohort=" tier=gold ; language=de ;", run_at="2026-11-20T08:00:00Z"),
    row(None, case_id="c", error="timeout"),
    row(0.25, case_id="d", metric='said "yes", twice', unit="ratio", higher_is_better="true"),
    row(1.0, case_id="a", version="1", workflow="*", cohort=None),
]


def figures(data: bytes, folder: Path, options: Options | None = None) -> dict[tuple[str, ...], tuple[object, ...]]:
    found = cells(read_file(folder, data, options))
    return {key: (cell.n, cell.errors, cell.mean, cell.passed) for key, cell in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_gives_the_same_figures(tmp_path: Path, kind: str) -> None:
    said = 'said "yes", twice'
    batch = read_file(tmp_path, KINDS[kind](MANY, tmp_path))
    assert figures(KINDS[kind](MANY, tmp_path), tmp_path) == {
        ("1", "*", "*", "success"): (1, 0, 1, 1),
        ("2", "*", "*", "success"): (2, 1, 0.5, 1),
        ("2", "*", "language=de", "success"): (1, 0, 0, 0),
        ("2", "*", "language=en", "success"): (1, 1, 1, 1),
        ("2", "*", "tier=gold", "success"): (2, 0, 0.5, 1),
        ("2", "billing", "*", "success"): (2, 1, 0.5, 1),
        ("2", "billing", "language=de", "success"): (1, 0, 0, 0),
        ("2", "billing", "language=en", "success"): (1, 1, 1, 1),
        ("2", "billing", "tier=gold", "success"): (2, 0, 0.5, 1),
        ("2", "*", "*", said): (1, 0, 0.25, None),
        ("2", "*", "language=en", said): (1, 0, 0.25, None),
        ("2", "billing", "*", said): (1, 0, 0.25, None),
        ("2", "billing", "language=en", said): (1, 0, 0.25, None),
    }
    assert {(cell.unit, cell.direction) for cell in batch.cells} == {("", "unknown"), ("ratio", "higher")}
    assert (batch.format, batch.versions, batch.skipped, batch.warnings) == ("native-results", ("1", "2"), (), ())
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.measured_on) == (5, dt.date(2026, 11, 20))


cohorts = st.lists(st.sampled_from(["l=en", "l=de", "t=x", "t=y=z"]), max_size=3)
cases = st.builds(
    row,
    st.none() | st.booleans().map(float) | st.floats(-1e6, 1e6).map(lambda value: round(value, 6)),
    version=st.sampled_from(["1", "2"]),
    workflow=st.sampled_from(["a", "b", "*"]),
    cohort=cohorts.map(";".join),
    metric=st.sampled_from(["m", "k"]),
    error=st.sampled_from([None, None, "timeout"]),
)


@settings(max_examples=scaled(15))
@given(
    st.lists(cases, min_size=1, max_size=30).filter(lambda rows: any(row["value"] is not None for row in rows)),
    st.sampled_from(["commas", "tabs", "JSON lines", "Parquet"]),
)
def test_the_figures_agree_with_plain_python_and_numpy(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], kind: str
) -> None:
    rows = [each if each["value"] is not None else each | {"error": "no answer"} for each in rows]
    plain: dict[tuple[str, str, str, str], list[float | None]] = {}
    for each in rows:
        for workflow in {"*", each["workflow"]}:
            for cohort in {"*", *filter(None, each["cohort"].split(";"))}:
                key = (each["version"], workflow, cohort, each["metric"])
                plain.setdefault(key, []).append(None if each["error"] else each["value"])
    folder = tmp_path_factory.getbasetemp()
    found = cells(read_file(folder, KINDS[kind](rows, folder)))
    assert found.keys() == plain.keys()
    for key, values in plain.items():
        scored, cell = [value for value in values if value is not None], found[key]
        assert (cell.n, cell.errors) == (len(scored), len(values) - len(scored))
        if scored:
            wanted = [np.mean(scored), *np.quantile(scored, [0.5, 0.95, 0.99])]
            assert [cell.mean, cell.p50, cell.p95, cell.p99] == pytest.approx(wanted, rel=1e-9, abs=1e-6)
        else:
            assert (cell.mean, cell.p50, cell.p95, cell.p99) == (None, None, None, None)
        assert cell.passed == (scored.count(1) if scored and set(scored) <= {0, 1} else None)


def test_quantiles_are_those_of_numpy(tmp_path: Path) -> None:
    values = [float(value) for value in np.random.default_rng(7).lognormal(6, 1, 1_001)]
    cell = cells(read_file(tmp_path, as_csv([row(value) for value in values])))["2", "*", "*", "success"]
    assert (cell.p50, cell.p95, cell.p99) == pytest.approx(tuple(np.quantile(values, [0.5, 0.95, 0.99])))
    assert cell.n == len(values)
    assert cell.mean == pytest.approx(float(np.mean(values)))


def test_an_aggregate_is_kept_as_stated_with_its_n(tmp_path: Path) -> None:
    rows = [
        row(0.9, n=400, unit="ratio", higher_is_better="yes"),
        row(0.8, n=900, cohort=""),
        row(0.7, n=1_000.0, workflow="*", cohort=""),
        row(1, n=1, metric="other"),
    ]
    found = {key: cell for key, cell in cells(read_file(tmp_path, as_csv(rows))).items() if key[3] == "success"}
    assert {key[1:3]: (cell.n, cell.mean, cell.stated, cell.p95, cell.passed) for key, cell in found.items()} == {
        ("billing", "language=en"): (400, 0.9, True, None, None),
        ("billing", "*"): (900, 0.8, True, None, None),
        ("*", "*"): (1_000, 0.7, True, None, None),
    }
    assert {(cell.unit, cell.direction) for cell in found.values()} == {("ratio", "higher")}


def test_a_case_that_errored_is_counted_apart_whatever_its_value(tmp_path: Path) -> None:
    rows = [row(1), row(0, error="timeout"), row("", error="timeout"), row(0)]
    assert figures(as_csv(rows), tmp_path)["2", "billing", "language=en", "success"] == (2, 2, 0.5, 1)


def test_what_a_row_says_of_passing_wins_over_its_value(tmp_path: Path) -> None:
    rows = [row(0.7, passed="yes"), row(0.2, passed="F"), row(1, passed="false"), row(1)]
    assert figures(as_csv(rows), tmp_path)["2", "*", "*", "success"] == (4, 0, pytest.approx(0.725), 2)
    assert figures(as_csv([*rows, row(0.5)]), tmp_path)["2", "*", "*", "success"][3] is None


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("nan"), "value nan is not finite"),
        (row("-inf"), "value -inf is not finite"),
        (row("1e999"), "value 1e999 is not finite"),
        (row("1,234"), "value 1,234 is not a number"),
        (row("good"), "value good is not a number"),
        (row(""), "value is empty and no error is stated"),
        (row(version=" "), "version is empty"),
        (row(workflow=""), "workflow is empty"),
        (row(metric=""), "metric is empty"),
        (row(cohort="en"), "cohort en is not dimension=value"),
        (row(cohort="language=en;tier="), "cohort language=en;tier= is not dimension=value"),
        (row(n=0), "n is not a whole number from 1"),
        (row(n=-3), "n is not a whole number from 1"),
        (row(n="many"), "n is not a whole number from 1"),
        (row(n=2.5), "n is not a whole number from 1"),
        (row("", n=5, error="timeout"), "an aggregate has no value"),
        (row(n=5, cohort="language=en;tier=gold"), "an aggregate names several cohorts at once"),
        (row(passed="perhaps"), "passed is neither true nor false"),
        (row(higher_is_better="up"), "higher_is_better is neither true nor false"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_place(tmp_path: Path, bad: Row, reason: str) -> None:
    rows = [row(), bad, row(0)]
    batch = read_file(tmp_path, as_csv(rows))
    assert skips(batch) == [("row 2", reason)]
    assert skips(read_file(tmp_path, as_lines(rows))) == [("line 2", reason)]
    assert cells(batch)["2", "*", "*", "success"].n == 2
    assert batch.evidence is not None
    assert (batch.evidence.kept, batch.evidence.skipped, batch.evidence.skips) == (2, 1, list(batch.skipped))


@pytest.mark.parametrize("field", ["version", "workflow", "cohort", "metric", "unit"])
def test_a_text_too_long_to_keep_skips_its_row(tmp_path: Path, field: str) -> None:
    batch = read_file(tmp_path, as_csv([row(), row() | {field: "language=" + "e" * 400}]))
    assert [skip.place for skip in batch.skipped] == ["row 2"]
    assert batch.skipped[0].reason.startswith(f"{field} ")
    assert {cell.n for cell in batch.cells} == {1}


def test_every_run_of_a_case_is_kept_and_the_case_counts_once(tmp_path: Path) -> None:
    rows = [row(1, case_id="a"), row(0, case_id="a"), row(0, case_id="a", version="1"), row(0, case_id="b"), row(0)]
    batch = read_file(tmp_path, as_csv([*rows, row("x", case_id="c"), row(1, case_id="c"), row(0)]))
    assert skips(batch) == [("row 6", "value x is not a number")]
    cell = cells(batch)["2", "*", "*", "success"]
    assert (cell.n, cell.mean, cell.cases, cell.clusters) == (6, 2 / 6, 5, 5)
    assert cells(batch)["1", "*", "*", "success"].clusters is None


def test_many_skips_are_all_counted_and_the_first_are_listed(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv([row(), *[row("x")] * 250]))
    assert batch.evidence is not None
    assert (batch.evidence.skipped, len(batch.skipped)) == (250, 200)


def test_blank_lines_count_in_the_place_of_a_line(tmp_path: Path) -> None:
    data = as_lines([row()]) + b"\n\n" + as_lines([row("x")])
    assert skips(read_file(tmp_path, data)) == [("line 4", "value x is not a number")]


def test_a_row_may_hold_line_ends_quotes_and_a_hash(tmp_path: Path) -> None:
    rows = [row(0, version="#2", metric='a\n"b"', workflow="#"), *[row()] * 30, row(0, version="#2", case_id="1#2")]
    found = figures(as_csv(rows), tmp_path)
    assert found["#2", "#", "*", 'a\n"b"'] == (1, 0, 0, 0)
    assert (found["2", "*", "*", "success"], found["#2", "*", "*", "success"]) == ((30, 0, 1, 30), (1, 0, 0, 0))


@pytest.mark.parametrize("stored_as", ["results.csv.gz", "a.zst", "a[1]*.csv", "version=9/a.csv", "it's.json"])
@pytest.mark.parametrize("kind", ["commas", "JSON lines", "Parquet"])
def test_the_name_of_a_file_says_nothing(tmp_path: Path, kind: str, stored_as: str) -> None:
    (tmp_path / stored_as).parent.mkdir(exist_ok=True)
    batch = read_file(tmp_path, KINDS[kind]([row()], tmp_path), stored_as=stored_as)
    assert batch.versions == ("2",)
    assert batch.warnings == (UNDATED,)


@pytest.mark.parametrize(
    ("run_at", "day"),
    [
        (["2026-11-19T10:00:00Z", "2026-11-20T23:59:59-05:00", "2026-11-18"], dt.date(2026, 11, 20)),
        (["2026-11-19 10:00:00", "", "soon"], dt.date(2026, 11, 19)),
        (["2026-02-30", "", "1764000000"], None),
    ],
)
def test_the_last_day_of_a_run_is_when_it_was_measured(tmp_path: Path, run_at: list[str], day: dt.date | None) -> None:
    data = as_csv([row(run_at=each) for each in run_at])
    batch = read_file(tmp_path, data)
    assert batch.evidence is not None
    assert batch.evidence.measured_on == day
    assert batch.warnings == (() if day else (UNDATED,))
    named = read_file(tmp_path, data, Options(measured_on=dt.date(2026, 1, 2)))
    assert named.evidence is not None
    assert (named.evidence.measured_on, named.warnings) == (dt.date(2026, 1, 2), ())


@pytest.mark.parametrize("odd", ["1026-11-20", "2926-11-20T10:00:00Z"])
def test_a_day_that_cannot_be_is_told_and_no_other_is_taken_for_it(tmp_path: Path, odd: str) -> None:
    batch = read_file(tmp_path, as_csv([row(run_at="2026-11-19"), row(run_at=odd)]))
    assert batch.evidence is not None
    assert batch.evidence.measured_on == dt.date(2026, 11, 19)
    assert batch.warnings == (
        f"run_at says {odd[:10]}, which cannot be when it ran; expected a date from 2000-01-01 to 2099-12-31",
    )
    assert refusal(tmp_path, as_csv([row()]), Options(measured_on=dt.date(1026, 11, 20))) == (
        "upload.bin, measured on: 1026-11-20 cannot be when it was measured; "
        "expected a date from 2000-01-01 to 2099-12-31."
    )


def test_columns_without_a_field_are_left_out_and_named(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv([row(threshold=0.9, trace_id="t", judge="x", run_at="2026-11-20", notes="y")]))
    assert batch.warnings == ("columns that have no field here are left out: notes",)
    assert batch.fields == ("notes",)


def test_a_table_with_very_many_columns_is_read(tmp_path: Path) -> None:
    batch = read_file(tmp_path, as_csv([row(**{f"another column {number}": 1 for number in range(1_900)})]))
    assert batch.warnings[0].startswith("columns that have no field here are left out: another column 0, ")


def test_other_columns_are_read_under_the_names_they_are_mapped_to(tmp_path: Path) -> None:
    data = b"Release;Flow; Cohort ;metric;score\n2;billing;language=en;success;0,5\n2;billing;language=en;success;1\n"
    mapping = {"version": "Release", "workflow": "Flow", "value": "score"}
    batch = read_file(tmp_path, data, Options(mapping=mapping))
    cell = cells(batch)["2", "billing", "language=en", "success"]
    assert (cell.n, cell.mean) == (2, 0.75)
    assert "a comma is read as the decimal one in the values" in batch.warnings
    assert (batch.mapping, batch.fields) == (mapping, ())
    named = read_file(tmp_path, data, Options(version="9", mapping={"workflow": "Flow", "value": "score"}))
    assert {cell.version for cell in named.cells} == {"9"}


def test_versions_are_renamed_and_never_merged(tmp_path: Path) -> None:
    data = as_csv([row(1), row(0, version="1")])
    renamed = figures(data, tmp_path, Options(mapping={"version:2": "2026.11"}))
    assert {key[0]: figure for key, figure in renamed.items()} == {"2026.11": (1, 0, 1, 1), "1": (1, 0, 0, 0)}
    swapped = figures(data, tmp_path, Options(mapping={"version:1": "2", "version:2": "1"}))
    assert {key[0]: figure for key, figure in swapped.items()} == {"1": (1, 0, 1, 1), "2": (1, 0, 0, 0)}
    assert {cell.version for cell in read_file(tmp_path, as_csv([row()]), Options(version="9")).cells} == {"9"}


MIXED = "cases and an aggregate stand in one cell"
EITHER = "expected either cases or one aggregate."


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (
            HEADER.replace("metric", "measure"),
            Options(),
            "the column 'metric' is missing; expected the columns metric and value, or --map metric=COLUMN; "
            "there are version, workflow, cohort, measure, value.",
        ),
        (
            HEADER.replace("version", "release"),
            Options(mapping={"version": "realease"}),
            "there is no column 'realease'; expected one of release, workflow, cohort, metric, value.",
        ),
        (
            HEADER,
            Options(mapping={"tenant": "cohort"}),
            "'tenant' is not a field; expected one of version, workflow, cohort, metric, value, n, passed, case_id, "
            "cluster_id, threshold, higher_is_better, unit, error, run_at, trace_id, critical, judge.",
        ),
        (as_csv([row()]), Options(mapping={"version:7": "8"}), "there is no version '7'; expected one of 2."),
        (
            as_csv([row(), row(version="1")]),
            Options(version="9"),
            'the file holds 2 versions, which one name would merge; expected --map "version:LABEL=NAME" for 1, 2.',
        ),
        (HEADER, Options(), "no row can be used: there are no rows."),
        (as_csv([row("x")]), Options(), "no row can be used: value x is not a number."),
        (
            as_csv([row(), row(0.9, n=40)]),
            Options(),
            f"{MIXED} (success of 2, billing, language=en); {EITHER}",
        ),
        (
            as_csv([row(), row(0.9, n=40, cohort="")]),
            Options(),
            f"{MIXED} (success of 2, billing, *); {EITHER}",
        ),
        (
            as_csv([row(), row(0.9, n=40, cohort="", workflow="*")]),
            Options(),
            f"{MIXED} (success of 2, *, *); {EITHER}",
        ),
        (
            as_csv([row(0.8, n=30), row(0.9, n=40)]),
            Options(),
            f"two aggregates stand in one cell (success of 2, billing, language=en); {EITHER}",
        ),
        (
            as_csv([row(higher_is_better="true"), row(version="1", higher_is_better="0")]),
            Options(),
            "the metric 'success' has two directions; expected one.",
        ),
        (as_csv([row(unit="s"), row(unit="ms")]), Options(), "the metric 'success' has two units; expected one."),
        (
            HEADER.encode() + b"\n2,caf\x81,l=en,m,1\n",
            Options(),
            "byte 42: the text is not UTF-8; expected UTF-8 text.",
        ),
        (
            HEADER.encode() + b"\n2,a\x1b,l=en,m,1\n\xc3",
            Options(),
            "the table cannot be read (CSV Error on Line: 3); expected a whole CSV, JSON lines or Parquet file.",
        ),
        (HEADER + "\n2,a\0b,l=en,m,1\n", Options(), "there is a NUL character; expected text."),
        (as_lines([row(), row(workflow="a\0b")]), Options(), "there is a NUL character; expected text."),
        (
            as_lines([row()]) + b'{"metric": "m", "metric": "k", "value": 1}\n',
            Options(),
            "line 2: a key stands twice; expected each key once.",
        ),
        (as_lines([row()]) + b"[1]\n", Options(), "line 2: the line is not an object; expected one a line."),
        (
            HEADER.replace("workflow", "work\rflow") + "\n2,a,l=en,m,1\n",
            Options(format="native-results"),
            "expected lines that end in one way.",
        ),
        (b"PAR1" + b"x" * 40, Options(), "; expected a whole CSV, JSON lines or Parquet file."),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_sentence(
    tmp_path: Path, data: str | bytes, options: Options, sentence: str
) -> None:
    found = refusal(tmp_path, data, options)
    assert found.startswith(NAME)
    assert sentence in found
    assert "\n" not in found
    assert str(tmp_path) not in found


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (f"{HEADER}\n{GOOD}\n{GOOD}\n{HEADER},n\n" + f"{GOOD},1\n" * 50, 4),
        (f'{HEADER}\n{GOOD}\n2,billing,"language=en,success,1\n', 3),
        (f'{HEADER}\n{GOOD}\n2,billing,"language=en"x,success,1\n', 3),
        (as_lines([row(), row()])[:-9], 2),
        (as_lines([row()]) + b'{"metric": }\n' + as_lines([row()]), 2),
        (as_lines([row()]).strip() + as_lines([row()]), 1),
    ],
    ids=["two tables", "open quote", "stray quote", "cut", "malformed", "two on a line"],
)
def test_a_broken_table_is_refused_whole_and_the_line_is_named(tmp_path: Path, data: str | bytes, line: int) -> None:
    found = refusal(tmp_path, data)
    assert found.startswith(NAME)
    assert re.search(rf"(?i)\bline:? {line}\b", found)


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (f"{HEADER}\n{GOOD}\n2,billing,language=en,success\n{GOOD}\n", 2, "the row has 4 cells for 5 columns"),
        (f"{HEADER}\n{GOOD}\n{GOOD},0\n{GOOD}\n", 2, "the row has 6 cells for 5 columns"),
        (f"{HEADER}\n" + f"{GOOD}\n" * 30_000 + "2,billing\n", 30_001, "the row has 2 cells for 5 columns"),
    ],
    ids=["short", "long", "far"],
)
def test_a_row_of_too_few_or_too_many_cells_is_skipped_with_its_place(
    tmp_path: Path, data: str, place: int, reason: str
) -> None:
    batch = read_file(tmp_path, data)
    assert skips(batch) == [(f"row {place}", reason)]
    assert batch.evidence is not None
    assert (batch.evidence.skipped, batch.evidence.kept) == (1, data.count(GOOD) - data.count(f"{GOOD},0"))
    assert batch.evidence.size == len(data)


def test_a_parquet_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    data = as_parquet([row()] * 500, tmp_path)
    for end in (8, len(data) // 2, len(data) - 3):
        assert refusal(tmp_path, data[:end]).endswith("; expected a whole CSV, JSON lines or Parquet file.")
