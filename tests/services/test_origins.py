from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from readiness.access import Principal
from readiness.decision import doubts
from readiness.errors import Conflict, Denied, InputError
from readiness.importers import Options
from readiness.model.assessment import VersionRole
from readiness.model.dossier import Done
from readiness.model.evidence import Doubt
from readiness.review.review import Review
from readiness.services import evidence, imports, reviews
from readiness.store import Store
from tests import factories, files
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY
from tests.samples import DATA

HEADER = "metric,case_id,value,run_at"
SCORED = [f"task_success,{n},{int(n % 3 > 0)},{TODAY}" for n in range(60)]
TIMED = [f"latency_ms,{n},{900 + 7.3 * n},{TODAY}" for n in range(60)]


@pytest.fixture
def system(store: Store, tmp_path: Path, principal: Principal) -> Store:
    keep(store, principal, files.assessment(tmp_path))
    return store


def keep(store: Store, by: Principal, path: Path, role: VersionRole | None = None) -> Done:
    batch = imports.read(store, by, imports.ImportRequest(path, system=SLUG, role=role))
    return imports.keep(store, by, batch, system=SLUG, as_of=TODAY)


def named(store: Store, by: Principal, path: Path, names: dict[str, str]) -> Done:
    mapping = {f"version:{label}": name for label, name in names.items()}
    options = Options(mapping=mapping, measured_on=TODAY)
    batch = imports.read(store, by, imports.ImportRequest(path, system=SLUG, options=options))
    return imports.keep(store, by, batch, system=SLUG, as_of=TODAY)


def review(store: Store) -> Review:
    return reviews.load(store, factories.principal(), SLUG, as_of=TODAY)


def told(store: Store, name: str) -> list[str]:
    return [
        doubts.clause(doubt)
        for item in review(store).items.values()
        if item.evidence.name == name
        for doubt in item.evidence.doubts
    ]


def table(folder: Path, name: str, *rows: str, header: str = HEADER) -> Path:
    return files.results(folder, *rows, header=header, name=name)


