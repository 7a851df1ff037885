"""Cases that a judge and a person labelled, a row each: what the agreement of the judge is worked out from.

Columns `judge` and `human` hold pass or fail (or are named by `--map judge=COLUMN --map human=COLUMN`); the metric
stands in a column `metric` or is named by `--map metric=NAME`, with the judge behind an @ where it is known
(`groundedness@model-x`). Kept are Cohen's κ and the shares of what people pass and fail that the judge passes and fails
(see `readiness.scorecard.judges`), as the metrics `judge_kappa/NAME`, `judge_tpr/NAME` and `judge_tnr/NAME`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from readiness import english
from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import Batch, Options
from readiness.importers.cases import columns, table, wide
from readiness.importers.cases.native_columns import is_long
from readiness.importers.cases.rows import TableRow
from readiness.importers.cases.scored import LISTED_SKIPS, LONGEST_METRIC, NOT_DATED, UNNAMED
from readiness.importers.source.gateway import Source
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence, ReadAs, Skipped
from readiness.model.judges import KAPPA, TNR, TPR
from readiness.model.measures import RATIO
from readiness.scorecard.judges import Labels

JUDGE, HUMAN, METRIC, CASE_ID, VERSION = "judge", "human", "metric", "case_id", "version"
KEYS = (JUDGE, HUMAN, METRIC, CASE_ID, VERSION)


class JudgeLabels:
    format = "judge-labels"
    title = marked("cases labelled by a judge and by people (a table)")

    def sniff(self, source: Source) -> bool:
        if not wide.is_wide(source):
            return False
        names = {name.strip().strip('"').lower() for name in _names(source)}
        return {JUDGE, HUMAN} <= names and not is_long(names)

    def read(self, source: Source, options: Options) -> Batch:
        """The agreement for each metric. Raises InputError where a column or the metric is missing."""
        labelled = wide.read(source)
        chosen, name = _choose({name for _, row in labelled.rows for name in row}, options, source)
        skips = [Skipped(place=place, reason=reason) for place, reason in labelled.skips]
        labels: dict[str, Counter[tuple[bool, bool | None]]] = {}
        seen: set[tuple[str, ...]] = set()
        for place, row in labelled.rows:
            metric = columns.plain(row.get(chosen[METRIC])) if METRIC in chosen else name
            try:
                pair = _labels(row, chosen, metric, seen)
            except ValueError as exc:
                skips.append(Skipped(place=place, reason=str(exc)[:500]))
            else:
                labels.setdefault(metric, Counter())[pair] += 1
        cells = [cell for metric, pairs in labels.items() for cell in _cells(metric, pairs, options)]
        if not cells:
            problem = tr("no case has both labels")
            if skips:
                problem = tr("no case has both labels: {reason}", reason=skips[0].reason)
            raise InputError(problem, file=source.name, expected=tr("a row for each case"))
        warnings = list(_warnings(labels, options))
        evidence = Evidence(
            name=source.name,
            format=self.format,
            kind="results",
            digest=source.digest,
            size=source.size,
            measured_on=options.measured_on,
            options=ReadAs(version=options.version, mapping=dict(options.mapping)),
            kept=sum(sum(pairs.values()) for pairs in labels.values()),
            skipped=len(skips),
            skips=skips[:LISTED_SKIPS],
            warnings=warnings,
        )
        return Batch(
            format=self.format,
            evidence=evidence,
            cells=tuple(cells),
            skipped=tuple(skips[:LISTED_SKIPS]),
            warnings=tuple(warnings),
            mapping=dict(options.mapping),
        )


IMPORTER = JudgeLabels()


def _names(source: Source) -> Iterable[str]:
    if source.head.startswith(table.PARQUET):
        return wide.parquet_columns(source)
    first = table.first_line(source)
    if first.startswith("["):
        return wide.array_row(source)
    return keys_at(source)[0] if first.startswith("{") else first.split(table.delimiter(first))


def _choose(names: set[str], options: Options, source: Source) -> tuple[dict[str, str], str]:
    """The column of each field, and the metric where it is named rather than a column."""
    known = {name.lower(): name for name in sorted(names)}
    chosen = {key: known[key] for key in KEYS if key in known}
    metric = ""
    for key, name in options.fields.items():
        if key not in KEYS:
            raise InputError(
                tr("{field!r} is not a field", field=key),
                place="--map",
                expected=tr("one of {known}", known=", ".join(KEYS)),
            )
        if name in names:
            chosen[key] = name
        elif key == METRIC:
            chosen.pop(METRIC, None)
            metric = " ".join(name.split())
        else:
            there = some(sorted(names))
            raise InputError(
                tr("there is no column {column!r}", column=name),
                file=source.name,
                expected=tr("one of {known}", known=there),
            )
    for key in (JUDGE, HUMAN):
        if key not in chosen:
            there = some(sorted(names))
            problem = tr(_NO_LABELS[key])
            raise InputError(
                problem, file=source.name, expected=tr("--map {key}=COLUMN; there are {there}", key=key, there=there)
            )
    if METRIC not in chosen and not metric:
        problem = tr("the file does not say which metric was labelled")
        raise InputError(problem, file=source.name, expected=tr("--map metric=NAME, such as groundedness@MODEL"))
    return chosen, metric


_NO_LABELS = {
    JUDGE: marked("no column holds the labels of the judge"),
    HUMAN: marked("no column holds the labels of the human"),
}


def _labels(
    row: TableRow, chosen: Mapping[str, str], metric: str, seen: set[tuple[str, ...]]
) -> tuple[bool, bool | None]:
    """What the person and the judge say; raises ValueError with the reason why the row cannot be used."""
    if not metric or len(metric) > LONGEST_METRIC - len(KAPPA) - 1:
        raise ValueError("the metric is empty" if not metric else "the name of the metric is too long")
    person, judge = (_label(row, chosen, key) for key in (HUMAN, JUDGE))
    if person is None:
        raise ValueError("the label of the human is empty")
    if case := columns.plain(row.get(chosen.get(CASE_ID, ""))):
        key = (metric, columns.plain(row.get(chosen.get(VERSION, ""))), case)
        if key in seen:
            raise ValueError("this case stands twice")
        seen.add(key)
    return person, judge


def _label(row: TableRow, chosen: Mapping[str, str], key: str) -> bool | None:
    value = columns.score(row.get(chosen[key]))
    if value is None or value in (0, 1):
        return None if value is None else bool(value)
    raise ValueError(f"the label of the {key} {str(value)[:80]!r} is neither pass nor fail (1 or 0, yes or no)")


def _cells(metric: str, pairs: Mapping[tuple[bool, bool | None], int], options: Options) -> Iterator[Cell]:
    """κ and both rates; a case without a label of the judge is an error of κ."""
    labels = Labels(*(pairs.get(pair, 0) for pair in ((True, True), (True, False), (False, False), (False, True))))
    if not labels.n:
        return
    version = options.version or UNNAMED
    unscored = sum(often for (_, judge), often in pairs.items() if judge is None)
    kappa, agreed = labels.kappa, (labels.hit + labels.rejected) / labels.n
    spread = None if kappa is None else math.sqrt(agreed * (1 - agreed)) / (1 - labels.chance)
    yield Cell(
        version=version,
        direction="higher",
        metric=f"{KAPPA}/{metric}",
        n=labels.n,
        errors=unscored,
        mean=kappa,
        sd=spread,
    )
    people = {TPR: (labels.hit, labels.hit + labels.missed), TNR: (labels.rejected, labels.rejected + labels.accepted)}
    for kind, (met, of) in people.items():
        if of:
            name = f"{kind}/{metric}"
            yield Cell(version=version, direction="higher", metric=name, unit=RATIO, n=of, mean=met / of, passed=met)


def _warnings(labels: Mapping[str, Mapping[tuple[bool, bool | None], int]], options: Options) -> Iterator[str]:
    for metric, pairs in labels.items():
        if lost := sum(often for (_, judge), often in pairs.items() if judge is None):
            cases = english.counted(lost, "case")
            yield f"{cases} of {metric} without a label of the judge: errors, and no disagreement"
        sides = {person for person, judge in pairs if judge is not None}
        if len(sides) == 1:
            one = "pass" if sides.pop() else "fail"
            yield f"people {one} every case of {metric}, so what the judge makes of the others is not known"
    if bare := [metric for metric in labels if "@" not in metric]:
        yield f"the judge of {english.few(bare)} is not named, so its labels count for whichever the policy names"
    if options.measured_on is None:
        yield NOT_DATED
