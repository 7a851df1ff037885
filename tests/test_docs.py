"""What the README says is there, and what is there the README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readiness import paths
from readiness.cli.app import COMMANDS, command
from readiness.decision import findings
from readiness.importers import IMPORTERS
from readiness.model.checklist import Checklist
from readiness.pack import AUDIENCES, FORMATS
from readiness.review import colours, level_words
from readiness.web import navigation
from tests.reliability import table
from tests.reliability.crafted import CRAFTED


def document(name: str) -> str:
    return (paths.ROOT / "docs" / f"{name}.md").read_text("utf-8")


README = (paths.ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (paths.ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECURITY = (paths.ROOT / "SECURITY.md").read_text("utf-8")
DOCUMENTS = sorted(path.stem for path in (paths.ROOT / "docs").glob("*.md"))


def commands() -> list[str]:
    found = []
    for name in COMMANDS:
        found += [f"{name} {below}" for below in getattr(command(name), "commands", {})] or [name]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_is_described(name: str) -> None:
    assert f"`readiness {name}" in document("commands")


@pytest.mark.parametrize("text", [README, *map(document, DOCUMENTS)], ids=["README", *DOCUMENTS])
def test_no_command_is_named_that_is_not_there(text: str) -> None:
    groups = {name for name in COMMANDS if getattr(command(name), "commands", {})}
    named = set(re.findall(rf"`readiness ((?:{'|'.join(groups)}) \w+|\w+)", text))
    assert named <= {*commands(), *groups}


@pytest.mark.parametrize("kind", findings.KINDS)
def test_every_kind_of_check_is_described(kind: str) -> None:
    assert f"| `{kind}` |" in document("verdict")


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda each: each.format)
def test_every_import_format_is_described(importer: object) -> None:
    assert f"| `{importer.format}` |" in document("importing")  # type: ignore[attr-defined]


def test_bands_and_levels_are_those_of_the_checklist(checklist: Checklist) -> None:
    starts = [(band.min, band.level) for band in checklist.bands]
    told = re.findall(r"^\| (\d+)–\d+ \| `([a-z-]+)` \|", document("verdict"), re.MULTILINE)
    assert [(int(start), level) for start, level in told] == starts
    assert f"–{checklist.highest} |" in document("verdict")


def test_audiences_and_formats_of_the_pack_are_named() -> None:
    assert all(f"| {audience} |" in document("packs") for audience in AUDIENCES)
    told = document("commands")
    assert all(f"`{name}`" in told or f"`--format {name}" in told for name in FORMATS)


def test_the_threats_say_how_often_each_suite_tried_and_what_got_through() -> None:
    assert table.with_figures(SECURITY, table.TABLE.read_text("utf-8")) == SECURITY
    named = re.findall(r"^\| [^|]+ \| [^|]+ \| `(\w+)` \| ([\d,]+) \|", SECURITY, re.MULTILINE)
    modules = (paths.ROOT / "tests" / "reliability").glob("*.py")
    suites = {path.stem for path in modules if re.search(r"^def main\(", path.read_text("utf-8"), re.MULTILINE)}
    assert {suite for suite, _ in named} == suites


def test_every_crafted_file_was_tried_when_the_figures_were_written() -> None:
    (row,) = [line for line in table.TABLE.read_text("utf-8").splitlines() if "tests.reliability.hostile_files" in line]
    assert f" and {len(CRAFTED)} crafted files, " in row
    assert f" | {10_000 + len(CRAFTED):,} | " in row


@pytest.mark.parametrize("text", [README, CONTRIBUTING, SECURITY], ids=["README", "CONTRIBUTING", "SECURITY"])
def test_links_and_pictures_lead_somewhere(text: str) -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("http")]
    assert [target for target in targets if not (paths.ROOT / target).exists()] == []


def test_the_rooms_of_the_house_exist() -> None:
    names = re.findall(r"`((?:readiness|pages|docs|data|templates)/[\w/.-]*)`", CONTRIBUTING)
    assert {"pages/", "readiness/services/", "readiness/model/"} <= set(names)
    for name in names:
        assert (paths.ROOT / name).exists(), name


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= 45


def test_both_make_targets_of_the_readme_are_there() -> None:
    makefile = (paths.ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`?make (\w+)", README + CONTRIBUTING):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_hooks_before_a_commit_are_the_tools_of_make_check() -> None:
    makefile = (paths.ROOT / "Makefile").read_text("utf-8")
    hooks = (paths.ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe
    checks = [line.strip().removeprefix("$(BIN)/").removesuffix(" .") for line in recipe[1].splitlines()]
    entries = re.findall(r"^ +entry: \.venv/bin/(.+)", hooks, re.MULTILINE)
    option = re.compile(r" --[\w-]+")
    assert [option.sub("", entry) for entry in entries] == [option.sub("", check) for check in checks]


def test_every_action_of_a_workflow_is_pinned_to_a_commit_and_may_only_read() -> None:
    workflows = list((paths.ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    for workflow in workflows:
        text = workflow.read_text("utf-8")
        uses = re.findall(r"uses: (\S+)", text)
        assert [action for action in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == [], workflow.name
        assert re.search(r"^permissions:\n  contents: read\n\n", text, re.MULTILINE), workflow.name


RECORDS = sorted((paths.ROOT / "docs" / "decisions").glob("[0-9]*.md"))
RECORD_PARTS = [
    "Context",
    "Choice",
    "What was tried and measured",
    "Consequences",
    "What would change our mind",
]


def test_the_index_of_decisions_lists_every_record_under_its_title_and_number() -> None:
    index = (paths.ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[(\d{4})\]\(([\w-]+\.md)\) \| (.+) \|$", index, re.MULTILINE)
    titles = [record.read_text("utf-8").splitlines()[0] for record in RECORDS]
    assert [f"# {int(number)}. {title}" for number, _, title in listed] == titles
    assert [name for _, name, _ in listed] == [record.name for record in RECORDS]
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_decision_record_has_its_five_parts_on_one_page_and_links_that_lead_somewhere(record: Path) -> None:
    text = record.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == RECORD_PARTS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE))
    assert len(text.splitlines()) <= 50
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("http")]
    assert [target for target in targets if not (record.parent / target).exists()] == []


def variables() -> set[str]:
    """The variables of the environment that the program names, as constants of their own."""
    code = [path.read_text("utf-8") for path in (paths.ROOT / "readiness").rglob("*.py")]
    return {name for text in code for name in re.findall(r'"(READINESS_[A-Z_]+)"', text)}


def test_every_variable_of_the_environment_is_described_and_no_other() -> None:
    assert set(re.findall(r"^\| `(READINESS_\w+)` \|", document("configuration"), re.MULTILINE)) == variables()


def test_the_design_names_each_verdict_as_it_is_shown_everywhere() -> None:
    rows = re.findall(r"^\| (\S+) \| ([a-z ]+) \| `(#\w{6})` \|", document("design"), re.MULTILINE)
    assert rows == [(*shape, colours.COLOURS[level]) for level, shape in level_words.SHAPES.items()]


def test_the_table_of_rights_is_that_of_the_program() -> None:
    people = (paths.ROOT / "docs" / "people.md").read_text("utf-8")
    written = people.partition("<!-- rights: begin -->\n")[2].partition("\n<!-- rights: end -->")[0]
    assert written == navigation.as_markdown()


def test_the_example_of_secrets_has_every_key_that_is_read() -> None:
    example = (paths.ROOT / ".streamlit" / "secrets.toml.example").read_text("utf-8")
    told = set(re.findall(r"^(?:# )?(\w+) = ", example, re.MULTILINE))
    code = (paths.ROOT / "readiness" / "web" / "login.py").read_text("utf-8")
    read = set(re.findall(r'(?:ours\.get\(|_duration\(ours, |auth\[)"(\w+)"', code)) | {"cookie_secret", "client_id"}
    assert read <= told
    assert told <= read | {"client_secret"}
