"""The one list of formats, and the one way from bytes to records: `read` tells a file by its content."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import duckdb
import pyarrow

from readiness import clock, english, plugins
from readiness.errors import InputError, ReadinessError
from readiness.extras import asked
from readiness.importers.cases import table
from readiness.importers.formats import assessment
from readiness.importers.formats.any_table import IMPORTER as ANY_TABLE
from readiness.importers.formats.artillery import IMPORTER as ARTILLERY
from readiness.importers.formats.assessment import IMPORTER as ASSESSMENT
from readiness.importers.formats.azure_evaluation import IMPORTER as AZURE_EVALUATION
from readiness.importers.formats.braintrust import IMPORTER as BRAINTRUST
from readiness.importers.formats.deepeval import IMPORTER as DEEPEVAL
from readiness.importers.formats.deepeval_traces import IMPORTER as DEEPEVAL_TRACES
from readiness.importers.formats.deepteam import IMPORTER as DEEPTEAM
from readiness.importers.formats.garak import IMPORTER as GARAK
from readiness.importers.formats.guidellm import IMPORTER as GUIDELLM
from readiness.importers.formats.hey import IMPORTER as HEY
from readiness.importers.formats.inspect_log import IMPORTER as INSPECT_LOG
from readiness.importers.formats.jmeter import IMPORTER as JMETER
from readiness.importers.formats.judge_labels import IMPORTER as JUDGE_LABELS
from readiness.importers.formats.junit import IMPORTER as JUNIT
from readiness.importers.formats.k6 import IMPORTER as K6
from readiness.importers.formats.langfuse import IMPORTER as LANGFUSE
from readiness.importers.formats.langfuse_experiment import IMPORTER as LANGFUSE_EXPERIMENT
from readiness.importers.formats.langsmith import IMPORTER as LANGSMITH
from readiness.importers.formats.langsmith_experiment import IMPORTER as LANGSMITH_EXPERIMENT
from readiness.importers.formats.lm_eval import IMPORTER as LM_EVAL
from readiness.importers.formats.locust import IMPORTER as LOCUST
from readiness.importers.formats.mlflow_eval import IMPORTER as MLFLOW_EVAL
from readiness.importers.formats.mlflow_traces import IMPORTER as MLFLOW_TRACES
from readiness.importers.formats.native_results import IMPORTER as NATIVE_RESULTS
from readiness.importers.formats.native_spans import IMPORTER as NATIVE_SPANS
from readiness.importers.formats.openinference import IMPORTER as OPENINFERENCE
from readiness.importers.formats.opik import IMPORTER as OPIK
from readiness.importers.formats.opik_traces import IMPORTER as OPIK_TRACES
from readiness.importers.formats.otlp import IMPORTER as OTLP
from readiness.importers.formats.phoenix_experiment import IMPORTER as PHOENIX_EXPERIMENT
from readiness.importers.formats.promptfoo import IMPORTER as PROMPTFOO
from readiness.importers.formats.pydantic_evals import IMPORTER as PYDANTIC_EVALS
from readiness.importers.formats.pyrit import IMPORTER as PYRIT
from readiness.importers.formats.vllm_bench import IMPORTER as VLLM_BENCH
from readiness.importers.otlp import lines, received
from readiness.importers.source import encodings
from readiness.importers.source.gateway import NotUtf8, Source
from readiness.language import tr
from readiness.tracing import analysis, sampling

from . import naming, not_read
from .batch import VERSION, Batch, Importer, Options
from .warehouse.receipt import TableSource

__all__ = [
    "IMPORTERS",
    "Batch",
    "Importer",
    "Options",
    "Source",
    "TableSource",
    "noted",
    "plugged",
    "read",
    "read_received",
]

IMPORTERS: list[Importer] = [
    ASSESSMENT,
    INSPECT_LOG,
    PROMPTFOO,
    LM_EVAL,
    JUNIT,
    DEEPEVAL_TRACES,
    DEEPEVAL,
    MLFLOW_EVAL,
    MLFLOW_TRACES,
    K6,
    JMETER,
    LOCUST,
    GUIDELLM,
    VLLM_BENCH,
    ARTILLERY,
    HEY,
    GARAK,
    DEEPTEAM,
    PYRIT,
    PYDANTIC_EVALS,
    PHOENIX_EXPERIMENT,
    AZURE_EVALUATION,
    BRAINTRUST,
    OPIK,
    LANGSMITH_EXPERIMENT,
    LANGFUSE_EXPERIMENT,
    OTLP,
    OPENINFERENCE,
    LANGFUSE,
    LANGSMITH,
    OPIK_TRACES,
    NATIVE_SPANS,
    JUDGE_LABELS,
    NATIVE_RESULTS,
    ANY_TABLE,
]
"""In the order they are asked; the strictest first."""

_DEFAULTS = Options()


@cache
def plugged() -> tuple[Importer, ...]:
    """The importers of plug-ins; none takes the place of one of ours, or of another that was there first."""
    taken, found = {importer.format for importer in IMPORTERS}, list[Importer]()
    for plugin in plugins.of("readiness.importers"):
        lacking = [name for name in ("format", "title", "sniff", "read") if not hasattr(plugin.offers, name)]
        if lacking or plugin.offers.format in taken:
            why = f"has no {lacking[0]}" if lacking else f"calls its format {plugin.offers.format!r}, which is taken"
            plugins.failed(f"the importer {plugin.told} {why}")
            continue
        taken.add(plugin.offers.format)
        found.append(_Guarded(plugin))
    return tuple(found)


class _Guarded:
    """An importer of a plug-in, whose failures are sentences too."""

    def __init__(self, plugin: plugins.Plugin) -> None:
        self._plugin = plugin
        self.format, self.title = str(plugin.offers.format), str(plugin.offers.title)

    def sniff(self, source: Source) -> bool:
        """One that fails on a file that is not its own must not keep others from it."""
        try:
            return bool(english.said(self._plugin.call)(self._plugin.offers.sniff, source))
        except InputError as exc:
            plugins.failed(str(exc).removesuffix("."))
            return False

    def read(self, source: Source, options: Options) -> Batch:
        batch: Batch = self._plugin.call(self._plugin.offers.read, source, options)
        return batch


def read(source: Source, options: Options = _DEFAULTS) -> Batch:
    """The whole file as a batch; raises InputError naming the file, and then nothing of it is kept."""
    return _in_words(source, lambda: _of_any_encoding(source, options))


def read_received(source: Source, options: Options = _DEFAULTS) -> Batch:
    """Lines of spans that `received` wrote: as of a large file of OpenTelemetry, however few they are.

    Raises as `read`.
    """

    def work() -> Batch:
        with _without_collection():
            return _named(received.counted(lines.read(source, options, OTLP.format)), source, options)

    return _in_words(source, work)


def _of_any_encoding(source: Source, options: Options) -> Batch:
    try:
        return _read(source, options)
    except NotUtf8:
        return _read(source, options, western=True)


def _in_words(source: Source, work: Callable[[], Batch]) -> Batch:
    """Whatever goes wrong with a file is said in one sentence."""
    try:
        return work()
    except ReadinessError as exc:
        if exc.file:
            raise
        raise exc.within(file=source.name) from exc
    except duckdb.Error as exc:
        raise table.refusal(exc, source) from exc
    except OSError as exc:
        raise InputError(
            tr("the file cannot be read"), file=source.name, expected=tr("a file that may be opened")
        ) from exc
    except (MemoryError, pyarrow.ArrowMemoryError) as exc:
        raise InputError(
            tr("the file needs more memory than there is"), file=source.name, expected=tr("a smaller file")
        ) from exc
    except RecursionError as exc:
        raise InputError(
            tr("the content is nested too deeply"), file=source.name, expected=tr("ordinary nesting")
        ) from exc
    except RuntimeError as exc:
        if "can't start new thread" not in str(exc):
            raise
        raise InputError(
            tr("the file needs more memory than there is"), file=source.name, expected=tr("a smaller file")
        ) from exc


def _read(source: Source, options: Options, *, western: bool = False) -> Batch:
    if options.measured_on and not clock.is_plausible(options.measured_on):
        problem = tr("{day} cannot be when it was measured", day=options.measured_on)
        raise InputError(problem, place=tr("measured on"), expected=tr(clock.PLAUSIBLE))
    if isinstance(source, TableSource):
        return _read_table(source, options)
    with encodings.plain(source, western=western) as plain:
        importer = _choose(plain.source, options)
        with ThreadPoolExecutor(1) as pool:  # the digest of a large file takes a while, and needs nothing of the rest
            pool.submit(lambda: source.digest)
            with _without_collection():
                batch = importer.read(plain.source, options)
        notes = [*plain.notes, *filter(None, [naming.alike(naming.names_of(batch.cells))])]
        return _named(noted(_summed(batch, options), notes), source, options)


def _read_table(source: TableSource, options: Options) -> Batch:
    """A table that an engine holds, as any other file."""
    with asked():
        from .warehouse import reader
    source, batch = reader.read(source, options)
    notes = list(filter(None, [naming.alike(naming.names_of(batch.cells))]))
    return _named(noted(batch, notes), source, options)


def noted(batch: Batch, notes: Sequence[str]) -> Batch:
    """What a person should know of the file itself, before what its reader says."""
    if not notes:
        return batch
    warnings = (*notes, *batch.warnings)
    evidence = batch.evidence and batch.evidence.model_copy(update={"warnings": list(warnings)})
    return replace(batch, warnings=warnings, evidence=evidence)


@contextmanager
def _without_collection() -> Iterator[None]:
    """What is read has no circles, and walking through all of it again and again takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _summed(batch: Batch, options: Options) -> Batch:
    """The figures over all traces, and which of them are worth keeping; the others are let go."""
    if not batch.traces or batch.proposal:
        return batch
    ids = [trace.trace_id for trace in batch.traces]
    reasons = sampling.propose(sampling.Summaries.of(batch.traces), ids, options.labelled)
    proposal = {ids[at]: reason for at, reason in reasons.items()}
    few = len(batch.traces) <= sampling.MOST
    return replace(
        batch,
        stages=tuple(analysis.figures(batch.traces)),
        counts=tuple(analysis.counts(batch.traces)),
        proposal=proposal,
        traces=tuple(
            trace.model_copy(update={"kept_for": list(proposal.get(trace.trace_id, ()))})
            for trace in batch.traces
            if few or trace.trace_id in proposal
        ),
    )


