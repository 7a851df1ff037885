"""Whose results a file holds, as far as that can be told from the file and from what is stored of its system."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from readiness import english
from readiness.importers import Batch
from readiness.importers.batch import UNIT
from readiness.importers.cases.scored import UNNAMED
from readiness.importers.settings import COMMIT, MODEL, values_of
from readiness.model import measures
from readiness.model.cells import Cell, Pair
from readiness.model.evidence import Doubt, DoubtKind, Evidence, Origin
from readiness.model.record import ANY
from readiness.store import Store, queries

NATIVE = ("native-results", "native-spans")
"""Formats whose labels are versions, and not the words of a tool."""
RUN_IDS = ("eval", "run_id", "eval_id")
TIMES = ("ms", "s")
SURE = 20.0
"""Bits: figures that agree by chance once in a million times are those of one run."""
_MEASURED, _SPREAD, _BARE = 30.0, 6.0, 4.0
"""Bits of times that agree to the last digit, of other values that do, and of a mean alone."""
_ROUNDING = 1e-12
_FIGURES = ("n", "errors", "mean", "sd", "p50", "p95", "p99", "passed")


def doubts(store: Store, slug: str, batch: Batch, read: Evidence, pairs: Sequence[Pair] = ()) -> list[Doubt]:
    """Why the file may hold the results of another version than the one it is imported as."""
    files = queries.files(store, slug)
    others = [file for file in files if file.digest != batch.digest]
    known = queries.versions(store, slug)
    stated = [
        *_moved(read, [file for file in files if file.digest == batch.digest], known),
        *_renamed(read, others, known),
        *_runs(read, others),
        *_settings(read, others, known),
        *_units(read, others, batch),
        *_traces(store, slug, batch),
        *_copied(store, slug, batch, pairs),
    ]
    if not stated:
        stated = list(_labels(read, others, known)) or list(_same(read, others, known))
    return list({(doubt.kind, doubt.stated, doubt.counted): doubt for doubt in stated}.values())


def _doubt(kind: DoubtKind, what: str, stated: str, counted: str) -> Doubt:
    return Doubt(kind=kind, what=what[:300], stated=stated, counted=counted)


def _moved(read: Evidence, same: Sequence[Evidence], known: frozenset[str]) -> Iterator[Doubt]:
    """The same bytes under another version; taking such a move back is none."""
    now = {origin.label: origin.version for origin in read.origins}
    only = read.origins[0].version if len(read.origins) == 1 else ""  # what a table is named by is its only label
    for file in same:
        moves = [doubt for doubt in file.doubts if doubt.kind == "moved"]
        for origin in file.origins:
            version = now.get(origin.label, only if len(file.origins) == 1 and only else origin.version)
            if version == origin.version:
                yield from (move for move in moves if move.counted == version)
            elif _given(origin, known) and (version, origin.version) not in {(m.stated, m.counted) for m in moves}:
                yield _doubt("moved", file.name, origin.version, version)


def _given(origin: Origin, known: frozenset[str]) -> bool:
    """Whether the version is more than a label that nobody has named yet."""
    return origin.version in known or origin.version != origin.label


def _renamed(file: Evidence, others: Sequence[Evidence], known: frozenset[str]) -> Iterator[Doubt]:
    before = _mapped(others)
    for origin in file.origins:
        if origin.label in ("", UNNAMED, origin.version):
            continue
        one_for_all = file.format in NATIVE and file.options.version and (origin.label, origin.version) not in before
        if origin.label in known or one_for_all:
            yield _doubt("renamed", file.name, origin.label, origin.version)


def _mapped(others: Sequence[Evidence]) -> set[tuple[str, str]]:
    """The labels that stand for a version in files that count."""
    return {(origin.label, origin.version) for file in others if not file.doubted for origin in file.origins}


def _labels(file: Evidence, others: Sequence[Evidence], known: frozenset[str]) -> Iterator[Doubt]:
    """A label that a person named otherwise before; once that was confirmed it may stand for both."""
    before = _mapped(others)
    for origin in file.origins:
        if origin.label in ("", UNNAMED) or (origin.label, origin.version) in before:
            continue
        for other in (other for earlier in others for other in earlier.origins if other.label == origin.label):
            if other.version != origin.version and _given(other, known):
                yield _doubt("label", origin.label, other.version, origin.version)


def _runs(file: Evidence, others: Sequence[Evidence]) -> Iterator[Doubt]:
    for origin in file.origins:
        for other in (other for earlier in others for other in earlier.origins if other.label == origin.label):
            same = [key for key in RUN_IDS if key in origin.run and other.run.get(key) == origin.run[key]]
            if same and other.version not in (origin.version, other.label):
                yield _doubt("run", f"the run {origin.run[same[0]]}", other.version, origin.version)


def _settings(file: Evidence, others: Sequence[Evidence], known: frozenset[str]) -> Iterator[Doubt]:
    """A commit, model or prompt of the version that is another in files that count, or in another part of this one."""
    stated: dict[tuple[str, str], dict[str, None]] = {}
    for origin in (origin for other in others if _is_like(other, file) for origin in other.origins):
        for what, text in origin.settings.items():
            stated.setdefault((origin.version, what), {}).update(dict.fromkeys(values_of(text)))
    for origin in file.origins:
        for what, text in origin.settings.items() if _given(origin, known) else ():
            values = values_of(text)
            before = stated.setdefault((origin.version, what), dict.fromkeys(values[:1] if what == COMMIT else values))
            if new := [value for value in values if value not in before]:
                yield _doubt("setting", f"{what} of {origin.version}", english.few(list(before)), new[0])


def _is_like(other: Evidence, file: Evidence) -> bool:
    return other.format == file.format and not other.doubted


def _same(file: Evidence, others: Sequence[Evidence], known: frozenset[str]) -> Iterator[Doubt]:
    """All that ran, as far as it is stated, is what ran as another version, whatever it is called."""
    like = [other for other in others if _is_like(other, file)]
    theirs = [origin for other in like for origin in other.origins] + file.origins
    confirmed = {(origin.version, str(_ran(origin))) for other in like for origin in other.origins}
    for origin in file.origins:
        ran = _ran(origin)
        if not ran or not _given(origin, known) or (origin.version, str(ran)) in confirmed:
            continue
        for other in theirs:
            if _ran(other) == ran and other.version != origin.version and _given(other, known):
                yield _doubt("same", "prompt and model", other.version, origin.version)


def _units(file: Evidence, others: Sequence[Evidence], batch: Batch) -> Iterator[Doubt]:
    """A metric that a person said to be per cent last time, and of which nothing is said now."""
    for metric, unit in {cell.metric: cell.unit for cell in batch.cells}.items():
        key = f"{UNIT}{metric}"
        last = next((other for other in reversed(others) if key in other.options.mapping), None)
        if (
            last
            and key not in file.options.mapping
            and measures.canonical(last.options.mapping[key]) == measures.PERCENT
        ):
            yield _doubt("unit", metric, last.name, unit or "plain numbers")


def _ran(origin: Origin) -> dict[str, str]:
    """What ran, where it tells versions apart: the model and what it was asked to do with it."""
    return origin.settings if MODEL in origin.settings and len(origin.settings.keys() - {COMMIT}) > 1 else {}


def _traces(store: Store, slug: str, batch: Batch) -> Iterator[Doubt]:
    now = {trace.trace_id: trace.version for trace in batch.traces}
    shared: dict[tuple[str, str], int] = {}
    for trace_id, version in queries.traces_of(store, slug, without=batch.digest) if now else ():
        if trace_id in now and version and now[trace_id] != version:
            key = (version, now[trace_id])
            shared[key] = shared.get(key, 0) + 1
    for (before, version), count in shared.items():
        yield _doubt("run", english.counted(count, "trace"), before, version or "no version")


def _copied(store: Store, slug: str, batch: Batch, pairs: Sequence[Pair]) -> Iterator[Doubt]:
    """The figures over all cases that stand under another version in another file, too exactly for chance."""
    own: dict[str, dict[str, Cell]] = {}
    for cell in batch.cells:
        if cell.workflow == cell.cohort == ANY:
            own.setdefault(cell.version, {})[cell.metric] = cell
    others: dict[tuple[str, str], dict[str, Cell]] = {}
    for digest, cell in queries.overall(store, slug, without=batch.digest) if own else ():
        others.setdefault((digest, cell.version), {})[cell.metric] = cell
    paired = {(pair.second_file, pair.first, pair.second, pair.metric): pair for pair in pairs if _overall(pair)}
    for version, mine in own.items():
        for (digest, other), theirs in others.items():
            if other in (version, UNNAMED):
                continue
            metrics = sorted(mine.keys() & theirs.keys())
            bits = {
                metric: _bits(mine[metric], theirs[metric], paired.get((digest, version, other, metric)))
                for metric in metrics
            }
            measured = any(bits[metric] >= _MEASURED and mine[metric].unit in TIMES for metric in metrics)
            if measured or (all(bits.values()) and sum(bits.values()) >= SURE):
                same = [metric for metric in metrics if bits[metric]]
                cases = english.counted(max(mine[metric].n or 0 for metric in same), "case")
                yield _doubt("copy", f"{cases} have the same {english.listed(same[:3])}", other, version)


def _overall(pair: Pair) -> bool:
    return pair.workflow == pair.cohort == ANY


def _bits_by_case(pair: Pair, *, measured: bool) -> float:
    """Of cases that agree one by one: in how many ways as many of them could have passed, or a bit for each."""
    if pair.sd is None or pair.sd > _ROUNDING or abs(pair.mean_first - pair.mean_second) > _ROUNDING:
        return 0.0
    if pair.both is not None:
        return max(1.0, math.log2(math.comb(pair.cases, pair.both)))
    return _MEASURED if measured else float(pair.cases)


def _bits(mine: Cell, theirs: Cell, pair: Pair | None) -> float:
    """How little chance there is that two figures agree so; 0 where they do not agree."""
    if any(getattr(mine, name) != getattr(theirs, name) for name in _FIGURES) or not mine.n:
        return 0.0
    if mine.stated or mine.n < 3 or not mine.sd:
        return _BARE if mine.stated else 1.0
    if pair:
        return _bits_by_case(pair, measured=mine.unit in TIMES)
    if {mine.p50, mine.p95, mine.p99} <= {0.0, 1.0}:
        return _BARE
    return _MEASURED if mine.unit in TIMES else _SPREAD
