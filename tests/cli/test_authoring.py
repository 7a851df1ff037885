"""The files that people write: `readiness init`, `readiness lint` and `readiness schema`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from readiness import paths
from readiness.cli import authoring
from readiness.exports import schemas
from tests import files
from tests.cli.conftest import Run

CHECKLIST = paths.CHECKLISTS / "llm-rollout.toml"
HEAD = 'format = "readiness-assessment/1"\n\n[system]\nslug = "one"\nname = "One"\n\n[assessment]\ncandidate = "2"\n'


def write(folder: Path, text: str, name: str = "readiness.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


# init


def test_a_first_file_loads_and_is_judged(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    said = run("init", folder, "--name", "Support Copilot", "--candidate", "2026.11")
    assert (said.status, said.err) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == [authoring.SCHEMA, authoring.FILE][::1]
    path = folder / authoring.FILE
    text = path.read_text("utf-8")
    assert text.startswith(f"#:schema ./{authoring.SCHEMA}\n")
    assert run("lint", path).out == ""
    assert run("import", path).status == 0
    assert run("status", "support-copilot", "--json").json["verdict"]["level"] == "undetermined"


def test_each_section_is_explained_and_loads_where_its_lines_are_uncommented(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path)
    lines = (tmp_path / authoring.FILE).read_text("utf-8").splitlines()
    headers = [at for at, line in enumerate(lines) if line.lstrip("# ").startswith("[")]
    sections = [lines[at].lstrip("# ") for at in headers]
    for table in ("[system]", "[assessment]", "[assessment.expected]", "[[policy.gates]]", "[[policy.stages]]"):
        assert table in sections
    for table in ("[policy.rollback]", "[policy.budgets.tool]", "[[policy.approvers]]", "[packs]", "[monitoring]"):
        assert lines[headers[sections.index(table)] - 1].startswith("# ")
    first, last = lines.index("# [[policy.gates]]"), lines.index("# [card]")
    stated = [line[2:] if " = " in line or line.startswith("# [") else line for line in lines[first:last]]
    path = write(tmp_path, "\n".join([*lines[:first], *stated, *lines[last:]]), "stated.toml")
    assert run("lint", path).out == ""
    told = run("import", path, "--dry-run")
    assert told.status == 0, told.err


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path).status == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    again = run("init", tmp_path, "--name", "Another")
    assert again.status == 2
    assert "readiness.toml: the file is there already; expected a folder without it." in again.err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    (tmp_path / authoring.FILE).unlink()
    write(tmp_path, "{}", authoring.SCHEMA)
    assert run("init", tmp_path).status == 2
    assert not (tmp_path / authoring.FILE).exists()
    assert run("init", tmp_path / "nowhere").status == 2


# lint


@pytest.mark.parametrize(
    ("text", "where", "sentence"),
    [
        (f"{HEAD}nonsense = 1\n", "9:1", "assessment.nonsense: this key is not known"),
        (f'{HEAD}[marks.capacity]\nmark = "maybe"\n', "10:1", "marks.capacity.mark: 'maybe' is not allowed here"),
        (f'{HEAD}[marks.nobody]\nmark = "no"\n', "9:1", "marks.nobody: the signal 'nobody' is not known"),
        (f'{HEAD}[marks.capacity]\nmark = "partial"\n', "9:1", "marks.capacity: a partial mark does not say"),
        (
            f'{HEAD}[[policy.gates]]\nmetric = "a"\nmin = 1\n[[policy.gates]]\nmetric = "b"\n  min_n = 0\nmin = 1\n',
            "14:3",
            "policy.gates.1.min_n: 0 is not allowed here",
        ),
        (f'{HEAD}[[policy.gates]]\nmetric = "task_success"\nmin = 90\n', "11:1", "task_success cannot be 90"),
        (f'checklist = "other"\n{HEAD}', "1:1", "checklist: the checklist 'other' is not known"),
        (f"{HEAD}[assessment.expected]\nworkflows = {{ a = 2 }}\n", "9:1", "workflows.a is 2"),
        (f'{HEAD}scope = """\n[no.table]\n"""\nbaseline = 3\n', "12:1", "assessment.baseline: 3 is not allowed"),
        (f"{HEAD}scope = \n", "9:1", "the TOML is malformed"),
        ('[policy]\n"peak_concurrency" = 0\n', "2:1", "policy.peak_concurrency: 0 is not allowed here"),
        ("[[policy.gates]]\nmetric = 'task_success'\nmin = 5\n", "3:1", "task_success cannot be 5"),
        ("a = 1\n", "1:1", "this is no assessment, checklist or policy"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(
    run: Run, tmp_path: Path, text: str, where: str, sentence: str
) -> None:
    path = write(tmp_path, text)
    said = run("lint", path)
    assert (said.status, said.err) == (1, "")
    (line,) = said.lines
    assert line.startswith(f"{path}:{where}: error: ")
    assert sentence in line


def test_lint_says_what_an_import_says(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, f'{HEAD}[marks.capacity]\nmark = "maybe"\n')
    linted, imported = run("lint", path).out, run("import", path).err
    assert linted.partition("error: ")[2] == imported.partition("readiness.toml, ")[2]


def test_a_checklist_is_checked_where_it_stands(run: Run, tmp_path: Path) -> None:
    whole = CHECKLIST.read_text("utf-8")
    assert run("lint", CHECKLIST).lines == []
    broken = whole.replace("[[bands]]", "[[bands]]\nhue = 1", 1)
    path = write(tmp_path, broken, "own.toml")
    (line,) = run("lint", path).lines
    at = broken.splitlines().index("hue = 1") + 1
    assert line.startswith(f"{path}:{at}:1: error: bands.0.hue: this key is not known")


def test_forms_for_programs_and_for_github(run: Run, tmp_path: Path) -> None:
    bad = write(tmp_path, f"{HEAD}nonsense = 1\n", "a,b.toml")
    good = write(tmp_path, HEAD)
    (told,) = run("lint", bad, good, "--format", "json").json
    assert (told["path"], told["line"], told["column"], told["severity"]) == (str(bad), 9, 1, "error")
    (line,) = run("lint", bad, "--format", "github").lines
    assert line.startswith(f"::error file={tmp_path}/a%2Cb.toml,line=9,col=1::assessment.nonsense: ")
    assert run("lint", good, "--format", "xml").status == 2
    assert run("lint", tmp_path / "nowhere.toml").status == 2
    assert run("lint", good).status == 0


def test_what_is_no_mistake_is_a_warning(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, f'{HEAD}[[policy.gates]]\nmetric = "task_success"\nmin = 1\n')
    said = run("lint", path)
    assert said.status == 0
    assert said.lines[0].startswith(f"{path}:1:1: warning: ")


# schema


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_a_schema_is_printed_as_it_is_published_and_is_one(run: Run, kind: str) -> None:
    said = run("schema", kind)
    assert said.out == (paths.SCHEMAS / f"{kind}.schema.json").read_text("utf-8")
    assert jsonschema_rs.meta.is_valid(json.loads(said.out))


def test_a_schema_that_there_is_not_is_refused(run: Run) -> None:
    said = run("schema", "poem")
    assert said.status == 2
    assert "there is no schema of 'poem'; expected one of assessment, checklist, policy." in said.err


def test_the_hook_checks_the_files_that_it_is_given() -> None:
    import yaml

    (hook,) = yaml.safe_load((paths.ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["entry"].split() == ["readiness", "lint"]
    assert {"id", "name", "entry", "language", "files"} <= hook.keys()


def test_a_whole_file_has_no_fault(run: Run, tmp_path: Path) -> None:
    assert run("lint", files.assessment(tmp_path)).lines == []