def _named(batch: Batch, source: Source, options: Options) -> Batch:
    shape, evidence = _shape(batch), batch.evidence
    if evidence is not None and shape and any(not key.startswith(VERSION) for key in options.mapping):
        evidence = evidence.model_copy(update={"options": evidence.options.model_copy(update={"shape": shape})})
    if evidence is not None and evidence.size != source.size:
        evidence = evidence.model_copy(update={"size": source.size})
    return replace(batch, name=source.name, digest=source.digest, shape=shape, evidence=evidence)


def _shape(batch: Batch) -> str:
    """The same for files that name the same fields: what a mapping that a person chose is remembered by."""
    if not batch.fields:
        return ""
    return hashlib.sha256("\n".join([batch.format, *sorted(batch.fields)]).encode()).hexdigest()[:16]


def _choose(source: Source, options: Options) -> Importer:
    if options.format:
        for importer in (*IMPORTERS, *plugged()):
            if importer.format == options.format:
                long = importer is ANY_TABLE and "metric" not in options.mapping and NATIVE_RESULTS.sniff(source)
                return NATIVE_RESULTS if long else importer
        known = ", ".join(importer.format for importer in (*IMPORTERS, *plugged()))
        raise InputError(
            tr("the format {format!r} is not known", format=options.format), expected=tr("one of {known}", known=known)
        )
    if "value" in options.mapping:  # only native results have one, so the columns go by other names here
        return NATIVE_RESULTS
    if "human" in options.mapping:
        return JUDGE_LABELS
    *strict, any_table = IMPORTERS
    for importer in (*strict, *plugged()):
        if importer.sniff(source):
            return importer
    not_read.refuse(source)
    if any_table.sniff(source):
        return any_table
    if assessment.is_toml(source):
        return ASSESSMENT
    raise InputError(
        tr("the format is not recognised"),
        expected=tr("one of {formats}", formats="; ".join(tr(importer.title) for importer in (*IMPORTERS, *plugged()))),
    )
