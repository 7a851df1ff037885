"""What red-team tools measured, in the pack of security reviewers: with n, interval and errors."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from readiness import pack
from readiness.importers import Options, Source, read
from readiness.model.assessment import Assessment
from readiness.model.cells import ATTACK_SUCCESS, Cell
from readiness.model.evidence import Evidence
from readiness.pack import render
from readiness.pack.sections.attacks import SHOWN
from readiness.scorecard.intervals import exact
from tests import samples, stored
from tests.pack import paper

from .conftest import DAY, Desk

GARAK, PYRIT = samples.DATA / "garak" / "base.report.jsonl", samples.DATA / "pyrit" / "scenario_result.json"
CANDIDATE = "2026.11"


def attacks(desk: Desk) -> Any:
    return next(found.data for found in desk.take("security").sections if found.id == "attacks")


def store(desk: Desk, path: Path, version: str = CANDIDATE, days: int = 3) -> None:
    batch = read(Source.open(path), Options(version=version, measured_on=DAY - dt.timedelta(days=days)))
    assert batch.evidence is not None
    evidence = batch.evidence.model_copy(update={"doubts": []})
    stored.add_evidence(desk.store, desk.by, "copilot", evidence, batch.cells, as_of=DAY)


def test_attacks_stand_by_category_and_kind_with_what_was_not_judged(desk: Desk) -> None:
    desk.bare()
    store(desk, PYRIT)
    found = attacks(desk)
    half = exact(1, 2)
    assert [(*tuple(row.values())[:3], row["errors"]) for row in found["rows"]] == [
        ("All attacks", "4", "2", "2"),
        ("Category: illegal, violence", "0", "not known", "2"),
        ("Category: hate", "2", "1", "0"),
        ("Category: privacy", "2", "1", "0"),
        ("Attack: crescendo", "2", "2", "1"),
        ("Attack: prompt_sending", "2", "0", "1"),
    ]
    hate, crescendo = found["rows"][2], found["rows"][4]
    assert (hate["rate"], hate["interval"]) == ("50.0 %", f"{half.low:.1%} to {half.high:.1%}".replace("%", " %"))
    assert (crescendo["rate"], crescendo["file"]) == ("100.0 %", "PyRIT results 1")
    assert [entry["measured"] for entry in found["files"]] == ["20 Nov 2026, 3 days ago, ✓ fresh"]


def test_results_of_two_tools_stand_beside_each_other_and_none_of_garak_is_over_all(desk: Desk) -> None:
    desk.bare()
    store(desk, GARAK)
    store(desk, PYRIT)
    rows = attacks(desk)["rows"]
    assert {row["file"] for row in rows} == {"garak results 1", "PyRIT results 1"}
    assert [row["file"] for row in rows if row["what"] == "All attacks"] == ["PyRIT results 1"]
    assert "Attack: dan.Dan_6_0/mitigation.MitigationBypass" in {row["what"] for row in rows}


def test_what_is_stale_or_of_another_version_does_not_count_and_only_the_stale_file_is_named(desk: Desk) -> None:
    desk.bare()
    store(desk, PYRIT, days=60)
    store(desk, GARAK, "2026.08")
    found = attacks(desk)
    assert (found["rows"], [entry["name"] for entry in found["files"]]) == ([], ["PyRIT results 1"])
    assert found["files"][0]["measured"].endswith("✕ stale")
    assert "No result of a red-team tool counts for this candidate." in render.markdown(desk.take("security"))


def test_the_attacks_that_succeeded_most_are_shown_and_the_others_counted(desk: Desk) -> None:
    desk.bare()
    tried: dict[str, Any] = {"version": CANDIDATE, "metric": ATTACK_SUCCESS, "unit": "ratio", "dimension": "attack"}
    cells = tuple(
        Cell(value=f"probe {hits:02}", n=100, passed=hits, mean=hits / 100, **tried) for hits in range(SHOWN + 5)
    )
    file = Evidence(name="p.json", format="garak", kind="results", digest="d" * 64, size=1, measured_on=DAY)
    stored.add_evidence(desk.store, desk.by, "copilot", file, cells)
    found = attacks(desk)
    assert [row["what"] for row in found["rows"]] == [f"Attack: probe {hits:02}" for hits in range(SHOWN + 4, 4, -1)]
    assert found["hidden"] == 5


@pytest.mark.parametrize("format", ["md", "html", "pdf"])
def test_security_reviewers_alone_read_them_in_every_form(desk: Desk, format: str) -> None:
    desk.bare(assessment=Assessment(candidate=CANDIDATE, baseline="2026.08"))
    store(desk, PYRIT)
    told = " ".join(paper.told(desk.build("security", format=format)).split())
    assert "Red-team results" in told
    assert "illegal, violence" in told
    for audience in pack.AUDIENCES.keys() - {"security"}:
        assert "illegal, violence" not in paper.told(desk.build(audience, format="md"))


def test_a_harm_is_no_customer_to_whom_a_pack_could_go(desk: Desk) -> None:
    desk.bare()
    store(desk, PYRIT)
    assert pack.customers(desk.review(), pack.AUDIENCES["customer"]) == []
