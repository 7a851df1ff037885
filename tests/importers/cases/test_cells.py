"""The figures of a cell against numpy and scipy, what becomes of classes, and what is too much."""

from __future__ import annotations

import math
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from readiness.importers.cases.cells import workbench
from readiness.importers.source import progress
from readiness.importers.source.progress import listening
from readiness.model.cells import Cell
from readiness.scorecard.uncertainty import of_cell
from tests.importers.reading import NAME, cells, read_file, refusal
from tests.soak import scaled

HEADER = "version,workflow,cohort,metric,value"
ALL = ("2", "*", "*", "m")
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def table(*lines: str, more: str = "") -> str:
    return "\n".join([HEADER + more, *lines, ""])


def of_values(*values: float, cohorts: tuple[str, ...] = ("",)) -> str:
    """A case for each value, in one cohort after the other."""
    return table(*(f"2,*,{cohorts[at % len(cohorts)]},m,{value!r}" for at, value in enumerate(values)))


def as_parquet(frame: pd.DataFrame, folder: Path) -> bytes:
    path = folder / "written.parquet"
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.table("frame").write_parquet(str(path))
    return path.read_bytes()


# Figures


def bounds(values: list[float], q: float) -> tuple[float | None, float | None]:
    """The values at the ranks that bound a quantile: P(B ≤ l − 1) ≤ 2.5 % and P(B ≥ u) ≤ 2.5 %, B ~ Bin(n, q)."""
    n, held = len(values), sorted(values)
    ranks = np.arange(1, n + 1)
    low = ranks[stats.binom.cdf(ranks - 1, n, q) <= 0.025]
    high = ranks[stats.binom.sf(ranks - 1, n, q) <= 0.025]
    return held[low[-1] - 1] if low.size else None, held[high[0] - 1] if high.size else None


def agrees(cell: Cell, values: list[float]) -> None:
    assert cell.n == len(values)
    assert cell.mean == pytest.approx(np.mean(values), rel=1e-9, abs=1e-9)
    if len(values) > 1:
        assert cell.sd == pytest.approx(np.std(values, ddof=1), rel=1e-6, abs=1e-6)
    else:
        assert cell.sd is None
    for name, q in QUANTILES.items():
        assert getattr(cell, name) == pytest.approx(np.quantile(values, q), rel=1e-9, abs=1e-9)
        found = getattr(cell, f"{name}_low"), getattr(cell, f"{name}_high")
        assert found == ((None, None) if set(values) <= {0, 1} else bounds(values, q))


figures = st.one_of(
    st.sampled_from([0.0, 1.0, 0.5, -2.0]),
    st.integers(-1_000_000, 1_000_000).map(lambda value: value / 1_000),
)


@settings(max_examples=scaled(12))
@given(
    st.integers(1, 500).flatmap(lambda n: st.lists(figures, min_size=n, max_size=n) | st.just([float(n)] * n)),
    st.sampled_from([("",), ("c=1", "c=2"), ("c=1;d=1", "c=2;d=1", "", "c=1")]),
)
def test_spread_and_limits_agree_with_numpy_and_scipy(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], cohorts: tuple[str, ...]
) -> None:
    found = cells(read_file(tmp_path_factory.getbasetemp(), of_values(*values, cohorts=cohorts)))
    plain: dict[str, list[float]] = {}
    for at, value in enumerate(values):
        for cohort in ("*", *filter(None, cohorts[at % len(cohorts)].split(";"))):
            plain.setdefault(cohort, []).append(value)
    assert {key[2] for key in found} == plain.keys()
    for cohort, held in plain.items():
        agrees(found["2", "*", cohort, "m"], held)


@pytest.mark.parametrize("n", [5, 6, 71, 72, 367, 368, 1_001])
def test_the_limits_appear_where_there_are_cases_enough(tmp_path: Path, n: int) -> None:
    """p50 is bounded on both sides from 6 cases on, p95 from above from 72 on and p99 from 368 on."""
    values = [float(value) for value in np.random.default_rng(n).lognormal(6, 1, n)]
    cell = cells(read_file(tmp_path, of_values(*values)))[ALL]
    agrees(cell, values)
    assert (cell.p50_low is not None, cell.p50_high is not None) == (n >= 6, n >= 6)
    assert (cell.p95_high is not None, cell.p99_high is not None) == (n >= 72, n >= 368)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 20])
def test_the_interval_of_a_cell_holds_its_figure_however_few_cases_there_are(tmp_path: Path, n: int) -> None:
    cell = cells(read_file(tmp_path, of_values(*(100.0 + value for value in range(n)))))[ALL]
    for stat in ("mean", "p50", "p95", "p99"):
        interval = of_cell(cell, stat)
        assert interval is None or interval.low <= getattr(cell, stat) <= interval.high


