"""The same cases under two versions: from files to counts, and from files to what the store keeps of them."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import math
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import duckdb
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from sqlmodel import Session, col, select

from readiness import clock
from readiness.importers import Batch, Options
from readiness.importers.cases import pairs
from readiness.model.cells import Pair
from readiness.services import admin, imports, reviews
from readiness.services import evidence as evidence_service
from readiness.store import Store, connect, queries
from readiness.store.tables import OutcomeRow
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY
from tests.figures import near
from tests.importers.reading import read_file
from tests.soak import scaled

HEADER = "version,workflow,cohort,metric,value,case_id"
DANA = factories.principal()
Counts = tuple[int | None, int | None, int | None, int | None]


def table(*rows: Sequence[Any], more: str = "") -> str:
    """Rows of version, case and value, then cohort, workflow and metric where they matter, then `more` columns."""
    usual = ("", "", "", "", "*", "success")
    lines = [f"{HEADER}{more}"]
    for row in rows:
        stated: list[object] = [*row, *usual[len(row) :]]
        version, case, value, cohort, workflow, metric, *others = stated
        lines.append(",".join(map(str, (version, workflow, cohort, metric, value, case, *others))))
    return "\n".join([*lines, ""])


def run_of(version: str, passed: str, failed: str, *more: Any) -> list[tuple[Any, ...]]:
    """A case for each letter."""
    return [*((version, each, 1, *more) for each in passed), *((version, each, 0, *more) for each in failed)]


BOTH = table(*run_of("1", "abcd", "ef"), *run_of("2", "abe", "cdf"))
"""Of six cases a and b pass twice, c and d pass with version 1 only, e with version 2 only, f never."""


def within(batch: Batch) -> list[Pair]:
    return pairs.within(batch.outcomes, batch.digest) if batch.outcomes else []


def counts(found: Iterable[Pair]) -> dict[tuple[str, ...], Counts]:
    """Versions, workflow, cohort and metric -> with both passing, first only, second only, neither."""
    listed = list(found)
    told: dict[tuple[str, ...], Counts] = {
        (each.first, each.second, each.workflow, each.cohort, each.metric): (
            each.both,
            each.only_first,
            each.only_second,
            each.neither,
        )
        for each in listed
    }
    assert len(told) == len(listed)
    return told


ALL = ("1", "2", "*", "*", "success")


# What a file tells


def test_two_versions_in_one_file_are_paired_by_their_case_ids(tmp_path: Path) -> None:
    batch = read_file(tmp_path, BOTH)
    assert counts(within(batch)) == {ALL: (2, 2, 1, 1)}
    assert {(each.first_file, each.second_file) for each in within(batch)} == {(batch.digest, batch.digest)}


def test_two_files_with_a_version_each_are_paired_as_one_file_with_both(tmp_path: Path) -> None:
    one, two = (read_file(tmp_path, table(*rows)) for rows in (run_of("1", "abcd", "ef"), run_of("2", "abe", "cdf")))
    assert within(one) == within(two) == []
    found = pairs.between(one.outcomes, one.digest, two.outcomes, two.digest)
    assert counts(found) == {ALL: (2, 2, 1, 1)}
    assert (found[0].first_file, found[0].second_file) == (one.digest, two.digest)
    turned = pairs.between(two.outcomes, two.digest, one.outcomes, one.digest)
    assert counts(turned) == {("2", "1", "*", "*", "success"): (2, 1, 2, 1)}
    assert (turned[0].first_file, turned[0].second_file) == (two.digest, one.digest)


def test_every_two_of_three_versions_are_paired_once(tmp_path: Path) -> None:
    rows = [*run_of("1", "ab", "c"), *run_of("2", "a", "bc"), *run_of("3", "c", "ab")]
    assert counts(within(read_file(tmp_path, table(*rows)))) == {
        ALL: (1, 1, 0, 1),
        ("1", "3", "*", "*", "success"): (0, 2, 1, 0),
        ("2", "3", "*", "*", "success"): (0, 1, 1, 1),
    }


def test_the_same_version_in_two_files_is_not_paired_with_itself(tmp_path: Path) -> None:
    one, two = (read_file(tmp_path, table(*run_of("1", passed, "b"))) for passed in ("a", "ac"))
    assert pairs.between(one.outcomes, one.digest, two.outcomes, two.digest) == []


def test_a_pair_counts_in_each_cohort_and_workflow_that_its_case_has_under_both_versions(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [
        ("1", "a", 1, "language=de;tier=gold", "refund"),
        ("2", "a", 0, " tier=gold ; language=de;language=de", "refund"),
        ("1", "b", 1, "language=de", "refund"),
        ("2", "b", 1, "language=en;*", "refund"),
        ("1", "c", 0, "*", "*"),
        ("2", "c", 1, "language=de", "*"),
        ("1", "d", 0, "language=de", "refund"),
        ("2", "d", 0, "language=de", "billing"),
    ]
    assert counts(within(read_file(tmp_path, table(*rows)))) == {
        ALL: (1, 1, 1, 0),
        ("1", "2", "refund", "*", "success"): (1, 1, 0, 0),
        **{
            ("1", "2", workflow, cohort, "success"): (0, 1, 0, 0)
            for workflow in ("*", "refund")
            for cohort in ("language=de", "tier=gold")
        },
    }


def test_the_same_id_in_two_workflows_or_of_two_metrics_is_two_cases(tmp_path: Path) -> None:
    rows = [*run_of("1", "a", "", "", "refund"), *run_of("1", "", "a", "", "billing")]
    rows += [*run_of("2", "a", "", "", "refund"), *run_of("2", "a", "", "", "billing")]
    rows += [*run_of("1", "", "a", "", "refund", "safe"), *run_of("2", "", "a", "", "refund", "safe")]
    found = counts(within(read_file(tmp_path, table(*rows))))
    assert found[ALL] == (1, 0, 1, 0)
    assert found["1", "2", "*", "*", "safe"] == (0, 0, 0, 1)
    assert found["1", "2", "billing", "*", "success"] == (0, 0, 1, 0)


def test_a_case_that_errored_under_one_version_is_in_no_pair(tmp_path: Path) -> None:
    good = [(*row, "", "*", "success", "") for row in [*run_of("1", "ab", "c"), *run_of("2", "a", "c")]]
    rows = [*good, ("2", "b", "", "", "*", "success", "timeout"), ("1", "d", 1, "", "*", "success", "timeout")]
    batch = read_file(tmp_path, table(*rows, ("2", "d", 1, "", "*", "success", ""), more=",error"))
    assert counts(within(batch)) == {ALL: (1, 0, 0, 1)}


def figures(pair: Pair) -> tuple[int, int, float, float, float | None]:
    return pair.cases, pair.n, pair.mean_first, pair.mean_second, pair.sd


def test_runs_of_a_case_are_paired_by_their_mean(tmp_path: Path) -> None:
    """a goes from ½ to 1, b from 1 to ½ and c stays; the differences ½, −½ and 0 have a deviation of ½."""
    rows = [*run_of("1", "abbc", "a"), *run_of("2", "aabc", "b")]
    [pair] = within(read_file(tmp_path, table(*rows)))
    assert figures(pair) == (3, 3, near(2.5 / 3), near(2.5 / 3), near(0.5))
    assert counts([pair]) == {ALL: (None, None, None, None)}


def test_cases_whose_runs_all_agree_are_counted_like_cases_with_one(tmp_path: Path) -> None:
    once = [*run_of("1", "abcd", "ef"), *run_of("2", "abe", "cdf")]
    assert counts(within(read_file(tmp_path, table(*once * 3)))) == {ALL: (2, 2, 1, 1)}


def test_cases_of_one_cluster_are_one_pair_and_count_by_their_number(tmp_path: Path) -> None:
    """Differences −1, −1 in x and 0 in y: the mean is −2/3, e = −2/3 and 2/3, so sd = 2 · √(8/9) / 3; by hand."""
    rows = [
        (version, case, value, "", "*", "success", cluster)
        for version, passed in (("1", (1, 1, 1)), ("2", (0, 0, 1)))
        for case, value, cluster in zip("abc", passed, "xxy", strict=True)
    ]
    [pair] = within(read_file(tmp_path, table(*rows, more=",cluster_id")))
    assert figures(pair) == (3, 2, 1, near(1 / 3), near(2 * math.sqrt(8 / 9) / 3))
    assert counts([pair]) == {ALL: (1, 2, 0, 0)}


def test_cases_without_an_id_are_in_no_pair(tmp_path: Path) -> None:
    assert read_file(tmp_path, table(("1", "", 1), ("2", "", 1), ("1", "", 0))).outcomes == b""
    mixed = table(*run_of("1", "ab", ""), ("1", "", 0), *run_of("2", "ab", ""))
    assert counts(within(read_file(tmp_path, mixed))) == {ALL: (2, 0, 0, 0)}


@pytest.mark.parametrize("value", [0.5, 2, -1, 0.999999])
def test_a_metric_with_any_other_value_than_0_or_1_is_paired_by_its_means(tmp_path: Path, value: float) -> None:
    graded = table(*run_of("1", "ab", "c"), *run_of("2", "ab", ""), ("2", "c", value))
    [pair] = within(read_file(tmp_path, graded))
    assert figures(pair) == (3, 3, near(2 / 3), near((2 + value) / 3), near(abs(value) / math.sqrt(3)))
    assert counts([pair]) == {ALL: (None, None, None, None)}
    other = [*run_of("1", "ab", "c", "", "*", "safe"), *run_of("2", "a", "bc", "", "*", "safe")]
    both = graded + table(*other).partition("\n")[2]
    assert counts(within(read_file(tmp_path, both)))["1", "2", "*", "*", "safe"] == (1, 1, 0, 1)


def test_a_metric_whose_rows_say_themselves_what_passed_is_paired_by_its_values(tmp_path: Path) -> None:
    rows = [("1", "a", 0.75, "", "*", "success", "false"), ("2", "a", 1, "", "*", "success", "true")]
    [pair] = within(read_file(tmp_path, table(*rows, more=",passed")))
    assert figures(pair) == (1, 1, 0.75, 1, None)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("2,*,,,0.5,x,", id="without a metric"),
        pytest.param(",*,,success,0.5,x,", id="without a version"),
        pytest.param("2,*,en,success,0.5,x,", id="with a cohort that is none"),
        pytest.param("2,refund,language=de,success,0.93,,400", id="with a stated figure"),
    ],
)
def test_a_row_that_is_no_case_takes_no_pairs_away(tmp_path: Path, row: str) -> None:
    rows = [(*each, "", "*", "success", "") for each in [*run_of("1", "abcd", "ef"), *run_of("2", "abe", "cdf")]]
    batch = read_file(tmp_path, table(*rows, more=",n") + f"{row}\n")
    assert counts(within(batch)) == {ALL: (2, 2, 1, 1)}


def test_a_class_is_paired_like_any_other_rate(tmp_path: Path) -> None:
    rows = [("1", "a", "timeout"), ("1", "b", "refusal"), ("2", "a", "timeout"), ("2", "b", "timeout")]
    data = table(*[(*row, "", "*", "failure_class") for row in rows])
    assert counts(within(read_file(tmp_path, data))) == {
        ("1", "2", "*", "*", "failure_class/timeout"): (1, 0, 1, 0),
        ("1", "2", "*", "*", "failure_class/refusal"): (0, 1, 0, 1),
    }


def test_renamed_versions_are_paired_under_their_new_names(tmp_path: Path) -> None:
    batch = read_file(tmp_path, BOTH, Options(mapping={"version:1": BASELINE, "version:2": CANDIDATE}))
    assert counts(within(batch)) == {(BASELINE, CANDIDATE, "*", "*", "success"): (2, 2, 1, 1)}


def test_of_more_scores_than_may_be_kept_whole_metrics_are_those_that_pass_or_fail_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded = [(*row[:2], 0.5, "", "*", metric) for row in run_of("1", "ab", "") for metric in ("quality", "style")]
    data = BOTH + table(*graded).partition("\n")[2]
    for most, kept in ((16, {"success", "quality", "style"}), (15, {"success", "quality"}), (12, {"success"})):
        monkeypatch.setattr(pairs, "MOST_CASES", most)
        cases = pairs.read(read_file(tmp_path, data).outcomes)
        assert cases is not None
        assert set(cases.column("metric").to_pylist()) == kept
    monkeypatch.setattr(pairs, "MOST_CASES", 11)
    batch = read_file(tmp_path, BOTH)
    assert (batch.outcomes, len(batch.cells)) == (b"", 2)


def test_what_is_kept_is_one_table_of_cases_with_a_row_for_each_run(tmp_path: Path) -> None:
    rows = [
        ("1", "a", 0.5, "l=de", "w", "m", "x"),
        ("1", "a", 1, "l=de", "w", "m", "x"),
        ("1", "b", 0, "", "*", "m", ""),
    ]
    cases = pairs.read(read_file(tmp_path, table(*rows, more=",cluster_id")).outcomes)
    assert cases is not None
    assert cases.schema.equals(pairs.SHAPE)
    told = sorted((row["workflow"], row["cohorts"], row["value"], row["cluster"] is None) for row in cases.to_pylist())
    assert told == [("", "", 0, True), ("w", "l=de", 0.5, False), ("w", "l=de", 1, False)]
    assert len(set(cases.column("case").to_pylist())) == 2


def test_what_was_kept_before_there_were_values_is_still_paired(tmp_path: Path) -> None:
    """Cases that passed and those that did not stood in one row each, as lists of their hashes."""
    one, two = (read_file(tmp_path, table(*rows)) for rows in (run_of("1", "abcd", "ef"), run_of("2", "abe", "cdf")))
    cases = pairs.read(one.outcomes)
    assert cases is not None
    hashes: dict[bool, list[int]] = {True: [], False: []}
    for row in cases.to_pylist():
        hashes[row["value"] == 1].append(row["case"])
    older = pyarrow.table(
        {
            "version": ["1", "1"],
            "metric": ["success"] * 2,
            "workflow": ["", ""],
            "cohorts": pyarrow.array([None, None], pyarrow.string()),
            "passed": list(hashes),
            "ids": pyarrow.array(list(hashes.values()), pyarrow.list_(pyarrow.uint64())),
        }
    ).replace_schema_metadata(parquet.read_schema(io.BytesIO(one.outcomes)).metadata)
    content = io.BytesIO()
    parquet.write_table(older, content)
    assert counts(pairs.between(content.getvalue(), "a", two.outcomes, "b")) == {ALL: (2, 2, 1, 1)}
    assert pairs.between(two.outcomes, "b", odd(one.outcomes), "a") == []


def odd(content: bytes) -> bytes:
    """The same cases under names that nobody knows."""
    out = io.BytesIO()
    table = parquet.read_table(io.BytesIO(content))
    parquet.write_table(table.rename_columns([f"{name}?" for name in table.column_names]), out)
    return out.getvalue()


def test_what_is_kept_of_many_cases_is_small_and_holds_no_id_in_clear_text(tmp_path: Path) -> None:
    """Two runs of 20,000 cases, whose ids are like what a team writes: at most the 8 bytes of a hash for each case."""
    ids = [f"ticket-{number:05d}@customer.example" for number in range(20_000)]
    batch = read_file(tmp_path, table(*[(version, each, 1) for version in "12" for each in ids]))
    assert len(batch.outcomes) < 8 * 2 * len(ids) + 4_096
    assert b"ticket" not in batch.outcomes
    assert b"customer" not in batch.outcomes
    kept = parquet.read_table(io.BytesIO(batch.outcomes))
    assert "ticket" not in str(kept.to_pydict())
    assert [each.both for each in within(batch)] == [20_000]


def of_release(content: bytes, **told: str) -> bytes:
    """The same cases as another release would have kept them."""
    out, table = io.BytesIO(), parquet.read_table(io.BytesIO(content))
    parquet.write_table(
        table.replace_schema_metadata({name.replace("_", " "): text for name, text in told.items()}), out
    )
    return out.getvalue()


def test_cases_of_another_release_are_compared_where_it_hashes_alike_and_else_are_not(tmp_path: Path) -> None:
    batch = read_file(tmp_path, BOTH)
    alike = of_release(batch.outcomes, hash=pairs.hashing().decode(), written_by="duckdb 9.9")
    older = of_release(batch.outcomes, hash_of_duckdb=duckdb.__version__)
    for kept in (alike, older):
        assert pairs.is_comparable(kept)
        assert len(pairs.between(batch.outcomes, "a", kept, "b")) == 2
    for kept in (
        of_release(batch.outcomes, hash="1 2 3 4 5"),
        of_release(batch.outcomes, hash_of_duckdb="0.1"),
        of_release(batch.outcomes),
        batch.outcomes.replace(b"PAR1", b"PAR2"),
        batch.outcomes[:-9],
        b"\x02another form",
        b"",
    ):
        assert not pairs.is_comparable(kept)
        assert pairs.between(batch.outcomes, "a", kept, "b") == []


case_ids = st.sampled_from("abcdefgh")
runs = st.lists(
    st.tuples(
        case_ids,
        st.sampled_from(["*", "w"]),
        st.sampled_from([0, 1, 0.25]),
        st.sampled_from(["", "l=de", "l=en", "l=de;t=x"]),
    ),
    min_size=1,
    max_size=20,
)
Means = dict[tuple[str, str], dict[tuple[str, str], float]]


def means(side: list[Any]) -> Means:
    """Workflow and cohort -> case -> the mean of its runs there."""
    values: dict[tuple[str, str], dict[tuple[str, str], list[float]]] = {}
    for case, workflow, value, cohorts in side:
        for where in itertools.product({"*", workflow}, {"*", *cohorts.split(";")} - {""}):
            values.setdefault(where, {}).setdefault((workflow, case), []).append(value)
    return {where: {case: fmean(each) for case, each in cases.items()} for where, cases in values.items()}


@settings(max_examples=scaled(12))
@given(runs, runs)
def test_pairs_agree_with_plain_python(
    tmp_path_factory: pytest.TempPathFactory, before: list[Any], now: list[Any]
) -> None:
    sides = means(before), means(now)
    plain = {}
    for where in sides[0].keys() & sides[1].keys():
        one, two = sides[0][where], sides[1][where]
        if same := one.keys() & two.keys():
            changes = [two[case] - one[case] for case in same]
            spread = stdev(changes) if len(same) > 1 else None
            plain[where] = (len(same), fmean(one[case] for case in same), fmean(two[case] for case in same), spread)
    rows = [
        (version, case, value, cohorts, workflow)
        for version, side in (("1", before), ("2", now))
        for case, workflow, value, cohorts in side
    ]
    found = within(read_file(tmp_path_factory.getbasetemp(), table(*rows)))
    assert {(pair.workflow, pair.cohort) for pair in found} == plain.keys()
    for pair in found:
        cases, first, second, spread = plain[pair.workflow, pair.cohort]
        assert (pair.cases, pair.n, pair.mean_first, pair.mean_second) == (cases, cases, near(first), near(second))
        assert pair.sd is None if spread is None else pair.sd == near(spread, abs=1e-9)


# What the store keeps


@pytest.fixture
def system(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with a system under review, on the day of these tests."""
    on(monkeypatch, TODAY)
    files.keep(store, files.assessment(tmp_path))
    return store


