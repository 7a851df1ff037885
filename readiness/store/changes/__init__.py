"""Every write: authorised, compared with what the writer saw, and audited, in one transaction.

Each function answers with a sentence that says what was stored.
"""

from readiness.model.dossier import Done

from .assessments import add_assessment
from .documents import save_document
from .evidence import add_evidence, label_trace, remove_evidence
from .excerpts import hold_back, let_out
from .marks import answer, change_gap
from .meta import set_meta
from .signoffs import sign_off
from .unredacted import expire_raw, note_raw_reading

__all__ = [
    "Done",
    "add_assessment",
    "add_evidence",
    "answer",
    "change_gap",
    "expire_raw",
    "hold_back",
    "label_trace",
    "let_out",
    "note_raw_reading",
    "remove_evidence",
    "save_document",
    "set_meta",
    "sign_off",
]