def test_the_spread_of_figures_far_from_0_is_not_lost(tmp_path: Path) -> None:
    values = [1e9 + step for step in (0.25, 0.5, 0.75, 1.0)]
    found = cells(read_file(tmp_path, of_values(*values, cohorts=("c=1", "c=2"))))
    assert found[ALL].sd == pytest.approx(np.std(values, ddof=1), rel=1e-6)


def test_errored_cases_leave_spread_and_limits_as_they_are(tmp_path: Path) -> None:
    values = [float(value) for value in range(40)]
    rows = [f"2,*,,m,{value},{error}" for value in values for error in ("", "timeout")]
    cell = cells(read_file(tmp_path, table(*rows, more=",error")))[ALL]
    agrees(cell, values)
    assert cell.errors == 40


def test_a_stated_figure_has_neither_spread_nor_limits(tmp_path: Path) -> None:
    cell = cells(read_file(tmp_path, table("2,*,,m,0.93,400", more=",n")))[ALL]
    assert (cell.sd, cell.p50, cell.p50_low, cell.p99_high, cell.passed) == (None, None, None, None, None)


# Classes


@pytest.mark.parametrize(
    ("metric", "unit"), [("failure_class", ""), ("failure_class", "category"), ("why", "category")]
)
@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_each_class_becomes_a_rate(tmp_path: Path, metric: str, unit: str, kind: str) -> None:
    rows = [
        ("2", "refund", "language=de", metric, "timeout", unit),
        ("2", "refund", "language=en", metric, " timeout ", unit),
        ("2", "billing", "language=en", metric, "wrong tool", unit),
        ("1", "billing", "language=en", metric, "none", unit),
    ]
    frame = pd.DataFrame(rows, columns=[*HEADER.split(","), "unit"])
    data = frame.to_csv(index=False) if kind == "CSV" else as_parquet(frame, tmp_path)
    found = cells(read_file(tmp_path, data))
    told = {(key[0], key[3]): (cell.n, cell.passed) for key, cell in found.items() if key[1:3] == ("*", "*")}
    assert told == {
        ("2", f"{metric}/timeout"): (3, 2),
        ("2", f"{metric}/wrong tool"): (3, 1),
        ("2", f"{metric}/none"): (3, 0),
        ("1", f"{metric}/timeout"): (1, 0),
        ("1", f"{metric}/wrong tool"): (1, 0),
        ("1", f"{metric}/none"): (1, 1),
    }
    english = found["2", "*", "language=en", f"{metric}/timeout"]
    assert (english.n, english.mean, english.unit) == (2, 0.5, "ratio")
    assert found["2", "refund", "*", f"{metric}/timeout"].mean == 1


def test_classes_stand_beside_figures_in_one_file(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, table("2,*,,failure_class,timeout", "2,*,,m,0.25")))
    assert {key[3]: cell.mean for key, cell in found.items()} == {"failure_class/timeout": 1, "m": 0.25}


def test_a_case_that_errored_is_no_case_of_any_class(tmp_path: Path) -> None:
    rows = [f"2,*,,failure_class,{value},{error}" for value, error in (("timeout", ""), ("refusal", "crash"))]
    found = cells(read_file(tmp_path, table(*rows, more=",error")))
    assert {key[3]: (cell.n, cell.errors, cell.mean) for key, cell in found.items()} == {
        "failure_class/timeout": (1, 1, 1),
        "failure_class/refusal": (1, 1, 0),
    }


def test_too_many_classes_are_refused(tmp_path: Path) -> None:
    told = refusal(tmp_path, table(*(f"2,*,,failure_class,text {number}" for number in range(51))))
    assert told == f"{NAME}: the file has 51 classes; expected at most 50."


def test_a_class_with_a_number_of_cases_is_skipped(tmp_path: Path) -> None:
    batch = read_file(tmp_path, table("2,*,,failure_class,timeout,", "2,*,,failure_class,timeout,40", more=",n"))
    assert [each.reason for each in batch.skipped] == ["an aggregate cannot be a class"]
    assert cells(batch)["2", "*", "*", "failure_class/timeout"].n == 1


# Cohorts


@pytest.mark.parametrize("cohort", ["*", " * ", "", "*;*", ";"])
def test_a_star_is_all_cohorts_and_none_of_its_own(tmp_path: Path, cohort: str) -> None:
    found = cells(read_file(tmp_path, table(f"2,*,{cohort},m,1", "2,*,language=de;*,m,0")))
    assert {key[2]: cell.n for key, cell in found.items()} == {"*": 2, "language=de": 1}


def test_a_stated_figure_of_a_star_is_of_all_cases(tmp_path: Path) -> None:
    batch = read_file(tmp_path, table("2,refund,*,m,0.93,400", "2,*,*,m,0.91,900", more=",n"))
    assert {key[1:3]: cell.n for key, cell in cells(batch).items()} == {("refund", "*"): 400, ("*", "*"): 900}


def test_a_cohort_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    found = cells(read_file(tmp_path, table("2,*,language=de; language=de ,m,1")))
    assert {key[2]: cell.n for key, cell in found.items()} == {"*": 1, "language=de": 1}