def on(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(day, dt.time(12), dt.UTC))


def put(store: Store, folder: Path, name: str, data: str, day: dt.date = TODAY, **options: Any) -> Batch:
    """Import a file as it is read on a day; by default it was measured on that day."""
    path = folder / name
    path.write_text(data, "utf-8")
    request = imports.ImportRequest(path=path, options=Options(**{"measured_on": day} | options))
    batch = imports.read(store, DANA, request)
    assert imports.keep(store, DANA, batch, system=SLUG, as_of=day).changed
    return batch


def kept(store: Store) -> Sequence[Pair]:
    return queries.dossier(store, SLUG).pairs


def outcomes(store: Store) -> list[str]:
    return [evidence.name for evidence, _ in queries.outcomes(store, SLUG)]


ONE, TWO = table(*run_of(BASELINE, "abcd", "ef")), table(*run_of(CANDIDATE, "abe", "cdf"))
TOLD = (BASELINE, CANDIDATE, "*", "*", "success")
TURNED = (CANDIDATE, BASELINE, "*", "*", "success")


def test_a_file_with_both_versions_is_stored_with_its_pairs(system: Store, tmp_path: Path) -> None:
    batch = put(system, tmp_path, "both.csv", ONE + TWO.partition("\n")[2])
    assert counts(kept(system)) == {TOLD: (2, 2, 1, 1)}
    assert outcomes(system) == ["both.csv"]
    with system.reading() as session:
        assert bodies(session) == [batch.outcomes]


