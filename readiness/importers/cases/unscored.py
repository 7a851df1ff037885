"""Scores that should be there: what an evaluator that failed leaves out is an error and no case fewer."""

from __future__ import annotations

from dataclasses import replace

from readiness import english

from .scored import SPENT, Run


def add_unscored(run: Run, others: str = "other cases") -> None:
    """Give each case every score that others of its label have, as an error, and say how many these are."""
    metrics: dict[str, dict[str, None]] = {}
    for case in run.cases:
        metrics.setdefault(case.label, {}).update(dict.fromkeys(name for name in case.scores if name not in SPENT))
    lacking = 0
    for at, case in enumerate(run.cases):
        unscored = {name: None for name in metrics[case.label] if name not in case.scores and not case.errored}
        lacking += len(unscored)
        run.cases[at] = replace(case, scores={**case.scores, **unscored})
    if lacking:
        run.notes.append(f"{english.counted(lacking, 'score')} that {others} have, which count as errors")
