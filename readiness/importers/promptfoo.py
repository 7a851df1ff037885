"""promptfoo results (https://www.promptfoo.dev/docs/configuration/outputs/): every shape since version 1.

A row is one test of one prompt with one provider; the version it speaks of is `PROMPT × PROVIDER` until the person
names it. The sums that stand beside the prompts are not read: figures are worked out from the rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..errors import InputError
from ..records import Cell, Evidence, Skipped
from .batch import Batch, Options
from .cells import CASES, Measure, aggregate, too_many, workbench
from .gateway import Source, parse_json

PASS, LATENCY, COST = "pass", "latency_ms", "cost_usd"
LISTED_SKIPS = 200
LONGEST_NAME = 120
ASSERT_FAILED, ERRORED = 1, 2
_ROW_KEYS = ("success", "prompt")


@dataclass(frozen=True)
class Run:
    """What surrounds the rows."""

    rows: list[tuple[str, Any]]
    tool_version: str = ""
    measured_on: dt.date | None = None


@dataclass(frozen=True)
class Case:
    """One usable row. `scores` is empty where the row errored."""

    label: str
    errored: bool
    scores: dict[str, float]
    fields: dict[str, str]


@dataclass
class Reading:
    """The rows of a file as they are understood, and what was noticed on the way."""

    cases: list[Case] = field(default_factory=list)
    skips: list[Skipped] = field(default_factory=list)
    noticed: Counter[str] = field(default_factory=Counter)


class Promptfoo:
    format = "promptfoo"
    title = "promptfoo results (JSON)"

    def sniff(self, source: Source) -> bool:
        text = source.head_text.lstrip()
        if not text.startswith("{"):
            return False
        row = '"success"' in text and '"prompt"' in text
        named = '"promptIdx"' in text or '"namedScores"' in text or '"evalId"' in text
        return (row and (named or '"results"' in text)) or ('"evalId"' in text and '"results"' in text)

    def read(self, source: Source, options: Options) -> Batch:
        """All rows as cells. Raises InputError where there are none, or where versions would be merged."""
        run = _run(source)
        reading = _read_rows(run.rows)
        if not reading.cases:
            why = f": {reading.skips[0].reason}" if reading.skips else ""
            raise InputError(f"the run holds no results{why}", file=source.name, expected="a run that has finished")
        labels = tuple(dict.fromkeys(case.label for case in reading.cases))
        _refuse_merging(labels, options, source)
        cells = _cells(reading, options)
        warnings = list(_warnings(reading, options, options.measured_on or run.measured_on, cells))
        return _batch(source, options, run, reading, cells, labels, warnings)


IMPORTER = Promptfoo()


def _run(source: Source) -> Run:
    """The rows with the place each stands at, whichever shape the file has."""
    text = source.text.strip()
    first = text.partition("\n")[0].strip()
    if "\n" in text and first.endswith("}") and first.startswith("{"):
        lines = enumerate(text.splitlines(), start=1)
        return Run(
            [
                (f"line {number}", parse_json(line, file=source.name, place=f"line {number}"))
                for number, line in lines
                if line.strip()
            ]
        )
    whole = source.json
    if not isinstance(whole, dict):
        raise _not_promptfoo(source)
    if all(key in whole for key in _ROW_KEYS):
        return Run([("line 1", whole)])
    inner = whole.get("results")
    held = inner if isinstance(inner, dict) else whole
    rows = held.get("results")
    if not isinstance(rows, list):
        raise _not_promptfoo(source)
    described = whole.get("metadata")
    described = described if isinstance(described, dict) else {}
    stamps = (
        held.get("timestamp"),
        whole.get("timestamp"),
        described.get("evaluationCreatedAt"),
        whole.get("createdAt"),
    )
    return Run(
        rows=[(f"results[{number}]", row) for number, row in enumerate(rows)],
        tool_version=str(described.get("promptfooVersion") or ""),
        measured_on=next((day for stamp in stamps if (day := _day(stamp))), None),
    )


def _not_promptfoo(source: Source) -> InputError:
    return InputError("this is not a promptfoo result", file=source.name, expected="a list of rows under results")


def _day(stamp: object) -> dt.date | None:
    """The day of an ISO timestamp, or of milliseconds since 1970."""
    try:
        if isinstance(stamp, str):
            return dt.date.fromisoformat(stamp[:10])
        if isinstance(stamp, int) and not isinstance(stamp, bool):
            return dt.datetime.fromtimestamp(stamp / 1000, dt.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _read_rows(rows: Sequence[tuple[str, Any]]) -> Reading:
    reading = Reading()
    for place, row in rows:
        reason = _unusable(row)
        if reason:
            reading.skips.append(Skipped(place=place, reason=reason))
        else:
            reading.cases.append(_case(row, place, reading))
    return reading


def _unusable(row: Any) -> str:
    if not isinstance(row, dict):
        return "the row is not an object"
    if not isinstance(row.get("success"), bool):
        return "the row does not say whether it passed"
    if not isinstance(row.get("prompt"), (dict, str)):
        return "the row does not say which prompt it tests"
    return ""


def _case(row: dict[str, Any], place: str, reading: Reading) -> Case:
    errored = _errored(row)
    scores = {} if errored else {PASS: float(row["success"])} | _named(row, place, reading)
    if not errored:
        scores |= _spent(row, reading)
    return Case(_label(row), errored, scores, _fields(row))


def _errored(row: dict[str, Any]) -> bool:
    """An error is not a failed assertion; before `failureReason` it was an error without a grading."""
    reason = row.get("failureReason")
    if isinstance(reason, int):
        return reason == ERRORED
    return bool(row.get("error")) and not isinstance(row.get("gradingResult"), dict)


def _named(row: dict[str, Any], place: str, reading: Reading) -> dict[str, float]:
    named = row.get("namedScores")
    found = {}
    for name, score in (named if isinstance(named, dict) else {}).items():
        if isinstance(score, (int, float)) and math.isfinite(score):
            found[str(name)] = float(score)
        else:
            reading.skips.append(Skipped(place=place, reason=f"the score {str(name)[:80]!r} is not a number"))
    return found


def _spent(row: dict[str, Any], reading: Reading) -> dict[str, float]:
    """Latency and cost; a cached answer says nothing about either."""
    response = row.get("response")
    if isinstance(response, dict) and response.get("cached"):
        reading.noticed["cached"] += 1
        return {}
    latency, cost = _number(row.get("latencyMs")), _number(row.get("cost"))
    found = {}
    if latency is not None and latency > 0:
        found[LATENCY] = latency
    elif "latencyMs" in row:
        reading.noticed["no latency"] += 1
    if cost is not None:
        found[COST] = cost
    return found


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _label(row: dict[str, Any]) -> str:
    """`PROMPT × PROVIDER`, as far as the row names them."""
    prompt, provider = row["prompt"], row.get("provider")
    names = [
        prompt if isinstance(prompt, str) else prompt.get("label") or prompt.get("display") or prompt.get("raw"),
        provider.get("label") or provider.get("id") if isinstance(provider, dict) else provider,
    ]
    return " × ".join(_short(" ".join(str(name).split())) for name in names if name)


def _short(name: str) -> str:
    """A prompt may be its own label; what is cut off still tells two of them apart."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 12]} … {hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _fields(row: dict[str, Any]) -> dict[str, str]:
    """What a workflow or a cohort can be named by: plain values of the test's metadata and variables."""
    test = row.get("testCase")
    test = test if isinstance(test, dict) else {}
    found = {}
    for prefix, holders in (
        ("metadata", (test.get("metadata"), row.get("metadata"))),
        ("vars", (test.get("vars"), row.get("vars"))),
    ):
        for holder in holders:
            for key, value in (holder if isinstance(holder, dict) else {}).items():
                if isinstance(value, (str, int, float, bool)) and not str(key).startswith("_"):
                    found[f"{prefix}.{key}"] = " ".join(str(value).split())[:200]
    return found


