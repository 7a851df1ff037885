"""The tables: validated records with an id, and what only the store knows of them.

`row_version` counts the edits of a row that people edit; a write names the one it saw, and a lost race is told.
(`version` alone would read as the version under review, which cells and traces carry.)
"""

from .base import StoreTable, Utc
from .chain import EventRow, MetaRow
from .decisions import DecisionConditionRow, DecisionRow
from .evidence import CellRow, EvidenceRow, OutcomeRow, PairRow
from .gaps import DraftRow, DueMoveRow, HandoverRow, IssueClaimRow, MarkRow, ReminderRow
from .incidents import IncidentAnswerRow, IncidentRow
from .notes import NoteReplyRow, NoteRow
from .packs import PackLinkRow, PackLookRow, PackSentRow
from .people import GrantRow, LoginRow, PersonAddressRow, PersonLoginRow, PersonRow, TokenRow
from .sources import SourcePullRow, SourceRow
from .stages import StageStepRow
from .systems import AssessmentRow, DocumentRow, SignOffRow, StatusRow, SystemRow
from .traces import ExcerptRow, SpanBatchRow, SpanTurnRow, StageRow, TraceCountRow, TraceRow, UnredactedTextRow
from .weeks import WeeklyReviewRow

__all__ = [
    "AssessmentRow",
    "CellRow",
    "DecisionConditionRow",
    "DecisionRow",
    "DocumentRow",
    "DraftRow",
    "DueMoveRow",
    "EventRow",
    "EvidenceRow",
    "ExcerptRow",
    "GrantRow",
    "HandoverRow",
    "IncidentAnswerRow",
    "IncidentRow",
    "IssueClaimRow",
    "LoginRow",
    "MarkRow",
    "MetaRow",
    "NoteReplyRow",
    "NoteRow",
    "OutcomeRow",
    "PackLinkRow",
    "PackLookRow",
    "PackSentRow",
    "PairRow",
    "PersonAddressRow",
    "PersonLoginRow",
    "PersonRow",
    "ReminderRow",
    "SignOffRow",
    "SourcePullRow",
    "SourceRow",
    "SpanBatchRow",
    "SpanTurnRow",
    "StageRow",
    "StageStepRow",
    "StatusRow",
    "StoreTable",
    "SystemRow",
    "TokenRow",
    "TraceCountRow",
    "TraceRow",
    "UnredactedTextRow",
    "Utc",
    "WeeklyReviewRow",
]
