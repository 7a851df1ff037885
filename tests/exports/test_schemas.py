"""The published JSON Schemas: drawn from the records, and at one with what reads the files."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from readiness import paths
from readiness.errors import InputError
from readiness.exports import schemas
from readiness.importers import Source, read
from readiness.importers.formats import assessment
from readiness.model import checklist as checklists
from tests import files

DATA = Path(__file__).parents[1] / "data"
ASSESSMENTS = [path for folder in (paths.DEMO, DATA) for path in sorted(folder.rglob("*.toml"))]
ASSESSMENTS = [path for path in ASSESSMENTS if assessment.IMPORTER.sniff(Source.open(path))]
HEAD = 'format = "readiness-assessment/1"\n[system]\nslug = "one"\nname = "One"\n[assessment]\ncandidate = "2"\n'
CHECKLIST = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")


def plain(value: Any) -> Any:
    """TOML as JSON has it: dates are text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def validator(kind: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schemas.text(kind)), validate_formats=True)


def errors(kind: str, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(plain(tomllib.loads(text)))]


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_what_is_published_is_what_the_records_say(kind: str) -> None:
    assert schemas.text(kind) == schemas.written(kind), "write it again: python -m tests.exports.write_schemas"


@pytest.mark.parametrize("path", ASSESSMENTS, ids=lambda path: path.name)
def test_every_assessment_that_loads_validates(path: Path) -> None:
    assert errors("assessment", path.read_text("utf-8")) == []


def test_there_are_assessments_to_validate(tmp_path: Path) -> None:
    assert len(ASSESSMENTS) > 10
    assert errors("assessment", files.assessment(tmp_path).read_text("utf-8")) == []


def test_the_checklist_that_is_shipped_validates() -> None:
    assert errors("checklist", CHECKLIST) == []


BROKEN = [
    HEAD.replace("/1", "/2"),
    HEAD.replace('slug = "one"', 'slug = "One Two"'),
    HEAD.replace('name = "One"\n', ""),
    HEAD.replace('candidate = "2"\n', ""),
    HEAD.replace('candidate = "2"', "candidate = 2"),
    HEAD.replace('candidate = "2"', 'candidate = ""'),
    f"{HEAD}nonsense = 1\n",
    f'{HEAD}checklist = "llm-rollout"\n',
    f'{HEAD}target_date = "soon"\n',
    f"nonsense = 1\n{HEAD}",
    f'{HEAD}[marks."Not a signal"]\nmark = "no"\n',
    f'{HEAD}[marks.capacity]\nmark = "maybe"\n',
    f'{HEAD}[marks.capacity]\nsignal = "capacity"\n',
    f'{HEAD}[marks.capacity]\nmark = "partial"\n',
    f'{HEAD}[marks.capacity]\nmark = "no"\ncritical = true\ncritical_reason = "x"\n',
    f'{HEAD}[marks.capacity]\nmark = "yes"\ncritical = true\n',
    f'{HEAD}[marks.capacity]\nmark = "no"\nnot_applicable = true\n',
    f'{HEAD}[marks.capacity]\nevidence = "a link"\n',
    f"{HEAD}[assessment.expected]\nworkflows = {{ a = 2 }}\n",
    f"{HEAD}[assessment.expected]\ncohorts = {{ german = 0.5 }}\n",
    f'{HEAD}[[policy.gates]]\nmetric = "task_success"\n',
    f'{HEAD}[[policy.gates]]\nmetric = "task_success"\nmin = "high"\n',
    f'{HEAD}[[policy.gates]]\nmetric = "task_success"\nmin = 0.9\nstat = "p90"\n',
    f'{HEAD}[[policy.gates]]\nmetric = "task_success"\nmin = 0.9\nmin_n = 0\n',
    f'{HEAD}[[policy.gates]]\nmetric = "task_success"\ncritical = true\nstat = "p95"\nmax = 1\n',
    f'{HEAD}[[policy.stages]]\nname = "all"\nshare = 1.5\n',
    f'{HEAD}[policy.rollback]\nrehearsal = "maybe"\n',
    f"{HEAD}[policy.budgets.tool]\nretries = -1\n",
    f'{HEAD}[monitoring]\nby_cohort = "yes"\n',
    f'{HEAD}[[monitoring.alerts]]\nmetric = "a"\n',
    f"{HEAD}[packs]\nprivate = []\n",
    f"{HEAD}[card]\nsecret = 1\n",
]


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[len(HEAD) - 5 :].strip()[:40])
def test_what_the_loader_refuses_the_schema_refuses(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError):
        read(Source.open(path))
    assert errors("assessment", text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[bands]]", "[[bands]]\nhue = 1"),
        ('kind = "spread"', 'kind = "spreads"'),
        ("number = 1\n", 'number = "one"\n'),
        ('level = "staged"', 'level = "go"'),
        ('id = "override"', 'id = "overrule"'),
        ("version = ", "versions = "),
    ],
)
def test_a_checklist_that_the_loader_refuses_the_schema_refuses(before: str, after: str) -> None:
    assert before in CHECKLIST
    broken = CHECKLIST.replace(before, after, 1)
    with pytest.raises(InputError):
        checklists.parse(broken, file="a.toml")
    assert errors("checklist", broken)


def test_a_policy_by_itself_is_checked_alike() -> None:
    gate = '[[policy.gates]]\nmetric = "task_success"\n'
    assert errors("policy", f'{gate}min = 0.9\n[packs]\npublic_dimensions = ["a"]\n') == []
    assert errors("policy", gate)
    assert errors("policy", HEAD)
