"""lm-evaluation-harness (https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md).

The results file states figures: `acc,none` by metric and filter since 0.4, with the number of documents beside them,
and `acc` without it before. Groups repeat their subtasks, so a figure is taken for each task only. The samples file
holds one line for each document and filter; it says neither the model nor, as a rule, the task.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import totals
from readiness.importers.cases.many import check_held
from readiness.importers.cases.scored import UNNAMED, Case, Run, day, number, to_batch, usable
from readiness.importers.naming import LONGEST_LABEL, label, plain
from readiness.importers.settings import COMMIT, MODEL, PROMPT, digest
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.lines import first_line, text_lines
from readiness.importers.source.streamed import listed
from readiness.language import marked, tr
from readiness.model import measures
from readiness.model.cells import Cell, Direction
from readiness.model.evidence import Doubt

PLACEHOLDER = "bypass"
"""The metric of a run that only made predictions; its value means nothing."""

NOT_FINITE = "is not a finite number"
_RESULTS = re.compile(r'"results"\s*:\s*\{\s*"[^"]*"\s*:\s*\{')
_FIGURE = re.compile(r'"[^",]+,[^",]+"\s*:\s*(?:-?[0-9]|NaN)|"[^",]+_stderr(?:,[^",]+)?"\s*:')
_LINE = ('"doc_id"', '"doc"', '"resps"', '"filtered_resps"')
_MODEL = re.compile(r"(?:^|,)\s*(?:pretrained|model)=([^,]+)")
_BESIDE = {"name", "alias", "sample_len", "sample_count", " "}
_LINE_KEYS = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "task"}

Object = dict[str, Any]


class LmEval:
    format = "lm-eval"
    title = marked("lm-evaluation-harness results (JSON, samples JSONL)")

    def sniff(self, source: Source) -> bool:
        text = source.head_text.lstrip()
        if not text.startswith(("{", "[")):
            return False
        if text.startswith("{") and _RESULTS.search(text) and _FIGURE.search(text):
            return True
        return all(key in text for key in _LINE)

    def read(self, source: Source, options: Options) -> Batch:
        """The figures of the results, or the cases of the samples. Raises InputError where there are none."""
        run = Run(tool="lm-evaluation-harness")
        if _is_samples(source):
            _read_samples(run, source)
        else:
            _read_results(run, parse_json(source.text, file=source.name, nan=True), source)
        return to_batch(source, options, run, self.format)


IMPORTER = LmEval()


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _is_samples(source: Source) -> bool:
    if source.is_streamed:
        return source.head_text.lstrip().startswith("[") or '"doc_id"' in first_line(source)
    text = source.text.lstrip()
    return text.startswith("[") or '"doc_id"' in text.partition("\n")[0]


def _read_results(run: Run, document: object, source: Source) -> None:
    whole = _object(document)
    results = whole.get("results")
    if not isinstance(results, dict):
        raise InputError(
            tr("this is not a result of lm-evaluation-harness"),
            file=source.name,
            expected=tr("an object under results"),
        )
    run.tool_version = str(whole.get("lm_eval_version") or "")[:300]
    run.measured_on = day(whole.get("date"))
    version, groups = _version(whole), _groups(whole)
    run.settings.add(version, _settings(whole, version))
    figures = [
        (task, *figure)
        for task, row in results.items()
        if task not in groups
        for figure in _figures(str(task), row, run)
    ]
    units = {
        metric: measures.guess(metric, min(means), max(means))
        for metric, means in _by_metric((metric, mean) for _, metric, _, mean in figures).items()
    }
    for task, metric, name, mean in figures:
        run.stated.append(
            Cell(
                version=version,
                workflow=label(task),
                metric=name,
                unit=units[metric],
                direction=_direction(whole, task, metric),
                n=_n(whole, task),
                mean=mean,
                stated=True,
            )
        )
    for task in dict.fromkeys(task for task, *_ in figures):
        run.doubts += _documents(whole, task)
    if repeated := groups & results.keys():
        run.notes.append(f"left out, since the tasks in it are counted: {', '.join(sorted(repeated))[:300]}")


def _version(whole: Object) -> str:
    config = _object(whole.get("config"))
    arguments = config.get("model_args")
    if isinstance(arguments, str) and (match := _MODEL.search(arguments)):
        arguments = {"pretrained": match[1]}
    named = _object(arguments).get("pretrained") or _object(arguments).get("model")
    return label(whole.get("model_name") or named or config.get("model")) or UNNAMED


def _settings(whole: Object, version: str) -> Object:
    """The commit, the model, and the system prompt with the template around it."""
    prompts = [whole.get(f"{key}_sha") for key in ("system_instruction", "chat_template")]
    model = {} if version == UNNAMED else {MODEL: version}
    return {COMMIT: whole.get("git_hash"), **model, **({PROMPT: digest(*prompts)} if any(prompts) else {})}


def _groups(whole: Object) -> set[str]:
    """The names under which figures of other tasks are put together; old files name tasks here as well, without any."""
    results = _object(whole.get("results")).keys()
    parts = {
        name: {str(task) for task in tasks}
        for name, tasks in _object(whole.get("group_subtasks")).items()
        if isinstance(tasks, list) and tasks
    }
    named = _object(whole.get("groups")).keys() | parts.keys()
    return {name for name in named if name not in parts or parts[name] & results}


def _figures(task: str, row: object, run: Run) -> Iterator[tuple[str, str, float]]:
    """Metric, the name it is kept under, and figure; the name tells filters apart where a task has several."""
    place, keys = f"results.{task}"[:300], list(_object(row))
    if any("," in key for key in keys):
        keys = [key for key in keys if "," in key]
    keys = [key for key in keys if key not in _BESIDE and not key.partition(",")[0].endswith("_stderr")]
    several = len({key.partition(",")[2] for key in keys}) > 1
    if not keys or not label(task):
        run.skip(place, "the task has no figures" if label(task) else "the task has no name")
        return
    for key in keys:
        metric, value = key.partition(",")[0], _object(row)[key]
        mean = number(value)
        if problem := _unfit(metric, value):
            run.skip(place, f"the figure {key[:80]!r} {problem}")
        elif mean is not None:
            yield metric, key if several else metric, mean


def _unfit(metric: str, value: object) -> str:
    if metric == PLACEHOLDER:
        return "is a placeholder of a run that only made predictions"
    if not usable(metric):
        return "cannot be kept under this name"
    if isinstance(value, list):
        return "is a list"
    return NOT_FINITE if number(value) is None else ""


def _by_metric(figures: Iterator[tuple[str, float]]) -> dict[str, list[float]]:
    means: dict[str, list[float]] = {}
    for metric, mean in figures:
        means.setdefault(metric, []).append(mean)
    return means


def _direction(whole: Object, task: str, metric: str) -> Direction:
    higher = _object(_object(whole.get("higher_is_better")).get(task)).get(metric)
    if isinstance(higher, bool):
        return "higher" if higher else "lower"
    return "unknown"


def _documents(whole: Object, task: str) -> Iterator[Doubt]:
    """The number of documents where the file states it in several places; fewer than all of them is a limit."""
    stated = _object(_object(whole.get("n-samples")).get(task))
    original, effective = totals.count_of(stated.get("original")), totals.count_of(stated.get("effective"))
    beside, n = _object(_object(whole.get("results")).get(task)).get("sample_len"), _n(whole, task)
    if n is not None:
        yield from totals.counts(f"documents of {task}", beside, n)
    if original is not None and effective is not None and original < effective:
        yield from totals.counts(f"documents of {task} before a limit", original, int(n or 0))


def _n(whole: Object, task: str) -> int | None:
    """How many documents are behind a figure; versions before 0.4 did not say."""
    stated = _object(_object(whole.get("n-samples")).get(task)).get("effective")
    n = _object(_object(whole.get("results")).get(task)).get("sample_len") if stated is None else stated
    return n if isinstance(n, int) and not isinstance(n, bool) and n >= 0 else None


def _read_samples(run: Run, source: Source) -> None:
    """A run of a case for each document, with the scores of all its filters; a filter that comes again is a new run."""
    rows = _rows(source) if source.is_streamed else list(_rows(source))
    several = len({str(row.get("filter")) for _, row in rows if _names_document(row)}) > 1
    cases: dict[tuple[str, ...], tuple[dict[str, float | None], dict[str, str]]] = {}
    often: Counter[tuple[str, ...]] = Counter()
    for place, row in _rows(source) if source.is_streamed else rows:
        if not _names_document(row):
            run.skip(place, "the line names no document")
            continue
        doc, filter_ = str(row.get("doc_hash") or json.dumps(row.get("doc"), sort_keys=True)), str(row.get("filter"))
        document = (
            _task(row),
            str(row["doc_id"]),
            digest(doc) if source.is_streamed and len(doc) > LONGEST_LABEL else doc,
        )
        often[(*document, filter_)] += 1
        key = (*document, str(often[(*document, filter_)]))
        if key not in cases:
            check_held(len(cases), source)
            named = {"task": key[0]} if key[0] else {}
            cases[key] = ({}, named | plain(row.get("doc"), "doc."))
        cases[key][0].update(_scores(run, place, row, f",{filter_}" if several else ""))
    for (task, name, doc, _), (scores, fields) in cases.items():
        if scores:
            run.cases.append(Case(UNNAMED, scores, fields, name, cluster=f"{task}:{doc}"))


def _rows(source: Source) -> Iterator[tuple[str, Any]]:
    """Lines, or before 0.4.3 a list in one document."""
    if source.head_text.lstrip().startswith("["):
        yield from ((f"[{at}]", row) for at, row in enumerate(listed(source, (), nan=True).rows(()) or ()))
        return
    for place, line in text_lines(source):
        yield place, parse_json(line, file=source.name, place=place, nan=True)


def _names_document(row: object) -> bool:
    document = _object(row).get("doc_id")
    return isinstance(document, (int, str)) and not isinstance(document, bool)


def _task(row: Object) -> str:
    return label(row.get("task") or row.get("task_name"))


def _scores(run: Run, place: str, row: Object, suffix: str) -> dict[str, float | None]:
    """The metrics that the line lists; lines before 0.4.3 list none, and every other number is one."""
    listed = row.get("metrics")
    if not isinstance(listed, list):
        listed = [key for key in row if key not in _LINE_KEYS and number(row[key]) is not None]
    scores: dict[str, float | None] = {}
    for metric in map(str, listed):
        value = number(row.get(metric))
        if problem := _unfit(metric, row.get(metric)) or _unfit(metric + suffix, value):
            run.skip(place, f"the score {metric[:80]!r} {problem}")
        if value is not None and not problem:
            scores[metric + suffix] = value
        elif problem == NOT_FINITE:
            scores[metric + suffix] = None
    return scores
