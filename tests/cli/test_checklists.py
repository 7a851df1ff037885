"""A team's own checklist: named by file or folder, beside the one that is shipped, or refused by every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness import paths
from tests import factories, files
from tests.cli.conftest import Run, content
from tests.cli.test_bad_input import refused
from tests.factories import SLUG

SHIPPED = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")


def own(folder: Path, *changes: tuple[str, str], name: str = "ours.toml") -> Path:
    """The shipped checklist under another id, with some places changed."""
    text = SHIPPED
    for stated, instead in (('id = "llm-rollout"', 'id = "ours"'), *changes):
        assert stated in text
        text = text.replace(stated, instead, 1)
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def stated(folder: Path, checklist: str = "ours") -> Path:
    """A whole assessment that refers to a checklist."""
    file = files.whole()
    return files.assessment(
        folder, file.model_copy(update={"assessment": factories.assessment(checklist=checklist, baseline="")})
    )


def eased(rule: str, effect: str = "condition") -> tuple[str, str]:
    return f'[[rules]]\nid = "{rule}"\n', f'[[rules]]\nid = "{rule}"\neffect = "{effect}"\n'


@pytest.mark.parametrize("by", ["file", "folder", "option"])
def test_a_checklist_of_ones_own_decides_where_an_assessment_refers_to_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    checklist = own(tmp_path / "rules", ("rollback has not been rehearsed", "nobody tried the way back"))
    before = ("--checklists", checklist) if by == "option" else ()
    if by != "option":
        monkeypatch.setenv(paths.CHECKLISTS_VARIABLE, str(checklist if by == "file" else checklist.parent))
    file = files.whole(rollback_rehearsal="yes")
    ours = files.assessment(
        tmp_path, file.model_copy(update={"assessment": factories.assessment(checklist="ours", baseline="")})
    )
    assert run(*before, "import", ours).status == 0
    answer = run(*before, "check", SLUG, "--at-least", "staged")
    assert answer.status == 1
    assert "Blocked: nobody tried the way back (16)." in answer.out


def test_the_shipped_checklist_stays_beside_ones_own(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.CHECKLISTS_VARIABLE, str(own(tmp_path / "rules")))
    assert run("import", stated(tmp_path, "llm-rollout")).status == 0
    assert run("status", SLUG).status == 0


def test_a_checklist_that_nobody_named_is_not_known(run: Run, db: Path, tmp_path: Path) -> None:
    before = content(db)
    refused(
        run("import", stated(tmp_path)),
        "assessment.toml, checklist: the checklist 'ours' is not known; expected one of llm-rollout.",
    )
    assert content(db) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("number = 3\n", 'number = "three"\n'), "ours.toml, signals.2.number: 'three' is not allowed here; expected"),
        (('direction = "lower"', 'direction = "down"'), "ours.toml, metrics.3.direction: 'down' is not allowed here;"),
        (('kind = "spread"', 'kind = "spreads"'), "ours.toml, signals.0.checks.1: "),
        (("min_n = 30", "min_n = 0"), "ours.toml, signals.0.checks.0.measured.min_n: 0 is not allowed here; expected"),
        (("max = 0.10", "max = nan"), "ours.toml, signals.0.checks.1.spread.max: nan is not allowed here; expected"),
        (
            ("min = 0.90", "min = 90"),
            "ours.toml: a check of 'abstention' holds the ratio 'correct_escalation' against 90; "
            "expected a share from 0 to 1.",
        ),
        (("[points]", "[points"), ": the TOML is malformed: "),
        (("no = 0", f"no = {'[' * 5000}"), ": lists and tables are nested too deeply; "),
        (("no = 0", f"no = {'9' * 5000}"), "ours.toml: a number has too many digits; "),
        (("no = 0", "# " + "x" * 1_000_000 + "\nno = 0"), "ours.toml: the file is too large for a checklist; expected"),
        (('id = "ours"', 'id = "llm-rollout"'), "ours.toml: the checklist 'llm-rollout' is defined twice; expected"),
        (
            eased("override"),
            "ours.toml, rules.0: the rule 'override' cannot be a condition; expected that of override-not-shown or "
            "evidence-band only.",
        ),
        (eased("release-rule"), "the rule 'release-rule' cannot be a condition; expected that of override-not-shown"),
        (eased("evidence-band", "blocked"), "rules.8.effect: 'blocked' is not allowed here; expected 'condition'."),
    ],
    ids=lambda value: value[1][:30] if isinstance(value, tuple) else "",
)
def test_a_bad_checklist_is_refused_by_every_command_and_nothing_is_stored(
    run: Run, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], sentence: str
) -> None:
    monkeypatch.setenv(paths.CHECKLISTS_VARIABLE, str(own(tmp_path / "rules", change)))
    before, assessment = content(db), stated(tmp_path, "llm-rollout")
    for command in (("import", assessment), ("status",), ("serve",)):
        refused(run(*command), sentence)
    assert content(db) == before


@pytest.mark.parametrize("name", ["nowhere.toml", "empty"])
def test_a_place_without_a_checklist_is_refused_by_its_path(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    refused(
        run("--checklists", name, "status"),
        f"{tmp_path / name}: no checklist is there; expected a TOML file, or a folder with one or more.",
    )


def test_a_checklist_that_is_not_text_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_bytes(b"\xff\xfe")
    refused(run("--checklists", "ours.toml", "status"), "ours.toml: the checklist cannot be read; expected UTF-8 TOML.")


def test_the_folder_that_is_shipped_may_be_named_again(run: Run) -> None:
    assert run("--checklists", paths.CHECKLISTS, "status").status == 0


def test_a_team_that_starts_may_ease_two_rules_to_conditions(run: Run, tmp_path: Path) -> None:
    strict, lenient = tmp_path / "strict", tmp_path / "lenient"
    for folder, changes in ((strict, ()), (lenient, (eased("override-not-shown"), eased("evidence-band")))):
        own(folder, *changes)
    marks = [mark.model_copy(update={"evidence": []}) for mark in files.whole().marks]
    file = files.whole().model_copy(
        update={"marks": marks, "assessment": factories.assessment(checklist="ours", baseline="")}
    )
    assert run("--checklists", strict, "import", files.assessment(tmp_path, file)).status == 0
    assert run("--checklists", strict, "status", SLUG, "--json").json["verdict"]["level"] == "undetermined"
    assert run("--checklists", lenient, "status", SLUG, "--json").json["verdict"]["level"] == "narrow"
