"""Files that are stored: added whole, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from readiness import clock
from readiness.access import Principal, authorize
from readiness.decision.merging import OnConflict
from readiness.model.assessment import AssessmentFile
from readiness.model.dossier import Done, FileContents
from readiness.model.evidence import Doubt
from readiness.store import Store
from readiness.store.changes import assessments, confirmations, evidence
from readiness.store.changes.evidence import FilesChanged

from ._writing import write

__all__ = ["FilesChanged", "add", "add_assessment", "check_assessment", "confirm", "remove"]


def add_assessment(
    store: Store,
    by: Principal,
    file: AssessmentFile,
    *,
    name: str,
    digest: str,
    as_of: dt.date,
    on_conflict: OnConflict = "stop",
) -> Done:
    """Store what an assessment file states; `digest` is that of its bytes.

    Raises Denied, InputError, and Conflicts with what somebody changed since a file of the assessment was last read.
    """
    return write(
        store,
        by,
        "import",
        file.system.slug,
        lambda session: assessments.add_assessment(
            session, by.name, file, name=name, digest=digest, as_of=as_of, on_conflict=on_conflict
        ),
    )


def check_assessment(
    store: Store,
    by: Principal,
    file: AssessmentFile,
    *,
    name: str,
    digest: str,
    on_conflict: OnConflict = "stop",
    beside: Sequence[AssessmentFile] = (),
) -> None:
    """Raises what storing the file would raise after those beside it, and stores nothing."""
    authorize(by, "import", file.system.slug)
    with store.reading() as session:
        assessments.check(session, file, name=name, digest=digest, on_conflict=on_conflict, beside=beside)


def add(store: Store, by: Principal, slug: str, contents: FileContents, *, as_of: dt.date | None = None) -> Done:
    """Store a file's figures and traces; the same bytes again store nothing, read in another way they replace.

    Raises Denied, NotFound, InputError for a text before redaction that would be kept too long, and FilesChanged where
    it was worked out beside other files than are there now.
    """
    day = as_of or clock.today()
    return write(
        store,
        by,
        "import",
        slug,
        lambda session: evidence.add_evidence(session, by.name, slug, contents, as_of=day),
    )


def confirm(store: Store, by: Principal, slug: str, evidence_id: int, reason: str, *, seen: Sequence[Doubt]) -> Done:
    """Let a file count although something in it does not fit, as it was `seen`; the reason stands in every pack.

    Raises Denied, NotFound, InputError without a reason, and Conflict where something else does not fit by now.
    """
    return write(
        store,
        by,
        "import",
        slug,
        lambda session: confirmations.confirm(session, by.name, slug, evidence_id, reason, seen=seen),
    )


def remove(store: Store, by: Principal, slug: str, evidence_id: int) -> Done:
    """Take an import back: its figures and traces go, the record keeps that it was there. Raises Denied, NotFound."""
    return write(
        store,
        by,
        "evidence.remove",
        slug,
        lambda session: evidence.remove_evidence(session, by.name, slug, evidence_id),
    )