def bodies(session: Session) -> list[bytes]:
    return [bytes(body) for body in session.exec(select(OutcomeRow.body).order_by(col(OutcomeRow.evidence_id)))]


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")], ids=["baseline first", "candidate first"])
def test_the_file_that_comes_second_is_paired_with_the_one_that_is_there(
    system: Store, tmp_path: Path, order: tuple[str, ...]
) -> None:
    data = {"one": ONE, "two": TWO}
    first = put(system, tmp_path, f"{order[0]}.csv", data[order[0]])
    assert kept(system) == []
    second = put(system, tmp_path, f"{order[1]}.csv", data[order[1]])
    (pair,) = kept(system)
    assert counts([pair]) == ({TURNED: (2, 1, 2, 1)} if order[0] == "one" else {TOLD: (2, 2, 1, 1)})
    assert (pair.first_file, pair.second_file) == (second.digest, first.digest)
    (row,) = [row for row in reviews.load(system, DANA, SLUG, as_of=TODAY).rows if row.metric == "success"]
    assert row.pairs is not None
    counted = (row.pairs.both, row.pairs.only_baseline, row.pairs.only_candidate, row.pairs.neither)
    assert counted == (2, 2, 1, 1)
    found = row.difference()
    assert found is not None
    assert found.method == "the same 6 cases under both versions"