def test_the_results_of_the_baseline_do_not_pass_as_the_candidates(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    keep(system, principal, table(tmp_path, "before.csv", *SCORED, *TIMED), "baseline")
    done = keep(system, principal, table(tmp_path, "after.csv", *SCORED, *TIMED, ""), "candidate")
    assert "it does not count until a person confirms it: these are the results of 2026.08" in done.sentence
    assert told(system, "before.csv") == []
    assert told(system, "after.csv") == [
        f"these are the results of {BASELINE}, since 60 cases have the same latency_ms and task_success, "
        f"and the file is imported as {CANDIDATE}"
    ]
    shown = {item.evidence.name: item.freshness for item in review(system).items.values()}
    assert shown == {"before.csv": "fresh", "after.csv": "doubtful"}
    assert all(row.candidate is None for row in review(system).rows)


def test_cases_that_pass_alike_one_by_one_are_the_same_results_and_a_few_that_all_pass_are_not(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    keep(system, principal, table(tmp_path, "before.csv", *SCORED), "baseline")
    keep(system, principal, table(tmp_path, "copy.csv", *reversed(SCORED)), "candidate")
    assert "task_success" in told(system, "copy.csv")[0]
    passes = [f"tool_success,{n},1,{TODAY}" for n in range(60)]
    keep(system, principal, table(tmp_path, "tools-before.csv", *passes), "baseline")
    keep(system, principal, table(tmp_path, "tools.csv", *passes, ""), "candidate")
    assert told(system, "tools.csv") == []


def test_results_that_differ_in_some_cases_are_of_another_run(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    keep(system, principal, table(tmp_path, "before.csv", *SCORED), "baseline")
    other = [row.replace(",1,", ",0,") if row.startswith("task_success,1,") else row for row in SCORED]
    keep(system, principal, table(tmp_path, "after.csv", *other), "candidate")
    assert told(system, "after.csv") == []


def test_the_same_file_under_another_version_is_told_and_taking_that_back_is_not(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    path = table(tmp_path, "run.csv", *SCORED)
    keep(system, principal, path, "baseline")
    keep(system, principal, path, "candidate")
    moved = [f"the same file was imported as {BASELINE} before, and is imported as {CANDIDATE}"]
    assert told(system, "run.csv") == moved
    assert not keep(system, principal, path, "candidate").changed
    assert told(system, "run.csv") == moved
    keep(system, principal, path, "baseline")
    assert told(system, "run.csv") == []


def test_rows_that_name_a_version_are_not_those_of_another(system: Store, tmp_path: Path, principal: Principal) -> None:
    rows = [f"{BASELINE},{row}" for row in SCORED]
    keep(system, principal, table(tmp_path, "run.csv", *rows, header=f"version,{HEADER}"), "candidate")
    assert told(system, "run.csv") == [f"the rows name the version {BASELINE}, and the file is imported as {CANDIDATE}"]


def promptfoo(folder: Path, name: str, number: int, **changes: Any) -> Path:
    """The rows of one prompt alone, each a little slower than in the sample, as another run."""
    whole = json.loads((DATA / "promptfoo.json").read_text("utf-8"))
    results = whole["results"]
    results["results"] = [row for row in results["results"] if row["promptIdx"] == number]
    for row in results["results"]:
        row["latencyMs"] = row["latencyMs"] * 1.1 + 13 + len(name)
    del results["stats"], results["prompts"]
    path = folder / name
    path.write_text(json.dumps(whole | changes), "utf-8")
    return path


def test_a_label_that_stood_for_the_other_version_is_told(system: Store, tmp_path: Path, principal: Principal) -> None:
    label = "support-v1 × stub-model-1"
    named(system, principal, promptfoo(tmp_path, "first.json", 0, evalId="eval-1"), {label: BASELINE})
    named(system, principal, promptfoo(tmp_path, "second.json", 0, evalId="eval-2"), {label: CANDIDATE})
    assert told(system, "second.json") == [f"{label} stood for {BASELINE} before, and is imported as {CANDIDATE}"]


def test_a_run_that_was_imported_as_the_other_version_is_told(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    label = "support-v1 × stub-model-1"
    named(system, principal, promptfoo(tmp_path, "first.json", 0, evalId="eval-1"), {label: BASELINE})
    named(system, principal, promptfoo(tmp_path, "second.json", 0, evalId="eval-1"), {label: CANDIDATE})
    assert told(system, "second.json") == [
        f"the run eval-1 stood under {BASELINE} before, and under {CANDIDATE} in this file"
    ]


def test_one_run_of_two_prompts_in_two_files_is_two_versions(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    for number, version in ((0, BASELINE), (1, CANDIDATE)):
        path = promptfoo(tmp_path, f"{number}.json", number, evalId="eval-1")
        named(system, principal, path, {f"support-v{number + 1} × stub-model-1": version})
    assert told(system, "0.json") == told(system, "1.json") == []


def test_traces_that_are_stored_under_another_version_are_told(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    path = files.spans(tmp_path)
    keep(system, principal, path)
    path = tmp_path / "again.jsonl"
    path.write_text((tmp_path / "spans.jsonl").read_text("utf-8").replace(CANDIDATE, BASELINE), "utf-8")
    keep(system, principal, path)
    assert told(system, "again.jsonl") == [
        f"3 traces stood under {CANDIDATE} before, and under {BASELINE} in this file"
    ]


# Confirming


def doubted(store: Store, folder: Path, by: Principal) -> tuple[int, list[Doubt]]:
    """A file with rows cut out, stored; its id and what does not fit."""
    whole = json.loads((DATA / "promptfoo.json").read_text("utf-8"))
    whole["results"]["results"] = [row for row in whole["results"]["results"] if row["success"]]
    path = folder / "cut.json"
    path.write_text(json.dumps(whole), "utf-8")
    labels = {f"support-v{n} × stub-model-1": version for n, version in ((1, BASELINE), (2, CANDIDATE))}
    named(store, by, path, labels)
    (item,) = [item for item in review(store).items.values() if item.evidence.name == "cut.json"]
    return item.id, item.evidence.doubts


def confirm(store: Store, by: Principal, number: int, seen: list[Doubt], reason: str = "The errors were ours") -> Done:
    return evidence.confirm(store, by, SLUG, number, reason, seen=seen)


def test_what_does_not_add_up_counts_once_a_person_confirms_it(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    number, seen = doubted(system, tmp_path, principal)
    assert review(system).items[number].freshness == "doubtful"
    assert review(system).rows == []
    part = review(system).packet.parts["scorecard"]
    assert (part.missing[0], part.only_aged) == (f"the results of the candidate {CANDIDATE} do not add up", False)
    before = review(system).verdict
    assert confirm(system, principal, number, seen).changed
    confirmed = review(system).items[number].evidence.confirmed
    assert confirmed is not None
    assert (confirmed.by, confirmed.reason) == (principal.name, "The errors were ours")
    assert review(system).items[number].freshness == "fresh"
    assert review(system).rows
    assert review(system).packet.parts["scorecard"].missing != part.missing
    assert before is not review(system).verdict
    assert not confirm(system, principal, number, seen).changed


def test_a_confirmation_needs_a_reason_the_right_and_what_was_seen(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    number, seen = doubted(system, tmp_path, principal)
    with pytest.raises(InputError, match="the reason is missing"):
        confirm(system, principal, number, seen, "  ")
    with pytest.raises(Denied):
        confirm(system, factories.principal("viewer"), number, seen)
    with pytest.raises(Conflict, match="read again in the meantime"):
        confirm(system, principal, number, seen[:1])
    assert review(system).items[number].freshness == "doubtful"


def test_read_again_with_the_same_doubts_a_file_stays_confirmed(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    number, seen = doubted(system, tmp_path, principal)
    confirm(system, principal, number, seen)
    again, _ = doubted(system, tmp_path, principal)
    assert again == number
    assert review(system).items[number].evidence.confirmed is not None
