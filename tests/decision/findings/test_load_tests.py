"""What a summary of k6 says of capacity, from the file to the finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from readiness.decision.answers import Outcome
from readiness.importers import Options
from readiness.model.policy import Gate
from tests import factories, samples
from tests.decision.findings.contexts import Held
from tests.decision.findings.test_kinds import LOAD, said
from tests.factories import CANDIDATE
from tests.importers.reading import read_file


@pytest.mark.parametrize(
    ("failed", "budget", "planned", "outcome", "why"),
    [
        (4, 5000, 100, "supports", "4 of 2,000 were lost and p95 of latency was 982 ms"),
        (44, 5000, 100, "contradicts", "44 of 2,000 were lost, where at most 1 % is asked"),
        (4, 2000, 100, "silent", "p95 of latency was 982 ms, which does not settle whether it is at most 2,000 ms"),
        (4, 600, 100, "contradicts", "p95 of latency was 982 ms, where at most 600 ms is asked"),
        (4, 5000, 200, "uncovered", "the load test reached 100 requests at once, and 200 are planned"),
    ],
)
def test_a_summary_of_k6_settles_capacity(
    tmp_path: Path, failed: int, budget: float, planned: int, outcome: Outcome, why: str
) -> None:
    document = json.loads((samples.DATA / "k6" / "summary_export.json").read_text())
    document["metrics"]["http_req_failed"] |= {"passes": failed, "fails": 2000 - failed}
    cells = read_file(tmp_path, json.dumps(document), Options(version=CANDIDATE)).cells
    gates = [Gate(metric="latency_ms", stat="p95", max=budget)]
    found = said(LOAD, Held(list(cells), policy=factories.policy(peak_concurrency=planned, gates=gates)))
    assert (found[0], found[1].endswith(why)) == (outcome, True), found
