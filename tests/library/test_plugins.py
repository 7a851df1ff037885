"""Plug-ins: the example is installed by pip beside the program, and used by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest

from readiness import paths, plugins

EXAMPLE = paths.ROOT / "examples" / "readiness-plugin-acme"
ASSESSMENT = """format = "readiness-assessment/1"
checklist = "acme"
[system]
slug = "desk"
name = "Desk"
[assessment]
candidate = "2"
assessed_on = 2026-11-20
[marks.helps]
mark = "no"
[marks.cost]
mark = "no"
"""
CASES = [{"id": at, "flow": "refund", "scores": {"task_success": 1, "cost_usd": 0.05}} for at in range(50)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plugins")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
         "--target", str(folder), str(EXAMPLE)],
        check=True, timeout=300,
    )  # fmt: skip
    return folder


def said(installed: Path, cwd: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{installed}:{paths.ROOT}", "READINESS_DATABASE_URL": "sqlite:///a.db"}
    done = subprocess.run(
        [sys.executable, "-m", "readiness", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done


def test_the_example_imports_judges_and_shows_its_own(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(ASSESSMENT, "utf-8")
    scores = {"acme_scores": CASES, "version": "2", "ran_on": "2026-11-20"}
    (tmp_path / "scores.json").write_text(json.dumps(scores), "utf-8")
    stored = json.loads(said(installed, tmp_path, "import", "a.toml", "scores.json", "--json").stdout)
    assert [file["format"] for file in stored] == ["assessment", "acme-scores"]
    told = json.loads(said(installed, tmp_path, "status", "desk", "--json", "--as-of", "2026-11-20").stdout)
    assert told["plugins"] == [
        f"{name} of readiness-plugin-acme 1.2.0" for name in ("acme-scores", "acme-budget", "acme")
    ]
    states = {answer["signal"]: (answer["state"], answer["why"]) for answer in told["answers"]}
    assert states["cost"] == ("contradicted", "an answer costs 0.050 USD, at most 0.04 is allowed")
    pack = said(
        installed, tmp_path, "pack", "desk", "--for", "leadership", "--draft", "-o", "-", "--as-of", "2026-11-20"
    ).stdout
    assert "## What it costs" in pack
    assert "0.050 USD" in pack
    assert "Cases" not in pack.split("## What it costs")[1].split("##")[0]  # which its allow-list does not let through
    assert "with the plug-ins acme-scores of readiness-plugin-acme 1.2.0" in pack
    health = said(installed, tmp_path, "doctor").stdout
    assert "acme-cost of readiness-plugin-acme 1.2.0" in health


def test_without_the_plug_in_its_check_says_nothing_and_its_file_is_not_known(tmp_path: Path) -> None:
    own = EXAMPLE / "acme_readiness" / "checklists"
    (tmp_path / "a.toml").write_text(ASSESSMENT, "utf-8")
    said(tmp_path, tmp_path, "--checklists", str(own), "import", "a.toml")
    told = said(tmp_path, tmp_path, "--checklists", str(own), "status", "desk", "--json", "--as-of", "2026-11-20")
    answers = {answer["signal"]: answer for answer in json.loads(told.stdout)["answers"]}
    assert answers["cost"]["state"] == "not shown"
    assert "the check 'acme-budget' is of a plug-in that is not installed" in answers["cost"]["why"]
    assert "plugins" not in json.loads(told.stdout)


class Offered(EntryPoint):
    """An entry point that offers something, or fails on its way in."""

    def __new__(cls, name: str, offers: Any) -> Self:
        made = super().__new__(cls)
        EntryPoint.__init__(made, name, "nowhere:nothing", "group")
        vars(made)["offers"] = offers
        return made

    def __init__(self, *_: Any) -> None:
        pass

    def load(self) -> Any:
        offers = vars(self)["offers"]
        if isinstance(offers, Exception):
            raise offers
        return offers


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put plug-ins in place for one test."""
    from readiness import importers
    from readiness.model import checklist
    from readiness.pack.sections import plugged as sections

    kept = (plugins.of, importers.plugged, checklist.plugged, plugins.judging)
    monkeypatch.setattr(plugins, "_FAILURES", {})
    monkeypatch.setattr(sections, "SECTIONS", {})

    def plug(group: str, **offered: Any) -> None:
        entries = [Offered(name, offers) for name, offers in offered.items()]
        monkeypatch.setattr(plugins, "entry_points", lambda group, own=group: entries if group == own else [])
        monkeypatch.setattr(plugins, "entry_points", lambda *, group, own=group: entries if group == own else [])
        for function in kept:
            function.cache_clear()

    yield plug
    monkeypatch.undo()
    for function in kept:
        function.cache_clear()


