"""What the README says is there, and what is there the README says."""

from __future__ import annotations

import re

import pytest
import typer

from readiness import paths
from readiness.cli.app import app
from readiness.decision import findings
from readiness.importers import IMPORTERS
from readiness.model.checklist import Checklist
from readiness.pack import AUDIENCES, FORMATS

README = (paths.ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (paths.ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECURITY = (paths.ROOT / "SECURITY.md").read_text("utf-8")


def commands() -> list[str]:
    group = typer.main.get_command(app)
    found = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {below}" for below in getattr(command, "commands", {})] or [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`readiness {command}" in README


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`readiness (gap \w+|\w+)", README))
    assert named <= {*commands(), "gap"}


@pytest.mark.parametrize("kind", findings.KINDS)
def test_every_kind_of_check_is_in_the_readme(kind: str) -> None:
    assert f"| `{kind}` |" in README


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda each: each.format)
def test_every_import_format_is_in_the_readme(importer: object) -> None:
    assert f"| `{importer.format}` |" in README  # type: ignore[attr-defined]


def test_bands_and_levels_are_those_of_the_checklist(checklist: Checklist) -> None:
    starts = [(band.min, band.level) for band in checklist.bands]
    told = re.findall(r"^\| (\d+)–\d+ \| `([a-z-]+)` \|", README, re.MULTILINE)
    assert [(int(start), level) for start, level in told] == starts
    assert f"–{checklist.highest} |" in README


def test_audiences_and_formats_of_the_pack_are_named() -> None:
    told = " ".join(README.split())
    assert all(f"{audience} (" in told for audience in AUDIENCES)
    assert all(f"`{name}`" in README or f"`--format {name}" in README for name in FORMATS)


@pytest.mark.parametrize("text", [README, CONTRIBUTING, SECURITY], ids=["README", "CONTRIBUTING", "SECURITY"])
def test_links_and_pictures_lead_somewhere(text: str) -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("http")]
    assert [target for target in targets if not (paths.ROOT / target).exists()] == []


def test_the_rooms_of_the_house_exist() -> None:
    rooms = re.findall(r"^\| (`[^|]+) \|", CONTRIBUTING, re.MULTILINE)
    names = [name for room in rooms for name in re.findall(r"`([\w/.]+)`", room)]
    assert names
    for name in names:
        assert (paths.ROOT / name).exists() or (paths.ROOT / "readiness" / name).exists(), name


def test_both_make_targets_of_the_readme_are_there() -> None:
    makefile = (paths.ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`?make (\w+)", README + CONTRIBUTING):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
