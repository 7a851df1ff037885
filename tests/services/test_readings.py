"""Files as somebody imports them: what is said of units, directions, names and gates reaches review and pack."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import pack
from readiness.errors import InputError
from readiness.importers import Batch, Options
from readiness.model.assessment import Assessment
from readiness.model.policy import Gate, ReleasePolicy
from readiness.services import imports, reviews, revisions
from readiness.store import Store
from tests import factories, files, samples
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY

DANA = factories.principal()
CASES = samples.DATA / "cases"


def kept(store: Store, path: Path, system: str = "", **said: object) -> Batch:
    options = Options(measured_on=TODAY if system else None, **said)  # type: ignore[arg-type]
    (parcel,) = imports.read_all(store, DANA, [imports.ImportRequest(path=path, system=system, options=options)])
    imports.keep(store, DANA, parcel.batch, system=parcel.system, as_of=TODAY)
    return parcel.batch


def with_gates(*gates: Gate) -> ReleasePolicy:
    return ReleasePolicy(gates=list(gates))


def told(store: Store, audience: str = "leadership", slug: str = SLUG) -> str:
    return pack.build(store, DANA, slug, pack.Request(audience=audience, draft=True), as_of=TODAY).body.decode()


def compared(store: Store, folder: Path, gates: list[Gate]) -> str:
    """The state of the first gate over two runs of a metric that the checklist does not know."""
    file = files.whole().model_copy(update={"policy": with_gates(*gates)})
    kept(store, files.assessment(folder, file))
    for version, good in ((BASELINE, 80), (CANDIDATE, 90)):
        rows = "".join(f"q{at},{0.9 if at % 100 < good else 0.4}\n" for at in range(400))
        path = folder / f"{version}.csv"
        path.write_text(f"question,faithfulness\n{rows}")
        kept(store, path, SLUG, version=version)
    return reviews.load(store, DANA, SLUG, as_of=TODAY).gates[0].state


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        (Gate(metric="faithfulness", min=0.5, max_regression=0.02, min_n=200), "pass"),
        (Gate(metric="faithfulness", max_regression=0.02, direction="higher"), "pass"),
        (Gate(metric="faithfulness", max_regression=0.02, direction="lower"), "fail"),
        (Gate(metric="faithfulness", max_regression=0.02), "missing"),
    ],
)
def test_a_gate_says_itself_which_way_a_metric_is_better(
    sqlite_store: Store, tmp_path: Path, gate: Gate, state: str
) -> None:
    assert compared(sqlite_store, tmp_path, [gate]) == state


def test_figures_without_a_direction_are_shown_with_the_way_to_state_it(sqlite_store: Store, tmp_path: Path) -> None:
    compared(sqlite_store, tmp_path, [Gate(metric="faithfulness", max_regression=0.02)])
    text = told(sqlite_store)
    assert "No figures to compare" not in text
    assert "faithfulness: +5.0 points overall; which way is better is not stated." in text
    assert "import the file again with --map direction:METRIC=higher" in text
    assert "– not judged" in told(sqlite_store, "security")
    kept(
        sqlite_store,
        tmp_path / f"{CANDIDATE}.csv",
        SLUG,
        version=CANDIDATE,
        mapping={"direction:faithfulness": "higher"},
    )
    assert reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY).gates[0].state == "pass"
    assert "which way is better is not stated" not in told(sqlite_store)


def test_the_gate_on_a_file_of_ragas_is_judged(sqlite_store: Store) -> None:
    folder = CASES / "regression-gate-never-judged"
    kept(sqlite_store, folder / "sys3.toml")
    kept(sqlite_store, folder / "rag_b.csv", "s", version="2026.08")
    kept(sqlite_store, folder / "rag_c.csv", "s", version="2026.11")
    results = {result.gate.metric: result.state for result in reviews.load(sqlite_store, DANA, "s", as_of=TODAY).gates}
    assert results["faithfulness"] == "pass"


def test_figures_in_units_that_differ_are_not_compared(sqlite_store: Store, tmp_path: Path) -> None:
    file = files.whole().model_copy(update={"policy": with_gates(Gate(metric="wait", max=900, max_regression=10))})
    kept(sqlite_store, files.assessment(tmp_path, file))
    for version, unit, first in ((BASELINE, "s", 1), (CANDIDATE, "ms", 101)):
        path = files.results(
            tmp_path,
            *(f"{version},*,,wait,{at},{unit}" for at in range(first, first + 29)),
            header="version,workflow,cohort,metric,value,unit",
            name=f"{version}.csv",
        )
        kept(sqlite_store, path, SLUG)
    review = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    (row,) = [row for row in review.rows if row.metric == "wait"]
    assert (row.change(), row.difference(), row.worsening()) == (None, None, None)
    assert review.gates[0].state == "missing"
    text = told(sqlite_store, "security")
    assert "not compared with the baseline, since the units differ (s and ms)" in text


@pytest.mark.parametrize(("bound", "expected"), [("min = -5", "0 to 1"), ("min = 90", "0 to 1, 0.9 for 90 %")])
def test_a_threshold_that_cannot_be_is_refused_when_the_policy_is_stored(
    sqlite_store: Store, tmp_path: Path, bound: str, expected: str
) -> None:
    path = files.assessment(tmp_path, files.whole().model_copy(update={"policy": None}))
    good = '\n[[policy.gates]]\nmetric = "latency_ms"\nmax = 900\n'
    path.write_text(path.read_text() + good + f'[[policy.gates]]\nmetric = "task_success"\n{bound}\n')
    with pytest.raises(InputError) as caught:
        kept(sqlite_store, path)
    assert "policy.gates.1.min: task_success cannot be " in str(caught.value)
    assert str(caught.value).endswith(f"expected {expected}.")


def test_a_gate_on_the_page_is_refused_too_and_one_that_stood_before_may_stay(
    sqlite_store: Store, tmp_path: Path
) -> None:
    kept(sqlite_store, files.assessment(tmp_path))
    review = reviews.load(sqlite_store, DANA, SLUG, as_of=TODAY)
    seen = review.policy.number if review.policy else 0
    bad = with_gates(Gate(metric="task_success", min=90))
    with pytest.raises(InputError, match=r"gate 1\.min: task_success cannot be 90"):
        revisions.save(sqlite_store, DANA, SLUG, review.assessment_id, bad, seen=seen)
    sure = with_gates(Gate(metric="task_success", min=1.0))
    done = revisions.save(sqlite_store, DANA, SLUG, review.assessment_id, sure, seen=seen)
    assert "Nothing can pass the gate task_success at least 100 %" in done.sentence


def test_a_ratio_in_per_cent_is_asked_about_because_the_checklist_knows_the_metric(
    sqlite_store: Store, tmp_path: Path
) -> None:
    kept(sqlite_store, files.assessment(tmp_path))
    path = tmp_path / "r.csv"
    path.write_text("question,task_success\na,92.5\nb,85\n")
    with pytest.raises(InputError, match="if they are per cent, --map unit:task_success=percent"):
        kept(sqlite_store, path, SLUG, version=CANDIDATE)
    batch = kept(sqlite_store, path, SLUG, version=CANDIDATE, mapping={"unit:task_success": "percent"})
    assert [cell.mean for cell in batch.cells] == [pytest.approx(0.8875)]


def test_names_that_differ_from_what_is_stored_by_case_alone_are_told(sqlite_store: Store, tmp_path: Path) -> None:
    kept(sqlite_store, files.assessment(tmp_path))
    header = "version,workflow,cohort,metric,value,case_id"
    for version, place, name in ((BASELINE, "Claims,lang=EN", "one.csv"), (CANDIDATE, "claims,lang=en", "two.csv")):
        path = files.results(tmp_path, f"{version},{place},task_success,1,c1", header=header, name=name)
        batch = kept(sqlite_store, path, SLUG)
    (note,) = [warning for warning in batch.warnings if "names that differ" in warning]
    assert note == (
        "names that differ in case, blanks or form alone are kept apart from what is stored: "
        "cohort of lang 'EN' and 'en'; workflow 'Claims' and 'claims'"
    )


def test_the_cohort_with_a_blank_is_compared(sqlite_store: Store) -> None:
    folder = CASES / "spaces-in-a-cohort-split-it"
    kept(sqlite_store, folder / "rn.toml")
    batch = kept(sqlite_store, folder / "rn.csv", "rn-bot")
    assert any("cohort of lang 'EN' and 'en'; workflow 'Claims' and 'claims'" in note for note in batch.warnings)
    rows = {
        row.cohort: row for row in reviews.load(sqlite_store, DANA, "rn-bot", as_of=TODAY).rows if row.workflow == "*"
    }
    assert rows["lang=de"].change() == pytest.approx(-0.15)
    assert not any("= " in cohort for cohort in rows)


def test_the_assessment_in_force_is_one_review_however_it_is_asked_for(sqlite_store: Store, tmp_path: Path) -> None:
    for days in (40, 0):
        file = files.whole()
        file.assessment = Assessment(candidate=f"v{days}", assessed_on=TODAY - dt.timedelta(days=days))
        files.keep(sqlite_store, files.assessment(tmp_path, file, f"{days}.toml"))
    by, (newest, before) = factories.principal(), reviews.assessments(sqlite_store, factories.principal(), SLUG)
    in_force = reviews.load(sqlite_store, by, SLUG, as_of=TODAY)
    assert reviews.load(sqlite_store, by, SLUG, as_of=TODAY, assessment_id=newest.id) is in_force
    earlier = reviews.load(sqlite_store, by, SLUG, as_of=TODAY, assessment_id=before.id)
    assert (earlier.assessment_id, earlier.latest, in_force.assessment_id) == (before.id, False, newest.id)
    then = TODAY - dt.timedelta(days=10)
    assert reviews.load(sqlite_store, by, SLUG, as_of=then, assessment_id=before.id) is reviews.load(
        sqlite_store, by, SLUG, as_of=then
    )
