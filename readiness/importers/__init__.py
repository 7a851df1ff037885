"""The one list of formats, and the one way from bytes to records: `read` tells a file by its content."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import pyarrow

from readiness import clock
from readiness.errors import InputError, ReadinessError
from readiness.importers.cases import table
from readiness.importers.formats import assessment
from readiness.importers.formats.any_table import IMPORTER as ANY_TABLE
from readiness.importers.formats.assessment import IMPORTER as ASSESSMENT
from readiness.importers.formats.deepeval import IMPORTER as DEEPEVAL
from readiness.importers.formats.deepeval_traces import IMPORTER as DEEPEVAL_TRACES
from readiness.importers.formats.inspect_log import IMPORTER as INSPECT_LOG
from readiness.importers.formats.judge_labels import IMPORTER as JUDGE_LABELS
from readiness.importers.formats.junit import IMPORTER as JUNIT
from readiness.importers.formats.langfuse import IMPORTER as LANGFUSE
from readiness.importers.formats.langsmith import IMPORTER as LANGSMITH
from readiness.importers.formats.lm_eval import IMPORTER as LM_EVAL
from readiness.importers.formats.mlflow_eval import IMPORTER as MLFLOW_EVAL
from readiness.importers.formats.mlflow_traces import IMPORTER as MLFLOW_TRACES
from readiness.importers.formats.native_results import IMPORTER as NATIVE_RESULTS
from readiness.importers.formats.native_spans import IMPORTER as NATIVE_SPANS
from readiness.importers.formats.openinference import IMPORTER as OPENINFERENCE
from readiness.importers.formats.otlp import IMPORTER as OTLP
from readiness.importers.formats.promptfoo import IMPORTER as PROMPTFOO
from readiness.importers.source import encodings
from readiness.importers.source.gateway import NotUtf8, Source
from readiness.tracing import analysis, sampling

from . import naming, not_read
from .batch import VERSION, Batch, Importer, Options

__all__ = ["IMPORTERS", "Batch", "Importer", "Options", "Source", "noted", "read"]

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
    OTLP,
    OPENINFERENCE,
    LANGFUSE,
    LANGSMITH,
    NATIVE_SPANS,
    JUDGE_LABELS,
    NATIVE_RESULTS,
    ANY_TABLE,
]
"""In the order they are asked; the strictest first."""

_DEFAULTS = Options()


def read(source: Source, options: Options = _DEFAULTS) -> Batch:
    """The whole file as a batch; raises InputError naming the file, and then nothing of it is kept."""
    try:
        try:
            return _read(source, options)
        except NotUtf8:
            return _read(source, options, western=True)
    except ReadinessError as exc:
        if exc.file:
            raise
        raise exc.within(file=source.name) from exc
    except duckdb.Error as exc:
        raise table.refusal(exc, source) from exc
    except OSError as exc:
        raise InputError("the file cannot be read", file=source.name, expected="a file that may be opened") from exc
    except (MemoryError, pyarrow.ArrowMemoryError) as exc:
        raise InputError(
            "the file needs more memory than there is", file=source.name, expected="a smaller file"
        ) from exc
    except RecursionError as exc:
        raise InputError("the content is nested too deeply", file=source.name, expected="ordinary nesting") from exc
    except RuntimeError as exc:
        if "can't start new thread" not in str(exc):
            raise
        raise InputError(
            "the file needs more memory than there is", file=source.name, expected="a smaller file"
        ) from exc


def _read(source: Source, options: Options, *, western: bool = False) -> Batch:
    if options.measured_on and not clock.is_plausible(options.measured_on):
        problem = f"{options.measured_on} cannot be when it was measured"
        raise InputError(problem, place="measured on", expected=clock.PLAUSIBLE)
    with encodings.plain(source, western=western) as plain:
        importer = _choose(plain.source, options)
        with ThreadPoolExecutor(1) as pool:  # the digest of a large file takes a while, and needs nothing of the rest
            pool.submit(lambda: source.digest)
            with _without_collection():
                batch = importer.read(plain.source, options)
        notes = [*plain.notes, *filter(None, [naming.alike(naming.names_of(batch.cells))])]
        return _named(noted(_summed(batch, options), notes), source, options)


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
        for importer in IMPORTERS:
            if importer.format == options.format:
                long = importer is ANY_TABLE and "metric" not in options.mapping and NATIVE_RESULTS.sniff(source)
                return NATIVE_RESULTS if long else importer
        known = ", ".join(importer.format for importer in IMPORTERS)
        raise InputError(f"the format {options.format!r} is not known", expected=f"one of {known}")
    if "value" in options.mapping:  # only native results have one, so the columns go by other names here
        return NATIVE_RESULTS
    if "human" in options.mapping:
        return JUDGE_LABELS
    *strict, any_table = IMPORTERS
    for importer in strict:
        if importer.sniff(source):
            return importer
    not_read.refuse(source)
    if any_table.sniff(source):
        return any_table
    if assessment.is_toml(source):
        return ASSESSMENT
    raise InputError(
        "the format is not recognised", expected=f"one of {'; '.join(importer.title for importer in IMPORTERS)}"
    )