def _refuse_merging(labels: Sequence[str], options: Options, source: Source) -> None:
    unknown = options.renames() - set(labels)
    if unknown:
        raise InputError(
            f"there is no version {min(unknown)!r}", file=source.name, expected=f"one of {', '.join(labels)}"
        )
    if options.version and len(labels) > 1 and not options.renames():
        raise InputError(
            f"the file holds {len(labels)} versions, which one name would merge",
            file=source.name,
            expected=f'--map "version:LABEL=NAME" for {", ".join(labels)}',
        )


def _cells(reading: Reading, options: Options) -> list[Cell]:
    rows = list(_spread(reading.cases, options))
    frame = pd.DataFrame(rows, columns=["version", "workflow", "cohorts", "metric", "value", "passed"])
    with workbench() as connection:
        connection.execute(CASES)
        connection.register("frame", frame)
        connection.execute("INSERT INTO cases SELECT version, workflow, cohorts, metric, value, passed FROM frame")
        return aggregate(connection, _measures(reading.cases))


def _spread(cases: Sequence[Case], options: Options) -> Iterator[tuple[object, ...]]:
    """A row for each score; an errored case is one of every score that its version has."""
    metrics: dict[str, dict[str, None]] = {}
    for case in cases:
        scored = [name for name in case.scores if name not in (LATENCY, COST)]
        metrics.setdefault(case.label, {PASS: None}).update(dict.fromkeys(scored))
    for case in cases:
        version = options.rename(case.label) if options.renames() else options.version or case.label
        workflow = case.fields.get(options.mapping.get("workflow", ""))
        cohorts = [
            f"{path.partition('.')[2]}={case.fields[path]}"
            for path in _paths(options, "cohort")
            if case.fields.get(path)
        ]
        for metric in [*metrics[case.label], *({LATENCY, COST} & set(case.scores))]:
            if case.errored or metric in case.scores:
                yield version, workflow or None, cohorts, metric, case.scores.get(metric), None


