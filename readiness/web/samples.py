"""Which traces of a file are kept: proposed with the reason for each, decided by the person."""

from __future__ import annotations

import streamlit as st

from readiness import formatting
from readiness.importers import Batch
from readiness.language import tr
from readiness.model.traces import Trace
from readiness.tracing import sampling

from . import widgets


def ask(batch: Batch) -> frozenset[str] | None:
    """The ids of the traces to keep; None where nothing is to be chosen, since the file is small."""
    if batch.found <= sampling.FEW:
        return None
    widgets.heading(
        tr("Which traces to keep"),
        tr(
            "Figures are drawn from all {found}. These {kept} are stored whole, to be read and labelled; "
            "untick what is not needed.",
            found=formatting.whole(batch.found),
            kept=formatting.whole(len(batch.proposal)),
        ),
    )
    if len(batch.traces) == batch.found and st.checkbox(
        tr("Keep all {found}", found=formatting.whole(batch.found)), key=f"all_{batch.digest}"
    ):
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
                    trace.version or tr("no version"),
                    trace.trace_id[:12],
                )
            )
        ),
        value=True,
        disabled=any(reason.kind == "labelled" for reason in trace.kept_for),
        key=f"keep_{batch.digest}_{trace.trace_id}",
    )
