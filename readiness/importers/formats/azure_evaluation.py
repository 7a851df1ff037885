"""Azure AI Evaluation (https://learn.microsoft.com/azure/ai-foundry): what `evaluate(output_path=…)` writes.

A row has `inputs.*` and `outputs.EVALUATOR.METRIC`, beside it the same with an ending: its reason, threshold, status
and so on, and a score that is the metric once more. Figures are counted from the rows, since what the file states of
all of them divides by all rows, those without a score among them. A bare NaN is a score that could not be worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.many import bounded
from readiness.importers.cases.scored import UNNAMED, Case, Run, number, same_input, to_batch, usable
from readiness.importers.naming import plain
from readiness.importers.source.gateway import Source
from readiness.importers.source.shapes import members
from readiness.importers.source.streamed import listed
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr

OUTPUTS = "outputs."
BESIDE = (
    *("_result", "_reason", "_status", "_threshold", "_properties", "_passed", "_details", "_label", "_model"),
    *("_prompt_tokens", "_completion_tokens", "_total_tokens", "_finish_reason", "_sample_input", "_sample_output"),
)
"""Endings of what stands beside a metric."""
DONE = ("completed", "", None)
_AGAIN = "_score"
_ASKED = ("query", "question", "conversation", "messages")


class AzureEvaluation:
    format = "azure-evaluation"
    title = marked("Azure AI Evaluation results (JSON)")

    def sniff(self, source: Source) -> bool:
        return (
            source.head_text.lstrip().startswith("{")
            and {"rows", "metrics"} <= keys_at(source)[0]
            and ("outputs." in source.head_text or "studio_url" in keys_at(source)[0])
        )

    def read(self, source: Source, options: Options) -> Batch:
        """Every row with its scores. Raises InputError where there is none."""
        rows = listed(source, ("rows",), nan=True).rows(("rows",))
        if rows is None:
            raise InputError(
                tr("this is not a result of Azure AI Evaluation"), file=source.name, expected=tr("a list of rows")
            )
        run = Run(tool="Azure AI Evaluation")
        metrics = _metrics(map(members, rows))
        for at, row in enumerate(bounded(map(members, rows), run, source)):
            scores = {name: _score(row, column) for name, column in metrics.items()}
            if scores and row:
                run.cases.append(Case(UNNAMED, scores, _fields(row), _case_id(row)))
            else:
                run.skip(f"rows[{at}]", "the row has no outputs of an evaluator")
        return to_batch(source, options, run, self.format)


IMPORTER = AzureEvaluation()


def _metrics(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Each metric with its column; two evaluators that give one of the same name are told apart by their own."""
    seen: dict[str, None] = {}
    figures, unlike = set[str](), set[str]()
    for row in rows:
        for column, value in row.items():
            if not column.startswith(OUTPUTS):
                continue
            seen[column] = None
            if isinstance(value, (bool, int, float)):
                figures.add(column)
            for whole in (column, column.removesuffix(_AGAIN)):
                if row.get(whole) != row.get(f"{whole}{_AGAIN}"):
                    unlike.add(f"{whole}{_AGAIN}")
    columns = [column for column in seen if column in figures and _is_metric(column, seen, unlike)]
    often = Counter(column.rpartition(".")[2] for column in columns)
    named: dict[str, str] = {}
    for column in columns:
        name = column.rpartition(".")[2]
        name = name if often[name] == 1 else column.removeprefix(OUTPUTS)
        named |= {name: column} if usable(name) else {}
    return named


def _is_metric(column: str, seen: Collection[str], unlike: Collection[str]) -> bool:
    """Whether it is no companion of a metric, and not the same figures again under a longer name."""
    whole = column.removesuffix(_AGAIN)
    return not column.endswith(BESIDE) and (whole == column or whole not in seen or column in unlike)


def _score(row: dict[str, Any], column: str) -> float | None:
    """The figure; none where the evaluator did not complete."""
    return number(row.get(column)) if row.get(f"{column}_status") in DONE else None


def _fields(row: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in plain(row).items() if name.startswith("inputs.")}


def _case_id(row: dict[str, Any]) -> str:
    asked = next((row[f"inputs.{name}"] for name in _ASKED if row.get(f"inputs.{name}")), None)
    return same_input([asked, row.get("inputs.ground_truth"), row.get("inputs.context")])
