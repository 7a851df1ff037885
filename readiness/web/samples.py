"""Which traces of a file are kept: proposed with the reason for each, decided by the person."""

from __future__ import annotations

import streamlit as st

from readiness import formatting
from readiness.importers import Batch
from readiness.model.traces import Trace
from readiness.tracing import sampling

from . import widgets


def ask(batch: Batch) -> frozenset[str] | None:
    """The ids of the traces to keep; None where nothing is to be chosen, since the file is small."""
    if batch.found <= sampling.FEW:
        return None
    widgets.heading(
        "Which traces to keep",
        f"Figures are drawn from all {batch.found:,}. These {len(batch.proposal):,} are stored whole, to be read and "
        "labelled; untick what is not needed.",
    )
    if len(batch.traces) == batch.found and st.checkbox(f"Keep all {batch.found:,}", key=f"all_{batch.digest}"):
        return frozenset(trace.trace_id for trace in batch.traces)
    with st.container(height=360 if len(batch.proposal) > 8 else "content", border=True):
        return frozenset(trace.trace_id for trace in batch.samples() if _ticked(batch, trace))


def _ticked(batch: Batch, trace: Trace) -> bool:
    """A trace that a person labelled before stays."""
    return st.checkbox(
        widgets.plain(
            " · ".join(
                (
                    formatting.capital(sampling.told(trace.kept_for)),
                    trace.version or "no version",
                    trace.trace_id[:12],
                )
            )
        ),
        value=True,
        disabled=any(reason.kind == "labelled" for reason in trace.kept_for),
        key=f"keep_{batch.digest}_{trace.trace_id}",
    )
