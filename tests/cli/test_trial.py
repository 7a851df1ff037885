"""One file judged at once: `readiness try`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness.store.engine import URL_VARIABLE
from tests import files
from tests.cli.conftest import Run
from tests.factories import BASELINE, CANDIDATE, TODAY

DATA = Path(__file__).parents[1] / "data"
EVERY = sorted(
    path
    for folder in ("deepeval", "inspect", "judges", "junit", "langfuse", "langsmith", "lm_eval", "mlflow", "native")
    for path in (DATA / folder).rglob("*.*")
    if path.suffix not in (".md", ".py")
)


def cases(folder: Path, passed: int, failed: int, *more: str, name: str = "cases.csv") -> Path:
    rows = [
        *(f"task_success,1,{at}" for at in range(passed)),
        *(f"task_success,0,f{at}" for at in range(failed)),
        *more,
    ]
    return files.results(folder, *rows, header="metric,value,case_id", name=name)


@pytest.mark.parametrize(
    ("passed", "failed", "status", "state"),
    [(480, 20, 0, "✓ pass"), (400, 100, 1, "✕ fail"), (46, 4, 3, "? inconclusive")],
)
def test_a_file_passes_fails_or_decides_nothing_by_the_interval_of_its_figure(
    run: Run, tmp_path: Path, passed: int, failed: int, status: int, state: str
) -> None:
    said = run("try", cases(tmp_path, passed, failed), "--min", "task_success=0.9")
    assert (said.status, said.err) == (status, "")
    (gate,) = [line for line in said.lines if line.startswith(state)]
    assert gate.startswith(f"{state}  Task success at least 90 %: ")
    assert f"n {passed + failed}" in gate


def test_nothing_is_stored_and_no_store_is_made(
    run: Run, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv(URL_VARIABLE)
    before = db.read_bytes()
    path = cases(tmp_path, 480, 20)
    assert run("try", path, "--min", "task_success=0.9").status == 0
    assert list(empty.iterdir()) == []
    monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{db}")
    assert run("try", path).status == 0
    assert db.read_bytes() == before


def test_the_gates_are_those_of_a_release(run: Run, tmp_path: Path) -> None:
    """The same file, once by itself and once stored under a policy with the same bounds."""
    results = files.results(tmp_path)
    bounds = {"task_success": ("min", 0.95), "groundedness": ("min", 0.92), "latency_ms": ("max", 2000)}
    tried = run(
        *("try", results, "--baseline", BASELINE, "--json"),
        *(part for metric, (key, bound) in bounds.items() for part in (f"--{key}", f"{metric}={bound}")),
    )
    gates = "".join(
        f'[[policy.gates]]\nmetric = "{metric}"\n{key} = {bound}\n' for metric, (key, bound) in bounds.items()
    )
    stated = tmp_path / "assessment.toml"
    stated.write_text(
        f'format = "readiness-assessment/1"\n[system]\nslug = "one"\nname = "One"\n[assessment]\n'
        f'assessed_on = {TODAY}\ncandidate = "{CANDIDATE}"\nbaseline = "{BASELINE}"\n{gates}',
        "utf-8",
    )
    run("import", stated)
    run("import", results, "--measured-on", str(TODAY))
    stored = run("scorecard", "one", "--json", "--as-of", str(TODAY)).json
    assert tried.json["gates"] == stored["gates"]
    assert tried.json["rows"] == stored["rows"]
    assert [gate["state"] for gate in tried.json["gates"]] == ["fail", "pass", "inconclusive"]
    assert (tried.status, tried.json["holds"], tried.json["undecided"]) == (1, False, False)


def test_what_is_missing_for_a_verdict_is_said_in_order(run: Run, tmp_path: Path) -> None:
    said = run("try", cases(tmp_path, 48, 2))
    assert said.status == 0
    at = next(at for at, line in enumerate(said.lines) if line.startswith("What a verdict needs besides"))
    told = [line.split(". ", 1)[1].split(":")[0] for line in said.lines[at + 1 :]]
    assert told == ["assessment file", "checklist", "scorecard", "traces", "release policy", "monitoring plan"]
    assert "No bound was asked for" in said.out


def test_two_versions_are_compared_where_it_is_said_which_is_the_baseline(run: Run, tmp_path: Path) -> None:
    results = files.results(tmp_path)
    refused = run("try", results)
    assert refused.status == 2
    assert "the file holds 2 versions; expected which of them is judged" in refused.err
    said = run("try", results, "--baseline", BASELINE, "--max-regression", "task_success=0.05")
    assert said.status == 0
    assert f"versions {BASELINE} (baseline) and {CANDIDATE} (judged)" in said.lines[0]
    assert "workflows billing, claims and refund; cohorts by language and query_class" in said.lines[0]
    assert "baseline" in said.lines[1]
    assert "at most 5 points below the baseline" in said.out
    alone = run("try", results, "--candidate", CANDIDATE, "--max-regression", "task_success=0.05")
    assert (alone.status, "a change needs two versions; expected a baseline" in alone.err) == (2, True)


def test_a_statistic_stands_before_its_metric(run: Run, tmp_path: Path) -> None:
    slow = [f"latency_ms,{100 + at},{at}" for at in range(200)]
    path = cases(tmp_path, 0, 0, *slow)
    said = run("try", path, "--max", "p95_latency=2000", "--json")
    assert said.status == 0
    assert said.json["gates"][0]["gate"].startswith("Latency p95 at most 2,000 ms")
    assert run("try", path, "--max", "p95_latency=250").status == 1


def test_every_cohort_is_asked_where_that_is_said(run: Run, tmp_path: Path) -> None:
    rows = [f"task_success,{int(at % 10 > 0)},language=en,{at}" for at in range(300)]
    rows += [f"task_success,{int(at % 2)},language=ja,j{at}" for at in range(60)]
    path = files.results(tmp_path, *rows, header="metric,value,cohort,case_id")
    assert run("try", path, "--min", "task_success=0.75").status == 0
    said = run("try", path, "--min", "task_success=0.75", "--each-cohort")
    assert said.status == 1
    assert "for language=ja" in said.out


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--min", "task_succes=0.9"), "there are no figures of 'task_succes'; expected one of task_success."),
        (("--min", "task_success"), "--min: 'task_success' is no bound; expected METRIC=NUMBER"),
        (("--max", "task_success=many"), "--max: 'task_success=many' is no bound"),
        (("--min", "task_success=90"), "expected 0 to 1, 0.9 for 90 %."),
        (("--baseline", "1.0"), "there is no version '1.0'; expected one of this file."),
        (("--baseline", "this file"), "there is no version beside the baseline"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(
    run: Run, tmp_path: Path, asked: tuple[str, ...], sentence: str
) -> None:
    said = run("try", cases(tmp_path, 9, 1), *asked)
    assert (said.status, said.out) == (2, "")
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1


def test_results_of_long_ago_are_judged_as_of_their_day_and_said_to_be_old(run: Run, tmp_path: Path) -> None:
    day = TODAY - dt.timedelta(days=90)
    rows = [f"task_success,1,{at},{day}" for at in range(100)]
    path = files.results(tmp_path, *rows, header="metric,value,case_id,run_at")
    said = run("try", path, "--min", "task_success=0.9")
    assert said.status == 0
    assert "7. fresh results: these are of 22 Aug 2026, and count for 30 days" in said.out
    assert run("try", path, "--min", "task_success=0.9", "--as-of", str(TODAY)).status == 3


def test_an_assessment_file_by_itself_says_its_verdict(run: Run, tmp_path: Path) -> None:
    path = files.assessment(tmp_path, files.whole(rollback_rehearsal="yes"))
    said = run("try", path)
    assert said.status == 0
    assert said.lines[1].startswith("Blocked: ")
    assert run("try", path, "--min", "task_success=0.9").status == 2


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_importer_is_tried_in_the_same_way(run: Run, path: Path) -> None:
    judged: tuple[str, ...] = ()
    said = run("try", path, "--json")
    if "versions" in said.err:  # whose results are judged is for a person to say
        judged = ("--candidate", said.err.split("is judged: ")[1].split(",")[0].removesuffix(".\n"))
        said = run("try", path, "--json", *judged)
    assert said.status == 0, said.err
    shown = said.json
    assert shown["stored"] is False
    assert shown["rows"] or shown["traces"] or shown["format"] in ("assessment", "judge-labels")
    assert run("try", path, *judged).status == 0


def test_traces_say_where_their_time_went(run: Run) -> None:
    said = run("try", DATA / "otlp" / "otlp_batch.json")
    assert said.status == 0
    assert "3 traces, of which 3 would be kept" in said.lines
    assert any(line.startswith("retrieval  3  ") for line in said.lines)
    refused = run("try", DATA / "otlp" / "otlp_batch.json", "--min", "task_success=0.9")
    assert (refused.status, "expected a file with results" in refused.err) == (2, True)
