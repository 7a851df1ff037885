"""Every read. Rows leave the store as records with their id and the row version that a write must name."""

from .contributions import contributions
from .documents import document, latest_document, revisions, sign_offs
from .dossiers import dossier, dossiers, latest_dossier
from .events import chain, events, hashes, head, last_hash, meta, verified_facts
from .evidence import (
    beside,
    drawn,
    file_versions,
    files,
    labelled,
    last_mapping,
    metric_units,
    names,
    outcomes,
    overall,
    traces_of,
    versions,
)
from .gaps import find_gap, gap_owner, gaps, marks_of, owners
from .records import record_of, stored
from .systems import (
    assessment_rows,
    assessments,
    earliest,
    find_system,
    in_force,
    latest_assessment,
    refuse_before,
    statuses,
    systems,
)

__all__ = [
    "assessment_rows",
    "assessments",
    "beside",
    "chain",
    "contributions",
    "document",
    "dossier",
    "dossiers",
    "drawn",
    "earliest",
    "events",
    "file_versions",
    "files",
    "find_gap",
    "find_system",
    "gap_owner",
    "gaps",
    "hashes",
    "head",
    "in_force",
    "labelled",
    "last_hash",
    "last_mapping",
    "latest_assessment",
    "latest_document",
    "latest_dossier",
    "marks_of",
    "meta",
    "metric_units",
    "names",
    "outcomes",
    "overall",
    "owners",
    "record_of",
    "refuse_before",
    "revisions",
    "sign_offs",
    "statuses",
    "stored",
    "systems",
    "traces_of",
    "verified_facts",
    "versions",
]
