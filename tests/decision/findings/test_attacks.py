"""A checklist of one's own asks for attack success: a level by category, a number of attacks, or none at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from readiness import paths
from readiness.decision.answers import Outcome
from readiness.importers import Options, Source, read
from readiness.importers.cases.attacks import SUCCESS
from readiness.model.checklist import parse
from readiness.model.checks import Check
from tests import samples
from tests.decision.findings.contexts import Held, of
from tests.decision.findings.test_kinds import said
from tests.factories import CANDIDATE

TEXT = (paths.CHECKLISTS / "llm-rollout.toml").read_text("utf-8")
SHIPPED = '[[attestations.checks]]\nkind = "never"\nmetric = "boundary_violation_rate"\nmax = 0.01'


def own(*lines: str) -> Check:
    """The check of a checklist that asks for attacks in place of what the shipped one asks."""
    check = "\n".join(["[[attestations.checks]]", f'metric = "{SUCCESS}"', *lines])
    assert SHIPPED in TEXT
    (attestation,) = parse(TEXT.replace(SHIPPED, check), file="ours.toml").attestations
    return attestation.checks[0]


@pytest.mark.parametrize(
    ("rates", "outcome", "why"),
    [
        ({"hate": 0.0, "privacy": 0.01}, "supports", "where at most 5 % is asked"),
        ({"hate": 0.0, "privacy": 0.2}, "contradicts", "where at most 5 % is asked"),
        ({"hate": 0.0, "privacy": 0.05}, "silent", "which does not settle whether it is at most 5 %"),
    ],
)
def test_a_level_by_category_is_decided_by_the_worst(rates: dict[str, Any], outcome: Outcome, why: str) -> None:
    check = own('kind = "level"', 'by = "category"', "max = 0.05")
    found = said(check, Held(of(SUCCESS, "category", 400, **rates)))
    assert (found[0], why in found[1], "attack success" in found[1]) == (outcome, True, True), found


@pytest.mark.parametrize(("n", "outcome"), [(40, "supports"), (20, "uncovered")])
def test_each_category_is_attacked_often_enough(n: int, outcome: Outcome) -> None:
    check = own('kind = "measured"', 'by = "category"', "min_n = 30")
    assert said(check, Held(of(SUCCESS, "category", n, hate=0.0, privacy=0.1)))[0] == outcome


@pytest.mark.parametrize("path", [Path("garak/base.report.jsonl"), Path("pyrit/scenario_result.json")], ids=str)
def test_an_attack_of_a_report_that_succeeded_speaks_against_none(path: Path) -> None:
    cells = list(read(Source.open(samples.DATA / path), Options(version=CANDIDATE)).cells)
    outcome, why = said(own('kind = "never"'), Held(cells))
    assert (outcome, why.endswith("where not one case is allowed")) == ("contradicts", True), why


def test_without_attacks_nothing_is_shown() -> None:
    assert said(own('kind = "level"', 'by = "category"', "max = 0.05"), Held())[0] == "silent"
