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
from tests.stored import CopyOf

HEADER = "metric,case_id,value,run_at"
SCORED = [f"task_success,{n},{int(n % 3 > 0)},{TODAY}" for n in range(60)]
TIMED = [f"latency_ms,{n},{900 + 7.3 * n},{TODAY}" for n in range(60)]


@pytest.fixture
def system(copy_of: CopyOf) -> Store:
    return copy_of(_one_system)


def _one_system(store: Store, folder: Path) -> None:
    keep(store, factories.principal(), files.assessment(folder))


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


# What ran


def by_role(store: Store, by: Principal, path: Path, role: VersionRole) -> list[str]:
    keep(store, by, path, role)
    return told(store, path.name)


def inspect(folder: Path, name: str, *, created: str = "2026-11-20T09:00:00+00:00", **described: Any) -> Path:
    """The log of another run of other samples, which differ from those of the sample in time alone."""
    whole = json.loads((DATA / "inspect" / "support.json").read_text("utf-8"))
    whole["eval"] |= {"run_id": name, "eval_id": name, "created": created, **described}
    for sample in whole["samples"]:
        sample["total_time"] = sample["total_time"] * 1.1 + len(name)
    path = folder / name
    path.write_text(json.dumps(whole), "utf-8")
    return path


def commit(sha: str) -> dict[str, Any]:
    return {"revision": {"type": "git", "origin": "git@host:support.git", "commit": sha, "dirty": False}}


def test_two_files_of_one_version_that_ran_other_commits_are_told_until_a_person_confirms_the_second(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    assert by_role(system, principal, inspect(tmp_path, "first.json", **commit("1a2b3c4")), "candidate") == []
    other = [f"the commit of {CANDIDATE} was 1a2b3c4 in other files, and is 5d6e7f8 in this one"]
    assert by_role(system, principal, inspect(tmp_path, "second.json", **commit("5d6e7f8")), "candidate") == other
    assert by_role(system, principal, inspect(tmp_path, "third.json", **commit("1a2b3c4")), "candidate") == []
    (item,) = [item for item in review(system).items.values() if item.evidence.name == "second.json"]
    assert item.freshness == "doubtful"
    confirm(system, principal, item.id, item.evidence.doubts, "Only a README changed")
    assert by_role(system, principal, inspect(tmp_path, "fourth.json", **commit("5d6e7f8")), "candidate") == []


def test_another_model_or_plan_under_one_version_is_told(system: Store, tmp_path: Path, principal: Principal) -> None:
    by_role(system, principal, inspect(tmp_path, "first.json"), "candidate")
    assert by_role(system, principal, inspect(tmp_path, "model.json", model="other/model"), "candidate") == [
        f"the model of {CANDIDATE} was mockllm/model in other files, and is other/model in this one"
    ]
    (plan,) = by_role(system, principal, inspect(tmp_path, "plan.json", task_args={"v": "v2"}), "candidate")
    assert plan.startswith(f"the plan of support of {CANDIDATE} was ")


def test_the_prompt_of_the_baseline_under_another_label_is_not_that_of_the_candidate(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    def prompts(folder: Path, name: str, number: int, label: str, raw: str) -> None:
        path = promptfoo(folder, name, number, evalId=name)
        whole = json.loads(path.read_text("utf-8"))
        whole["results"]["prompts"] = [{"raw": raw, "label": label, "provider": "stub-model-1"}] * 2
        for row in whole["results"]["results"]:
            row["prompt"]["label"] = label
        path.write_text(json.dumps(whole), "utf-8")

    prompts(tmp_path, "before.json", 0, "support-v1", "Answer: {{question}}")
    named(system, principal, tmp_path / "before.json", {"support-v1 × stub-model-1": BASELINE})
    prompts(tmp_path, "after.json", 0, "support-v2", "Answer: {{question}}")
    named(system, principal, tmp_path / "after.json", {"support-v2 × stub-model-1": CANDIDATE})
    assert told(system, "after.json") == [
        f"the prompt and model are those that ran as {BASELINE}, and the file is imported as {CANDIDATE}"
    ]
    prompts(tmp_path, "real.json", 0, "support-v2", "Answer kindly: {{question}}")
    named(system, principal, tmp_path / "real.json", {"support-v2 × stub-model-1": CANDIDATE})
    assert told(system, "real.json") == []
    prompts(tmp_path, "more.json", 0, "support-v3", "Answer briefly: {{question}}")
    named(system, principal, tmp_path / "more.json", {"support-v3 × stub-model-1": CANDIDATE})
    (other,) = told(system, "more.json")
    assert other.startswith(f"the prompt of {CANDIDATE} was ")


def test_a_column_with_the_commit_tells_two_runs_of_a_table_apart(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    header = "question,faithfulness,git_sha"
    first = [f"q{n},{0.5 + n / 100},1a2b3c4" for n in range(20)]
    second = [f"q{n},{0.6 + n / 100},5d6e7f8" for n in range(20)]
    assert by_role(system, principal, table(tmp_path, "a.csv", *first, header=header), "candidate") == []
    other = [f"the commit of {CANDIDATE} was 1a2b3c4 in other files, and is 5d6e7f8 in this one"]
    assert by_role(system, principal, table(tmp_path, "b.csv", *second, header=header), "candidate") == other
    mixed = [*first[:10], *second[10:]]
    (told_of,) = by_role(system, principal, table(tmp_path, "c.csv", *mixed, header=header), "candidate")
    assert "5d6e7f8 in this one" in told_of


def test_native_results_and_spans_state_commits_too(system: Store, tmp_path: Path, principal: Principal) -> None:
    header = f"{HEADER},commit"
    assert (
        by_role(
            system,
            principal,
            table(tmp_path, "a.csv", *(f"{row},aaa1111" for row in SCORED), header=header),
            "candidate",
        )
        == []
    )
    rows = [f"{row},bbb2222" for row in TIMED]
    other = [f"the commit of {CANDIDATE} was aaa1111 in other files, and is bbb2222 in this one"]
    assert by_role(system, principal, table(tmp_path, "b.csv", *rows, header=header), "candidate") == other
    spans = [json.loads(line) for line in files.spans(tmp_path).read_text("utf-8").splitlines()]
    for name, sha in (("first.jsonl", "aaa1111"), ("second.jsonl", "bbb2222")):
        told_apart = [
            {**span, "trace_id": f"{name}{span['trace_id']}", "attributes": {"git.commit.sha": sha}} for span in spans
        ]
        (tmp_path / name).write_text("\n".join(map(json.dumps, told_apart)), "utf-8")
        keep(system, principal, tmp_path / name)
    assert told(system, "first.jsonl") == []
    assert told(system, "second.jsonl") == other


def test_the_resource_of_spans_states_the_commit(system: Store, tmp_path: Path, principal: Principal) -> None:
    span = {"spanId": "b" * 16, "name": "ask", "startTimeUnixNano": "1795170000000000000"}
    for name, sha in (("first.json", "aaa1111"), ("second.json", "bbb2222")):
        texts = {"service.version": CANDIDATE, "vcs.ref.head.revision": sha}
        resource = {"attributes": [{"key": key, "value": {"stringValue": text}} for key, text in texts.items()]}
        row = {**span, "traceId": name.encode().hex()[:2] * 16, "endTimeUnixNano": "1795170001000000000"}
        document = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [row]}]}]}
        (tmp_path / name).write_text(f"{json.dumps(document)}\n", "utf-8")
        keep(system, principal, tmp_path / name)
    assert told(system, "first.json") == []
    assert told(system, "second.json") == [
        f"the commit of {CANDIDATE} was aaa1111 in other files, and is bbb2222 in this one"
    ]