def test_the_cells_of_a_later_file_are_not_told_by_the_pairs_of_an_earlier_one(system: Store, tmp_path: Path) -> None:
    put(system, tmp_path, "one.csv", ONE, TODAY - dt.timedelta(days=3))
    put(system, tmp_path, "two.csv", TWO, TODAY - dt.timedelta(days=2))
    put(system, tmp_path, "other.csv", table(*run_of(CANDIDATE, "abc", "uvw")), TODAY)
    assert len(kept(system)) == 2
    (row,) = [row for row in reviews.load(system, DANA, SLUG, as_of=TODAY).rows if row.metric == "success"]
    assert row.pairs is not None
    assert (row.pairs.n, row.pairs.both) == (3, 3)


def test_the_same_file_again_leaves_its_pairs_alone(system: Store, tmp_path: Path) -> None:
    put(system, tmp_path, "one.csv", ONE)
    put(system, tmp_path, "two.csv", TWO)
    before = kept(system)
    (done,) = files.keep(system, tmp_path / "two.csv")
    assert not done.changed
    assert kept(system) == before


def test_cases_that_another_release_kept_are_told_and_are_kept_anew_when_the_file_comes_again(
    system: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(pairs, "hashing", lambda: b"another")
        put(system, tmp_path, "one.csv", ONE)
    told = "whose cases another release kept in a form that cannot be read: import that again"
    path = tmp_path / "two.csv"
    path.write_text(TWO)
    (done,) = files.keep(system, path, measured_on=TODAY)
    assert done.sentence.endswith(f"; not compared case by case with one.csv, {told}")
    assert kept(system) == []
    health = {check.name: check for check in admin.examine(factories.principal("admin"), system.url)}
    assert not health["kept cases"].ok
    assert health["kept cases"].says.startswith("those of one.csv of support-copilot were kept by another release")
    put(system, tmp_path, "one.csv", ONE)
    assert counts(kept(system)) == {TOLD: (2, 2, 1, 1)}
    assert {check.name: check.ok for check in admin.examine(factories.principal("admin"), system.url)}["kept cases"]


def test_two_files_that_are_imported_at_once_are_paired_whoever_comes_first(
    system: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are worked out before either is stored, by two programs that share no lock of ours."""
    add, met, waited = evidence_service.add, threading.Barrier(2), threading.local()

    def late(*given: Any, **stated: Any) -> Any:
        if not getattr(waited, "once", False):
            waited.once = True
            met.wait(60)
        return add(*given, **stated)

    monkeypatch.setattr(evidence_service, "add", late)
    with closing(connect(system.url)) as other, ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(put, store, tmp_path, name, data)
            for store, name, data in ((system, "one.csv", ONE), (other, "two.csv", TWO))
        ]
        assert {job.result().name for job in jobs} == {"one.csv", "two.csv"}
    assert [frozenset(counts([pair])) for pair in kept(system)] in ([{TOLD}], [{TURNED}])
    assert sorted(outcomes(system)) == ["one.csv", "two.csv"]
    assert queries.chain(system).broken_at is None


@pytest.mark.parametrize("again", ["one.csv", "two.csv"])
def test_a_file_that_is_read_in_another_way_has_its_pairs_replaced(system: Store, tmp_path: Path, again: str) -> None:
    data = {"one.csv": ONE, "two.csv": TWO}
    for name, text in data.items():
        put(system, tmp_path, name, text)
    version = BASELINE if again == "one.csv" else CANDIDATE
    put(system, tmp_path, again, data[again], mapping={f"version:{version}": "2026.12"})
    other = CANDIDATE if again == "one.csv" else BASELINE
    assert {frozenset((each.first, each.second)) for each in kept(system)} == {frozenset(("2026.12", other))}
    assert sorted(outcomes(system)) == ["one.csv", "two.csv"]
    put(system, tmp_path, again, data[again], mapping={f"version:{version}": other})
    assert kept(system) == []


@pytest.mark.parametrize("gone", ["one.csv", "two.csv"])
def test_the_pairs_of_a_file_that_is_removed_go_with_it_and_others_stay(
    system: Store, tmp_path: Path, gone: str
) -> None:
    for name, text in {"one.csv": ONE, "two.csv": TWO, "both.csv": ONE + TWO.partition("\n")[2]}.items():
        put(system, tmp_path, name, text)
    assert len(kept(system)) == 4
    ids = {each.record.name: each.id for each in queries.dossier(system, SLUG).evidence.values()}
    evidence_service.remove(system, DANA, SLUG, ids[gone])
    assert len(kept(system)) == 2
    assert gone not in outcomes(system)
    assert {name for name in ids if name != gone} == set(outcomes(system))
    evidence_service.remove(system, DANA, SLUG, ids["both.csv"])
    assert kept(system) == []


def test_the_outcomes_of_a_stale_file_go_with_the_next_import_and_give_no_pairs(
    system: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(system, tmp_path, "one.csv", ONE)
    later = TODAY + dt.timedelta(days=31)
    on(monkeypatch, later)
    assert outcomes(system) == ["one.csv"]
    put(system, tmp_path, "two.csv", TWO, later)
    assert kept(system) == []
    assert outcomes(system) == ["two.csv"]


def test_pairs_that_were_made_stay_when_a_side_turns_stale_but_do_not_count(
    system: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(system, tmp_path, "one.csv", ONE)
    put(system, tmp_path, "two.csv", TWO, TODAY + dt.timedelta(days=1))
    later = TODAY + dt.timedelta(days=31)
    on(monkeypatch, later)
    put(system, tmp_path, "other.csv", table(*run_of("2026.12", "ab", "c")), later)
    rows = [row for row in reviews.load(system, DANA, SLUG, as_of=later).rows if row.metric == "success"]
    assert [(row.baseline, row.pairs) for row in rows] == [(None, None)]
    assert sorted(outcomes(system)) == ["other.csv", "two.csv"]


def test_a_file_without_a_day_is_paired_once_it_has_one(system: Store, tmp_path: Path) -> None:
    put(system, tmp_path, "one.csv", ONE, measured_on=None)
    put(system, tmp_path, "two.csv", TWO)
    assert kept(system) == []
    put(system, tmp_path, "one.csv", ONE)
    assert counts(kept(system)) == {TOLD: (2, 2, 1, 1)}


def test_whether_a_file_still_counts_is_told_by_the_day_of_the_import_and_not_by_the_clock(
    system: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, TODAY + dt.timedelta(days=400))
    put(system, tmp_path, "one.csv", ONE)
    put(system, tmp_path, "other.csv", table(*run_of("2026.12", "ab", "c")))
    put(system, tmp_path, "two.csv", TWO)
    assert TURNED in counts(kept(system))


def test_files_of_another_system_are_never_paired(system: Store, tmp_path: Path) -> None:
    other = files.whole()
    other.system.slug = "other"
    files.keep(system, files.assessment(tmp_path, other, "other.toml"))
    put(system, tmp_path, "one.csv", ONE)
    path = tmp_path / "two.csv"
    path.write_text(TWO, "utf-8")
    batch = imports.read(system, DANA, imports.ImportRequest(path=path, options=Options(measured_on=TODAY)))
    imports.keep(system, DANA, batch, system="other", as_of=TODAY)
    assert (kept(system), queries.dossier(system, "other").pairs) == ([], [])
    assert outcomes(system) == ["one.csv"]
