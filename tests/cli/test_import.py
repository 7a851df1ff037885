from __future__ import annotations

import datetime as dt
import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from readiness import formatting, paths
from readiness.model.dossier import Dossier
from readiness.store import open_store, queries
from tests import factories, files
from tests.cli.conftest import Run, content
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY, mark

AS_OF = ("--as-of", str(TODAY))
BARE = "workflow,cohort,metric,value,n"


@pytest.fixture
def stored(run: Run, tmp_path: Path) -> Path:
    """A system of its own in the store."""
    path = files.assessment(tmp_path)
    assert run("import", path, *AS_OF).out == (
        "Stored a new assessment, 22 marks, the release policy and the monitoring plan of support-copilot 2026.11 "
        "from assessment.toml.\n"
    )
    return path


CELLS = len(files.ROWS)


def held(db: Path, slug: str = SLUG) -> Dossier:
    with closing(open_store(f"sqlite:///{db}")) as store:
        return queries.dossier(store, slug)


def versions(db: Path) -> set[str]:
    return {cell.version for _, cell in held(db).cells}


# What is stored, and said


def test_results_are_stored_for_the_only_system_there_is(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    said = run("import", files.results(tmp_path), "--measured-on", str(TODAY))
    assert (said.status, said.err) == (0, "")
    assert said.lines[0] == f"Stored {CELLS} scorecard cells of support-copilot from results.csv."
    assert len(held(db).cells) == CELLS


def test_a_verdict_that_a_file_moved_is_said_and_one_that_stays_is_not(stored: Path, run: Run, tmp_path: Path) -> None:
    when = (*AS_OF, "--measured-on", str(TODAY))
    assert run("import", files.results(tmp_path), *when).lines[-1] == (
        "support-copilot is ● staged now; it was ◐ narrow."
    )
    assert "it was" not in run("import", files.results(tmp_path, *files.ROWS, name="again.csv"), *when).out
    worse = files.results(tmp_path, f"{CANDIDATE},*,,task_success,0.10,900", name="worse.csv")
    told = run("import", worse, *when).lines[-1]
    level = run("status", SLUG, *AS_OF, "--json").json["verdict"]["level"].replace("-", " ")
    assert told.startswith("support-copilot is ")
    assert told.endswith(f"{level} now; it was ● staged.")


def test_an_undated_file_is_noted(stored: Path, run: Run, tmp_path: Path) -> None:
    note = "  note: the results are not dated, so they do not count until a date is given"
    assert note in run("import", files.results(tmp_path)).lines


def test_several_files_are_stored_together_whatever_their_order(run: Run, tmp_path: Path, db: Path) -> None:
    said = run("import", files.spans(tmp_path), files.results(tmp_path), files.assessment(tmp_path), "--json", *AS_OF)
    assert [each["format"] for each in said.json] == ["assessment", "native-spans", "native-results"]
    found = held(db)
    assert (len(found.marks), len(found.cells), len(found.traces)) == (22, CELLS, 3)


def test_the_answer_as_json_says_how_each_file_was_understood(stored: Path, run: Run, tmp_path: Path) -> None:
    path = files.results(tmp_path, *files.ROWS, f"{CANDIDATE},refund,language=de,groundedness,many,")
    assert run("import", path, "--measured-on", str(TODAY), "--json").json == [
        {
            "file": "results.csv",
            "format": "native-results",
            "stored": True,
            "sentence": f"Stored {CELLS} scorecard cells of support-copilot from results.csv, 1 row skipped",
            "versions": [BASELINE, CANDIDATE],
            "kept": CELLS,
            "traces": 0,
            "samples": [],
            "skipped": 1,
            "skips": [{"place": f"row {CELLS + 1}", "reason": "value many is not a number"}],
            "warnings": [],
            "doubts": [],
        }
    ]


def test_skipped_rows_are_shown_up_to_a_handful(stored: Path, run: Run, tmp_path: Path) -> None:
    path = files.results(tmp_path, *files.ROWS, *[f"{CANDIDATE},refund,,groundedness,x{n}," for n in range(8)])
    said = run("import", path, "--measured-on", str(TODAY))
    assert [line for line in said.lines if "skipped row" in line] == [
        f"  skipped row {CELLS + 1 + n}: value x{n} is not a number" for n in range(5)
    ]
    assert "  and 3 more skipped" in said.lines


@pytest.mark.parametrize("flag", [(), ("--json",)])
def test_a_dry_run_says_what_would_be_stored_and_stores_nothing(
    run: Run, tmp_path: Path, db: Path, flag: tuple[str, ...]
) -> None:
    before = content(db)
    said = run("import", files.assessment(tmp_path), files.results(tmp_path), files.spans(tmp_path), "--dry-run", *flag)
    assert said.status == 0
    for sentence in (
        "Would store 22 marks of support-copilot from assessment.toml",
        f"Would store {CELLS} scorecard cells from results.csv",
        "Would store 3 traces from spans.jsonl",
    ):
        assert sentence in said.out
    assert not flag or {each["stored"] for each in said.json} == {False}
    assert content(db) == before


def test_the_same_files_again_store_nothing_new(run: Run, tmp_path: Path, db: Path) -> None:
    given = (files.assessment(tmp_path), files.results(tmp_path), files.spans(tmp_path))
    run("import", *given, *AS_OF)
    before = content(db)
    said = run("import", *given, *AS_OF)
    assert said.status == 0
    assert [line for line in said.lines if not line.startswith("  ")] == [
        "assessment.toml is the file that support-copilot was last imported from; nothing changed.",
        "results.csv is stored already, as results.csv; nothing changed.",
        "spans.jsonl is stored already, as spans.jsonl; nothing changed.",
    ]
    assert content(db) == before


def test_the_same_bytes_under_another_name_store_nothing_new(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    first = files.results(tmp_path)
    run("import", first)
    before = content(db)
    said = run("import", shutil.copy(first, tmp_path / "copy.txt"))
    assert said.lines[0] == "copy.txt is stored already, as results.csv; nothing changed."
    assert content(db) == before


def test_a_file_is_told_by_its_content_and_not_by_its_name(run: Run, tmp_path: Path, db: Path) -> None:
    given = [
        files.assessment(tmp_path, name="marks.csv"),
        files.results(tmp_path, name="results.toml"),
        files.spans(tmp_path, name="spans"),
    ]
    said = run("import", *given, "--json", *AS_OF)
    assert [each["format"] for each in said.json] == ["assessment", "native-results", "native-spans"]


def test_one_bad_file_and_none_is_stored(run: Run, tmp_path: Path, db: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("neither fish\nnor fowl\n", "utf-8")
    before = content(db)
    said = run("import", files.assessment(tmp_path), files.results(tmp_path), bad)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("readiness: bad.csv: the format is not recognised; expected one of ")
    assert content(db) == before


# What the person says about a file


@pytest.mark.parametrize(("role", "version"), [("baseline", BASELINE), ("candidate", CANDIDATE)])
def test_a_role_stands_for_the_version_that_plays_it(
    stored: Path, run: Run, tmp_path: Path, db: Path, role: str, version: str
) -> None:
    path = files.results(tmp_path, "*,,task_success,0.9,400", header=BARE)
    assert run("import", path, "--role", role).status == 0
    assert versions(db) == {version}


def test_a_role_may_come_from_the_assessment_in_the_same_import(run: Run, tmp_path: Path, db: Path) -> None:
    path = files.results(tmp_path, "*,,task_success,0.9,400", header=BARE)
    assert run("import", path, files.assessment(tmp_path), "--role", "candidate").status == 0
    assert versions(db) == {CANDIDATE}


def test_a_version_is_taken_as_it_is(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    run("import", files.results(tmp_path, "*,,task_success,0.9,400", header=BARE), "--version", "2026.12-rc1")
    assert versions(db) == {"2026.12-rc1"}


def test_a_map_names_a_column_and_renames_a_version(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    path = files.results(tmp_path, "v=2,refund,,task_success,0.9,400", header="version,flow,cohort,measure,value,n")
    missing = run("import", path)
    assert (missing.status, missing.out) == (2, "")
    assert "results.csv: the column 'metric' is missing; expected the columns" in missing.err
    said = run("import", path, "--map", "metric=measure", "--map", "workflow=flow", "--map", f"version:v=2={CANDIDATE}")
    assert said.status == 0
    assert [(cell.version, cell.workflow) for _, cell in held(db).cells] == [(CANDIDATE, "refund")]


def test_a_format_is_believed_where_the_content_does_not_tell(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    """By its content this is a table with a metric in column e, and no version."""
    path = files.results(tmp_path, f"{CANDIDATE},*,,task_success,0.9", header="a,b,c,d,e")
    pairs = zip(("version", "workflow", "cohort", "metric", "value"), "abcde", strict=True)
    said = run("import", path, "--format", "native-results", *[f"--map={key}={name}" for key, name in pairs])
    assert said.status == 0
    assert [(cell.version, cell.metric, cell.mean) for _, cell in held(db).cells] == [(CANDIDATE, "task_success", 0.9)]
    assert [each["format"] for each in run("import", path, "--dry-run", "--json").json] == ["table"]


def test_a_file_goes_to_the_system_that_is_named(portfolio: Path, run: Run, tmp_path: Path) -> None:
    path = files.results(tmp_path, f"{CANDIDATE},extra,,task_success,0.9,400")
    assert run("import", path, "--system", "policy-answers").status == 0
    assert "results.csv" in [each.record.name for each in held(portfolio, "policy-answers").evidence.values()]
    assert "extra" in {cell.workflow for _, cell in held(portfolio, "policy-answers").cells}
    assert "extra" not in {cell.workflow for _, cell in held(portfolio, "claims-intake").cells}


def test_an_output_of_promptfoo_needs_its_versions_named(portfolio: Path, run: Run, tmp_path: Path) -> None:
    path = shutil.copy(paths.DEMO / "billing-desk" / "promptfoo.json", tmp_path / "p.json")
    said = run("import", path, "--system", "claims-intake", "--dry-run", "--json").json
    assert (said[0]["format"], len(said[0]["versions"])) == ("promptfoo", 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--role", "boss"), "--role: 'boss' is not a role; expected baseline or candidate."),
        (("--role", "baseline", "--version", "1"), "--version and --role exclude one another; expected one of them."),
        (("--map", "workflow"), "--map: 'workflow' does not name a field; expected KEY=FIELD."),
        (("--map", "=flow"), "--map: '=flow' does not name a field; expected KEY=FIELD."),
        (("--map", "colour=flow"), "results.csv, --map: 'colour' is not a field; expected one of version, workflow, "),
        (("--map", "workflow=flow"), "results.csv: there is no column 'flow'; expected one of version, workflow, "),
        (("--format", "excel"), "results.csv: the format 'excel' is not known; expected one of assessment, "),
        (("--measured-on", "2026-02-30"), "--measured-on: '2026-02-30' is not a date; expected a date that exists"),
        (("--as-of", "2026-02-30"), "--as-of: '2026-02-30' is not a date; expected a date that exists"),
        (("--system", "nope"), "the system 'nope' is not in the store; expected one of support-copilot."),
    ],
)
def test_what_makes_no_sense_about_a_file_is_refused_dry_or_not(
    stored: Path, run: Run, tmp_path: Path, db: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    before, path = content(db), files.results(tmp_path)
    for dry in ([], ["--dry-run"]):
        said = run("import", path, *arguments, *dry)
        assert (said.status, said.out) == (2, "")
        assert said.err.startswith(f"readiness: {sentence}")
        assert said.err.count("\n") == 1
    assert content(db) == before


def test_results_without_a_system_say_which_there_are(portfolio: Path, run: Run, tmp_path: Path) -> None:
    before = content(portfolio)
    said = run("import", files.results(tmp_path))
    expected = "billing-desk, claims-intake, customs-advisor, freight-support, policy-answers, quote-desk"
    assert said.err == (
        f"readiness: results.csv: it is not said which system this file belongs to; expected one of {expected}.\n"
    )
    assert content(portfolio) == before


def test_results_before_any_assessment_say_what_comes_first(run: Run, tmp_path: Path) -> None:
    assert run("import", files.results(tmp_path)).err.endswith("expected an assessment file to be imported first.\n")


def test_an_assessment_of_another_system_than_the_named_one_is_refused(run: Run, tmp_path: Path, db: Path) -> None:
    before = content(db)
    said = run("import", files.assessment(tmp_path), "--system", "other")
    sentence = "the file is about 'support-copilot'; expected 'other', the system that was named."
    assert (said.status, said.err) == (2, f"readiness: assessment.toml, system.slug: {sentence}\n")
    assert content(db) == before


# Export


def facts(db: Path, slug: str = SLUG) -> list[Any]:
    """What an assessment states, without what only its store knows."""
    found = held(db, slug)
    return [
        found.system.record,
        found.assessment.record,
        {name: each.record for name, each in found.marks.items()},
        found.policy and found.policy.record,
        found.monitoring and found.monitoring.record,
    ]


@pytest.mark.parametrize(
    "slug", ["claims-intake", "policy-answers", "freight-support", "billing-desk", "customs-advisor"]
)
def test_an_export_read_into_another_store_states_the_same(
    portfolio: Path, run: Run, tmp_path: Path, slug: str
) -> None:
    other, path = tmp_path / "other.db", tmp_path / "out.toml"
    assert run("export", slug, "-o", path).out == ""
    assert run("import", path, "--db", f"sqlite:///{other}").status == 0
    assert facts(other, slug) == facts(portfolio, slug)
    assert run("export", slug, "--db", f"sqlite:///{other}").out == path.read_text("utf-8")


def test_a_file_with_every_field_survives_the_round_trip(run: Run, tmp_path: Path, db: Path) -> None:
    awkward = 'Ünïcode, "quotes", \\n backslash\nand a second line\ttab = "x" # no comment'
    file = files.whole(
        capacity=mark("capacity", "yes", critical=True, critical_reason=awkward, note=awkward, evidence=[awkward, ""]),
        abstention=mark("abstention", "partial", holds_for=awkward, due=None, owner=""),
        tool_failure=mark("tool-failure", "no", not_applicable=True, note="No tools"),
        hard_queries=None,
    )
    run("import", files.assessment(tmp_path, file), *AS_OF)
    assert facts(db)[2] == {each.signal: each for each in file.marks}
    (tmp_path / "out.toml").write_text(run("export", SLUG).out, "utf-8")
    run("import", tmp_path / "out.toml", "--db", "sqlite:///other.db")
    assert facts(tmp_path / "other.db") == facts(db)


def test_an_export_into_its_own_store_changes_nothing(stored: Path, run: Run, tmp_path: Path, db: Path) -> None:
    (tmp_path / "out.toml").write_text(f"# As it stands today\n{run('export', SLUG).out}", "utf-8")
    before = content(db)["event"]
    assert run("import", tmp_path / "out.toml").out == "out.toml states what is stored already; nothing changed.\n"
    assert content(db)["event"] == before


def test_an_export_as_json_holds_the_same_facts(stored: Path, run: Run, db: Path) -> None:
    said = run("export", SLUG, "--json").json
    system, assessment, marks, policy, monitoring = facts(db)
    assert said == {
        "system": system.model_dump(mode="json"),
        "assessment": assessment.model_dump(mode="json"),
        "marks": [each.model_dump(mode="json") for each in marks.values()],
        "policy": policy.model_dump(mode="json"),
        "monitoring": monitoring.model_dump(mode="json"),
    }
    assert json.dumps(said)


def test_an_export_that_cannot_be_written_leaves_what_was_there(stored: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out" / "folder").mkdir(parents=True)
    said = run("export", SLUG, "-o", tmp_path / "out" / "folder")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"readiness: {tmp_path / 'out' / 'folder'}: the file cannot be written (")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["folder"]


def test_a_later_assessment_is_the_one_that_is_exported(stored: Path, run: Run, tmp_path: Path) -> None:
    later = files.whole().model_copy(update={"assessment": factories.assessment(candidate="2026.12")})
    run("import", files.assessment(tmp_path, later, "later.toml"))
    assert 'candidate = "2026.12"' in run("export", SLUG).out


# Texts before redaction


def test_texts_before_redaction_are_kept_for_so_many_days_when_asked(
    stored: Path, run: Run, tmp_path: Path, db: Path, noon: dt.datetime
) -> None:
    until = noon.date() + dt.timedelta(days=3)
    said = run("import", files.spans(tmp_path), "--keep-raw", "3", *AS_OF)
    assert f"  note: the texts of 0 spans before redaction are kept apart until {formatting.day(until)}" in said.lines
    assert [each.record.options.model_dump() for each in held(db).evidence.values()] == [{"raw_until": str(until)}]


@pytest.mark.parametrize("days", ["31", "-1", "x"])
def test_texts_before_redaction_are_kept_for_thirty_days_at_most(
    stored: Path, run: Run, tmp_path: Path, db: Path, days: str
) -> None:
    assert run("import", files.spans(tmp_path), "--keep-raw", days).status == 2
    assert held(db).evidence == {}