def test_cases_that_each_speak_of_a_commit_say_nothing_of_the_version(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    header = "question,faithfulness,commit"
    for name, start in (("a.csv", 0), ("b.csv", 50)):
        rows = [f"q{n},{0.5 + (n + start) / 200},sha{start + n}" for n in range(20)]
        assert by_role(system, principal, table(tmp_path, name, *rows, header=header), "candidate") == []


def test_an_old_run_is_not_made_younger_by_a_date_that_is_given_for_it(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    path = inspect(tmp_path, "old.json", created="2026-08-01T09:00:00+00:00")
    options = Options(measured_on=TODAY)
    batch = imports.read(system, principal, imports.ImportRequest(path, system=SLUG, role="candidate", options=options))
    imports.keep(system, principal, batch, system=SLUG, as_of=TODAY)
    assert told(system, "old.json") == [
        "the file says that it ran on 1 Aug 2026, and is imported as measured on 20 Nov 2026"
    ]
    (item,) = [item for item in review(system).items.values() if item.evidence.name == "old.json"]
    assert item.freshness == "doubtful"


def test_per_cent_that_a_person_stated_once_is_not_forgotten_for_another_file_of_the_metric(
    system: Store, tmp_path: Path, principal: Principal
) -> None:
    def read_as(name: str, header: str, unit: str = "") -> list[str]:
        path = table(tmp_path, name, *(f"q{n},{0.4 + n / 100},x" for n in range(20)), header=header)
        mapping = {"unit:leak_rate": unit} if unit else {}
        options = Options(version=CANDIDATE, mapping=mapping, measured_on=TODAY)
        batch = imports.read(system, principal, imports.ImportRequest(path, system=SLUG, options=options))
        imports.keep(system, principal, batch, system=SLUG, as_of=TODAY)
        return told(system, name)

    assert read_as("first.csv", "question,leak_rate,note", "percent") == []
    assert read_as("next.csv", "question,leak_rate,remark") == [
        "leak_rate was stated to be per cent for first.csv, and nothing is said of it for this file, read as ratio"
    ]
    assert read_as("next.csv", "question,leak_rate,remark", "percent") == []
    assert read_as("share.csv", "question,leak_rate,word", "ratio") == []
    assert read_as("last.csv", "question,leak_rate,reason") == []


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
