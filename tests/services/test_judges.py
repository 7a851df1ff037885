"""Two judges of one metric are set against each other on the cases that both judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.access import Principal
from readiness.errors import Denied
from readiness.importers import Options
from readiness.model.policy import ReleasePolicy
from readiness.scorecard import intervals
from readiness.scorecard.judges import Disagreement
from readiness.services import evidence as evidence_service
from readiness.services import imports, judges, reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import CANDIDATE, SLUG, TODAY
from tests.figures import near

DANA = factories.principal()
HEAD = "version,metric,value,case_id,judge,cluster_id"


def judged(store: Store, folder: Path, *tables: list[str]) -> list[Disagreement]:
    file = files.whole().model_copy(update={"policy": ReleasePolicy()})
    evidence_service.add_assessment(store, DANA, file, name="a.toml", digest="1" * 64, as_of=TODAY)
    for number, lines in enumerate(tables):
        path = folder / f"{number}.csv"
        path.write_text("\n".join([HEAD, *lines]))
        request = imports.ImportRequest(path=path, system=SLUG, options=Options(measured_on=TODAY))
        (parcel,) = imports.read_all(store, DANA, [request])
        imports.keep(store, DANA, parcel.batch, system=SLUG, as_of=TODAY)
    return judges.disagreements(store, DANA, reviews.load(store, DANA, SLUG, as_of=TODAY), "groundedness@x")


def scores(judge: str, passed: set[int], ids: range, clusters: int = 0) -> list[str]:
    return [
        f"{CANDIDATE},groundedness,{int(at in passed)},c{at},{judge},{f'k{at % clusters}' if clusters else ''}"
        for at in ids
    ]


X, Y = set(range(90)), set(range(6, 80))


@pytest.mark.parametrize("apart", [False, True], ids=["one file", "two files"])
def test_judges_of_the_same_cases_differ_in_a_share_of_them_with_its_interval_and_kappa(
    sqlite_store: Store, tmp_path: Path, apart: bool
) -> None:
    one, other = scores("x", X, range(100)), scores("y", Y, range(100))
    (told,) = judged(sqlite_store, tmp_path, *([one, other] if apart else [one + other]))
    assert told.shared is not None
    assert (told.shared.cases, told.shared.differ) == (100, 16)
    assert told.shared.interval == intervals.exact(16, 100)
    assert told.shared.change == near(0.16)
    labels = told.shared.labels
    assert labels is not None
    assert (labels.hit, labels.missed, labels.rejected, labels.accepted) == (74, 16, 10, 0)
    assert told.difference is not None
    assert told.difference.interval == intervals.paired(74, 0, 16, 10)
    assert told.sentence.startswith(
        f"{CANDIDATE}: x 90.0 % (n 100) against y 74.0 % (n 100); of the 100 cases that both judged they differ in 16 "
        "(16.0 %, 95 % interval 9.4 % to 24.7 %), κ 0.48 ("
    )


def test_cases_that_only_one_judged_are_left_out_of_what_they_disagree_on(sqlite_store: Store, tmp_path: Path) -> None:
    lines = scores("x", X, range(100)) + scores("y", X, range(50, 100))
    (told,) = judged(sqlite_store, tmp_path, lines)
    assert told.shared is not None
    assert (told.shared.cases, told.shared.differ, told.shared.change) == (50, 0, 0.0)
    assert told.shared.interval.high == near(intervals.exact(0, 50).high)


def test_cases_of_few_clusters_tell_less(sqlite_store: Store, tmp_path: Path) -> None:
    lines = scores("x", X, range(100), clusters=10) + scores("y", Y, range(100), clusters=10)
    (told,) = judged(sqlite_store, tmp_path, lines)
    assert told.shared is not None
    assert told.shared.labels is None
    free = intervals.exact(16, 100)
    assert told.shared.interval.high - told.shared.interval.low > free.high - free.low


def test_without_ids_the_sets_are_taken_for_different_cases_and_that_is_said(
    sqlite_store: Store, tmp_path: Path
) -> None:
    lines = [line.replace(f",c{at},", ",,") for at, line in enumerate(scores("x", X, range(100)))]
    lines += [line.replace(f",c{at},", ",,") for at, line in enumerate(scores("y", Y, range(100)))]
    (told,) = judged(sqlite_store, tmp_path, lines)
    assert told.shared is None
    assert told.sentence.endswith(", as of different cases, since those that both judged are not kept")


def test_one_judge_disagrees_with_nobody_and_only_readers_are_told(sqlite_store: Store, tmp_path: Path) -> None:
    assert judged(sqlite_store, tmp_path, scores("x", X, range(100))) == []
    review = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    with pytest.raises(Denied):
        judges.disagreements(sqlite_store, Principal.of("eve"), review, "groundedness@x")
