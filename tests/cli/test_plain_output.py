"""Whatever a file, a person or an argument is called, a command writes only what can be seen."""

from __future__ import annotations

import csv
import io
import json
import tomllib
import unicodedata
from pathlib import Path

import pytest
from defusedxml import ElementTree

from readiness.cli.status import as_junit
from readiness.importers.formats.assessment import dump
from readiness.model.assessment import Mark
from readiness.services import reviews
from readiness.store import open_store
from tests import factories, files

from .conftest import Run

HOSTILE = "\x1b[31mred\x1b]8;;https://evil.example\x07link\x9b2J\x85\u202ecba\u2066x\u2028y\u200bz\ufeff\r\nOK\x00\x7f"
"""What colours, links, clears, turns around, breaks lines and hides."""
NAMELESS = HOSTILE.replace("\x00", "")
FORBIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
COMMANDS = [
    ("status",),
    ("status", "support-copilot"),
    ("status", "--json"),
    ("check", "support-copilot", "--at-least", "staged"),
    ("check", "support-copilot", "--at-least", "staged", "--json"),
    ("check", "support-copilot", "--at-least", NAMELESS),
    ("scorecard", "support-copilot"),
    ("scorecard", "support-copilot", "--json"),
    ("scorecard", "support-copilot", "--metric", NAMELESS),
    ("note", "add", "support-copilot", "signal:capacity", NAMELESS, "--to", NAMELESS),
    ("note", "add", "support-copilot", NAMELESS, "x"),
    ("note", "answer", "support-copilot", "1", NAMELESS, "--reference", NAMELESS),
    ("note", "answer", "support-copilot", "1", NAMELESS),
    ("notes", "support-copilot"),
    ("notes", "support-copilot", "--json"),
    ("gaps",),
    ("gaps", "--json"),
    ("gaps", "--csv"),
    ("gaps", "--ics"),
    ("gaps", "--owner", NAMELESS),
    ("gaps", "--sheet", "gaps.xlsx"),
    ("gaps", "--sheet", "gaps.csv"),
    ("gaps", "--sheet", NAMELESS),
    ("marks", "support-copilot", "-o", "marks.csv"),
    ("update", "gaps.xlsx"),
    ("update", "gaps.csv", "--json"),
    ("update", NAMELESS),
    ("update", "marks.csv", "--on-conflict", NAMELESS),
    ("export", "support-copilot"),
    ("export", "support-copilot", "--json"),
    ("pack", "support-copilot", "--for", "leadership", "-o", "-"),
    ("pack", "support-copilot", "--for", "security", "-o", "-", "--format", "html"),
    ("pack", "support-copilot", "--for", NAMELESS, "-o", "-"),
    ("pack", "support-copilot", "--for", "security", "-o", f"{NAMELESS}/x"),
    ("evidence", "confirm", "support-copilot", NAMELESS, "--reason", "x"),
    ("gap", "due", "1", NAMELESS),
    ("import", f"missing{NAMELESS}.csv"),
    ("import", NAMELESS, "--map", NAMELESS),
    ("backup", f"{NAMELESS}/b.db"),
    ("restore", f"{NAMELESS}.db"),
    ("upgrade",),
    ("doctor",),
    ("status", NAMELESS),
    (NAMELESS,),
    ("status", f"--{NAMELESS}"),
    ("status", "--as-of", NAMELESS),
    ("status", "a", NAMELESS),
    ("status", "--db", f"sqlite:////nowhere/{NAMELESS}.db"),
]


def unseen(text: str) -> set[str]:
    """The characters of an output that are none of what a person reads; a line ends with a line feed."""
    return {char for char in text if unicodedata.category(char) in FORBIDDEN and char not in "\n\u2068\u2069"}


@pytest.fixture
def hostile(run: Run, tmp_path: Path) -> None:
    """A system in which names, texts, metrics, cohorts and files are hostile, imported as anybody would."""
    mark = Mark(signal="capacity", mark="yes", owner=NAMELESS, action=NAMELESS, due=factories.TODAY, note=NAMELESS)
    file = factories.assessment_file(marks=[mark])
    system = file.system.model_copy(update={"name": NAMELESS, "owner": NAMELESS, "description": NAMELESS})
    stated = file.assessment.model_copy(update={"scope": NAMELESS})
    whole = file.model_copy(update={"system": system, "assessment": stated})
    (tmp_path / "a.toml").write_text(dump(whole), "utf-8")
    assert run("import", tmp_path / "a.toml").status == 0
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["case_id", "version", "metric", "value", "language"])
    table.writerows([[f"c{at}", stated.candidate, f"m{NAMELESS}", "1", NAMELESS] for at in range(5)])
    table.writerow(["c9", stated.candidate, f"m{NAMELESS}", f"x{NAMELESS}", NAMELESS])
    name = tmp_path / f"r{NAMELESS.replace('/', '')}.csv"
    name.write_text(rows.getvalue(), "utf-8")
    said = run("import", name, "--system", "support-copilot", "--measured-on", factories.TODAY.isoformat())
    assert unseen(said.out + said.err) == set()


@pytest.mark.usefixtures("hostile")
def test_no_command_writes_what_is_not_seen(run: Run) -> None:
    for command in COMMANDS:
        said = run(*command)
        ics = "--ics" in command or "--csv" in command
        out = said.out.replace("\r\n", "\n") if ics else said.out
        assert unseen(out.removeprefix("\ufeff" if "--csv" in command else "")) == set(), command
        assert unseen(said.err) == set(), command
        assert "Traceback" not in said.err
        if said.status == 2:
            assert "OK" not in [line.strip()[:2] for line in said.err.splitlines()], command


@pytest.mark.usefixtures("hostile")
def test_files_for_other_programs_keep_their_line_ends(run: Run) -> None:
    for option in ("--ics", "--csv"):
        lines = run("gaps", option).out.split("\r\n")
        assert len(lines) > 1
        assert [line for line in lines if "\n" in line or "\r" in line] == []


@pytest.mark.usefixtures("hostile")
def test_what_programs_read_keeps_every_character(run: Run) -> None:
    assert json.loads(run("export", "support-copilot", "--json").out)["assessment"]["scope"] == NAMELESS
    assert tomllib.loads(run("export", "support-copilot").out)["assessment"]["scope"] == NAMELESS
    assert run("gaps", "--json").json[0]["owner"] == NAMELESS


def test_a_junit_file_is_well_formed_whatever_stands_in_it(run: Run, tmp_path: Path) -> None:
    assert run("import", files.assessment(tmp_path)).status == 0
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    review = reviews.load(store, factories.principal(), "support-copilot", as_of=factories.TODAY)
    store.close()
    (rule, *_) = review.verdict.fired
    for first in range(0, 0x10000, 0x400):
        text = "".join(map(chr, range(first, first + 0x400)))
        fired = type(rule)(**vars(rule) | {"why": f"a{text}b"})
        object.__setattr__(review, "verdict", type(review.verdict)(**vars(review.verdict) | {"fired": (fired,)}))
        root = ElementTree.fromstring(as_junit(review, "staged", holds=False))
        message = root.findall("testcase/failure")[-1].get("message")
        assert message.startswith("a")
        assert message.endswith("b")
        assert unseen(message) <= {"\u200c", "\u200d"}
