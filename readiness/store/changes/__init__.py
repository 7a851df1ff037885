"""Every write: authorised, compared with what the writer saw, and audited, in one transaction.

Each function answers with a sentence that says what was stored.
"""

from .assessments import add_assessment
from .base import Done
from .documents import save_document
from .evidence import add_evidence, label_trace, remove_evidence
from .marks import answer, change_gap
from .meta import set_meta
from .raw import expire_raw
from .signoffs import sign_off

__all__ = [
    "Done",
    "add_assessment",
    "add_evidence",
    "answer",
    "change_gap",
    "expire_raw",
    "label_trace",
    "remove_evidence",
    "save_document",
    "set_meta",
    "sign_off",
]