def _paths(options: Options, key: str) -> list[str]:
    return [path.strip() for path in options.mapping.get(key, "").split(",") if path.strip()]


def _measures(cases: Sequence[Case]) -> dict[str, Measure]:
    found = {PASS: Measure("ratio", "higher"), LATENCY: Measure("ms", "lower"), COST: Measure("USD", "lower")}
    for case in cases:
        for metric, value in case.scores.items():
            if metric not in (PASS, LATENCY, COST):
                ratio = found.get(metric, Measure("ratio")).unit == "ratio" and 0 <= value <= 1
                found[metric] = Measure("ratio" if ratio else "")
    return found


def _warnings(reading: Reading, options: Options, measured: dt.date | None, cells: list[Cell]) -> Iterator[str]:
    for key in ("workflow", "cohort"):
        paths = _paths(options, key)
        if not paths:
            yield f"no {key} is named, so no figure is split by it; name one with --map {key}=metadata.KEY"
        for path in paths:
            without = sum(path not in case.fields for case in reading.cases)
            if without:
                yield f"{without} of {len(reading.cases)} rows have no {path} and count in the overall figures only"
    if reading.noticed["cached"]:
        yield f"{reading.noticed['cached']} answers came from a cache, so their latency and cost are left out"
    if reading.noticed["no latency"]:
        yield f"{reading.noticed['no latency']} rows have no latency above 0, which is left out"
    if measured is None:
        yield "the results are not dated, so they do not count until a date is given"
    yield from too_many(cells)


def _batch(
    source: Source,
    options: Options,
    run: Run,
    reading: Reading,
    cells: list[Cell],
    labels: tuple[str, ...],
    warnings: list[str],
) -> Batch:
    mapping = dict(options.mapping)
    skips = reading.skips[:LISTED_SKIPS]
    evidence = Evidence(
        name=source.name,
        format=IMPORTER.format,
        kind="results",
        digest=source.digest,
        size=source.size,
        tool="promptfoo",
        tool_version=run.tool_version,
        measured_on=options.measured_on or run.measured_on,
        options={"version": options.version, "mapping": mapping} if options.version or mapping else {},
        kept=len(reading.cases),
        skipped=len(reading.skips),
        skips=skips,
        warnings=warnings,
    )
    return Batch(
        format=IMPORTER.format,
        evidence=evidence,
        cells=tuple(cells),
        skipped=tuple(skips),
        warnings=tuple(warnings),
        fields=tuple(dict.fromkeys(name for case in reading.cases for name in case.fields)),
        mapping=mapping,
        versions=labels,
    )