def test_one_that_cannot_be_loaded_is_named_and_takes_nothing_down(plugged: Any) -> None:
    plugged("readiness.importers", broken=RuntimeError("no such library"))
    from readiness import importers

    assert importers.plugged() == ()
    (sentence,) = plugins.failures()
    assert "the plug-in broken of a package" in sentence
    assert sentence.endswith("cannot be loaded: no such library")


class Importer:
    title = "Ours (text)"

    def __init__(self, format: str) -> None:
        self.format = format

    def sniff(self, source: Any) -> bool:
        raise RuntimeError("it does not look")

    def read(self, source: Any, options: Any) -> Any:
        raise RuntimeError("it does not read")


def test_none_takes_the_place_of_ours_and_one_that_fails_keeps_no_file_from_others(
    plugged: Any, tmp_path: Path
) -> None:
    import readiness

    plugged("readiness.importers", a=Importer("junit"), b=object(), c=Importer("own"))
    path = tmp_path / "a.csv"
    path.write_text("metric,value\ntask_success,1\n", "utf-8")
    assert readiness.read(path).format == "native-results"
    told = " ".join(plugins.failures())
    assert "the importer a of a package without a version calls its format 'junit', which is taken" in told
    assert "has no format" in told
    unknown = tmp_path / "b.bin"
    unknown.write_text("?", "utf-8")
    with pytest.raises(readiness.InputError, match="the format is not recognised"):
        readiness.read(unknown)
    assert "it does not look" in " ".join(plugins.failures())
    with pytest.raises(readiness.InputError, match="it does not read"):
        readiness.read(unknown, format="own")


def test_a_checklist_that_cannot_be_read_takes_no_other_down(plugged: Any, tmp_path: Path) -> None:
    from readiness.model import checklist

    (tmp_path / "bad.toml").write_text("id = 1\n", "utf-8")
    plugged("readiness.checklists", a=tmp_path, b=tmp_path / "nowhere", c=EXAMPLE / "acme_readiness" / "checklists")
    assert set(checklist.every()) == {"llm-rollout", "acme"}
    assert len(plugins.failures()) == 2


@pytest.mark.parametrize("offers", [lambda settings, context: 1 / 0, lambda settings, context: ("great", "so")])
def test_a_check_that_fails_says_nothing(plugged: Any, offers: Any) -> None:
    from readiness.decision.findings import plugged as findings
    from readiness.model.checks import PluginCheck

    plugged("readiness.checks", own=offers)
    check = PluginCheck(kind="plugin", name="own")
    context: Any = None
    found = findings.plugin(check, context)
    assert found.outcome == "silent"
    assert "the plug-in own of a package without a version failed" in found.why


class Section:
    title = "Ours"
    audiences: ClassVar = {"leadership": ["text"]}

    def __init__(self, id: str, data: Any) -> None:
        self.id, self._data = id, data

    def build(self, review: Any) -> Any:
        return self._data


def test_a_section_keeps_to_its_form_and_to_its_name(plugged: Any) -> None:
    import readiness
    from readiness.pack.sections import plugged as sections

    plugged("readiness.pack_sections", a=Section("gates", {}), b=Section("../x", {}), c=Section("own", []), d=1)
    sections.load({"gates": 1})
    assert set(sections.SECTIONS) == {"own"}
    assert len(plugins.failures()) == 3
    review: Any = None
    with pytest.raises(readiness.InputError, match="gave something else; expected a text and rows"):
        sections.build("own", review)


def test_what_judges_is_part_of_the_rules_and_of_what_is_signed(plugged: Any) -> None:
    from readiness.services import _statuses

    plugged("readiness.checks", own=len)
    with_one = _statuses.rules()
    assert plugins.judging() == ("own of a package without a version",)
    plugged("readiness.checks")
    assert _statuses.rules() != with_one
