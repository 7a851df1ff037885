"""In how many reruns a stored review would hold, and what is said where nobody knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readiness import pack
from readiness.access import Principal
from readiness.errors import Denied
from readiness.importers import Options
from readiness.model.policy import Gate, ReleasePolicy
from readiness.review import reruns as told
from readiness.services import evidence as evidence_service
from readiness.services import imports, reruns, reviews
from readiness.store import Store
from tests import factories, files, stored
from tests.factories import CANDIDATE, SLUG, TODAY

DANA = factories.principal()
GATES = [Gate(metric="task_success", min=0.9), Gate(metric="task_success", min=0.5)]


def assessed(store: Store, *gates: Gate) -> None:
    file = files.whole().model_copy(update={"policy": ReleasePolicy(gates=list(gates))})
    evidence_service.add_assessment(store, DANA, file, name="a.toml", digest="1" * 64, as_of=TODAY)


def measured(store: Store, folder: Path, passed: int, of: int = 100) -> None:
    path = folder / f"{passed}.csv"
    lines = "".join(f"q{at},{int(at < passed)}\n" for at in range(of))
    path.write_text(f"case_id,task_success\n{lines}")
    options = Options(measured_on=TODAY, version=CANDIDATE, mapping={"case_id": "case_id"})
    request = imports.ImportRequest(path=path, system=SLUG, options=options)
    (parcel,) = imports.read_all(store, DANA, [request])
    imports.keep(store, DANA, parcel.batch, system=SLUG, as_of=TODAY)


def test_each_gate_and_the_verdict_have_the_share_of_reruns_in_which_they_hold(
    sqlite_store: Store, tmp_path: Path
) -> None:
    assessed(sqlite_store, *GATES)
    measured(sqlite_store, tmp_path, 97)
    drawn = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    narrow, wide = drawn.gates
    assert narrow is not None
    assert 0.3 < narrow < 0.9
    assert (wide, drawn.every, drawn.why) == (1.0, narrow, "")
    assert (drawn.resamplings, drawn.clusters) == (500, 100)
    assert drawn.share is not None
    assert drawn.share >= narrow
    assert drawn is reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)


def test_shares_are_drawn_anew_after_a_write(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, *GATES)
    measured(sqlite_store, tmp_path, 97)
    before = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    measured(sqlite_store, tmp_path, 100)
    after = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert before.every is not None
    assert after.every == 1.0 > before.every


def test_whoever_may_not_read_is_denied_what_another_has_looked_at(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, *GATES)
    measured(sqlite_store, tmp_path, 97)
    reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    with pytest.raises(Denied):
        reruns.reruns(sqlite_store, Principal.of("eve"), SLUG, as_of=TODAY)


def test_where_only_figures_are_kept_it_is_said_that_nobody_knows(sqlite_store: Store) -> None:
    assessed(sqlite_store, *GATES)
    stored.add_evidence(sqlite_store, DANA, SLUG, factories.evidence(), [factories.cell()])
    drawn = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert (drawn.share, drawn.every, drawn.gates, drawn.why) == (None, None, (None, None), told.NOT_KEPT)


@pytest.mark.parametrize(
    ("gates", "why"),
    [
        ([], "no gate is set"),
        ([Gate(metric="groundedness", min=0.9)], "the gates have no data of the candidate"),
        ([Gate(metric="task_success", min=0.9, min_n=500)], told.UNDECIDABLE),
    ],
)
def test_what_has_no_gate_no_data_or_too_few_cases_says_so(
    sqlite_store: Store, tmp_path: Path, gates: list[Gate], why: str
) -> None:
    assessed(sqlite_store, *gates)
    measured(sqlite_store, tmp_path, 97)
    drawn = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert (drawn.share, drawn.why) == (None, why)


def test_more_runs_than_a_page_may_wait_for_are_not_drawn(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessed(sqlite_store, *GATES)
    measured(sqlite_store, tmp_path, 97)
    monkeypatch.setattr(reruns, "MOST_RUNS", 99)
    drawn = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert (drawn.share, drawn.why) == (None, "100 scored runs are too many to draw anew")


def test_the_pack_says_how_often_the_verdict_and_each_gate_would_hold(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, *GATES)
    measured(sqlite_store, tmp_path, 97)
    body, reviewed = (
        pack.build(sqlite_store, DANA, SLUG, pack.Request(audience=audience, draft=True), as_of=TODAY).body.decode()
        for audience in ("leadership", "security")
    )
    review = reruns.beside(sqlite_store, DANA, reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY))
    assert re.search(r"all gates would pass in \d+ %", told.sentence(review), re.IGNORECASE)
    assert told.sentence(review).split(" in ")[0] in body
    assert "500 resamplings of 100 clusters of cases" in reviewed


def test_a_critical_failure_alone_is_0_percent_of_reruns_with_its_reason(sqlite_store: Store, tmp_path: Path) -> None:
    assessed(sqlite_store, Gate(metric="task_success", min=0.5, critical=True))
    measured(sqlite_store, tmp_path, 97)
    drawn = reruns.reruns(sqlite_store, DANA, SLUG, as_of=TODAY)
    assert (drawn.gates, drawn.every, drawn.share) == ((0.0,), 0.0, 1.0)
    review = reruns.beside(sqlite_store, DANA, reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY))
    assert told.of_gates(review) == ["0 %"]
    assert told.sentence(review).endswith("in 100 % of reruns, and all gates would pass in 0 %.")
    assert told.method(review) == f"Nothing was drawn. {told.CRITICAL.capitalize()}."