@pytest.mark.parametrize(("many", "warned"), [(10_000, False), (10_001, True)])
def test_very_many_cohorts_are_kept_with_a_warning(tmp_path: Path, many: int, warned: bool) -> None:
    batch = read_file(tmp_path, table(*(f"2,*,tenant={number},m,{number % 2}" for number in range(many))))
    assert len(batch.cells) == many + 1
    told = [each for each in batch.warnings if "cohorts" in each]
    assert told == [f"{many:,} cohorts are stored; a dimension with an id in it is seldom meant as a cohort"] * warned


# What is refused


@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.7e308, 1.7e308], id="too large to add up"),
        pytest.param([1e200, -1e200], id="too far apart, in one cohort"),
        pytest.param([1e200, 1.0, -1e200, 0.0], id="too far apart, in two cohorts"),
        pytest.param([1.7e308, 0.0, -1.7e308, 1.0], id="too far apart for a quantile"),
    ],
)
def test_figures_that_cannot_be_worked_with_are_refused_in_one_sentence(
    tmp_path: Path, values: list[float], kind: str
) -> None:
    cohorts = [f"c={at}" for at in range(len(values))]
    rows = [("2", "*", cohort, "m", value) for cohort, value in zip(cohorts, values, strict=True)]
    frame = pd.DataFrame(rows, columns=HEADER.split(","))
    told = refusal(tmp_path, frame.to_csv(index=False) if kind == "CSV" else as_parquet(frame, tmp_path))
    assert told == f"{NAME}: the values of m are too large to add up; expected smaller values."
    one = frame.assign(cohort="")
    told = refusal(tmp_path, one.to_csv(index=False) if kind == "CSV" else as_parquet(one, tmp_path))
    assert told == f"{NAME}: the values of m are too large to add up; expected smaller values."


@pytest.mark.parametrize("value", [1e100, -1e100])
def test_large_figures_are_kept_as_long_as_they_can_be_worked_with(tmp_path: Path, value: float) -> None:
    cell = cells(read_file(tmp_path, of_values(value, -value, cohorts=("c=1", "c=2"))))[ALL]
    assert cell.sd == pytest.approx(math.sqrt(2) * 1e100)


@pytest.mark.parametrize(
    ("rows", "more", "what"),
    [
        (["2,*,,m,1,s", "1,refund,language=de,m,1,ms"], ",unit", "units"),
        (["2,*,,m,1,true", "1,refund,language=de,m,1,no"], ",higher_is_better", "directions"),
    ],
)
def test_a_metric_has_one_unit_and_one_direction(tmp_path: Path, rows: list[str], more: str, what: str) -> None:
    assert refusal(tmp_path, table(*rows, more=more)) == f"{NAME}: the metric 'm' has two {what}; expected one."


def test_what_a_skipped_row_says_of_a_metric_does_not_count(tmp_path: Path) -> None:
    rows = ["2,*,,m,1,s,true", "2,*,,m,bad,ms,false", "2,*,,m,1,,", "2,*,,k,1,ms,0"]
    batch = read_file(tmp_path, table(*rows, more=",unit,higher_is_better"))
    assert {(cell.metric, cell.unit, cell.direction) for cell in batch.cells} == {
        ("m", "s", "higher"),
        ("k", "ms", "lower"),
    }


# Progress

SLOW = "SELECT count(*) FROM (SELECT hash(i) % 7 AS h FROM range(40_000_000) t(i)) WHERE h = 3"


def slowly(told: list[float | None], connection: duckdb.DuckDBPyConnection) -> None:
    """Work until somebody was told, and give up after so much work that somebody should have been."""
    for _ in range(500):
        if told:
            return
        connection.execute(SLOW).fetchall()


def test_who_listens_is_told_how_far_the_database_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.02)
    told: list[float | None] = []
    with listening(told.append), workbench() as connection:
        slowly(told, connection)
    assert told
    assert all(share is None or 0 <= share <= 1 for share in told)


def test_nobody_is_told_anything_after_the_reading_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.02)
    told: list[float | None] = []
    with listening(told.append):
        with workbench() as connection:
            slowly(told, connection)
        count = len(told)
        time.sleep(0.1)
    with workbench() as connection:
        connection.execute("SELECT 1").fetchall()
    time.sleep(0.1)
    assert len(told) == count


def test_a_large_table_tells_how_far_it_is_and_gives_the_same_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.02)
    frame = pd.DataFrame({"value": np.arange(200_000, dtype=float)})
    frame = frame.assign(version="2", workflow="*", cohort="", metric="m")
    data = as_parquet(frame, tmp_path)
    told: list[float | None] = []
    with listening(told.append):
        heard = read_file(tmp_path, data)
    assert heard.cells == read_file(tmp_path, data).cells
    assert told
    assert all(share is None or 0 <= share <= 1 for share in told)
    assert capfd.readouterr() == ("", "")
