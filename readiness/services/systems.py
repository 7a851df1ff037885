"""Systems and their assessments: begun, edited, archived and deleted without a file."""

from __future__ import annotations

from functools import partial

from readiness import clock, names
from readiness.access import Action, Principal, allowed, authorize
from readiness.errors import InputError
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import ArchivedSystem, Done, Stored
from readiness.store import Store, queries
from readiness.store.changes import next_assessments, systems

from ._writing import Change, settle, write


def slugs(store: Store, by: Principal) -> list[str]:
    """The short names of the systems that this principal may read."""
    return [slug for slug in queries.slugs(store) if allowed(by, "read", slug)]


def free_slug(store: Store, by: Principal, name: str) -> str:
    """What a system of this name would be called in addresses: short, and not taken. Raises Denied."""
    authorize(by, "system.create")
    return names.slug(name, {system.slug for system in queries.systems(store)})


def create(store: Store, by: Principal, system: System, assessment: Assessment) -> Done:
    """Make a system with its first assessment, dated today unless it says when.

    Whoever may act on some systems only may make none. Raises Denied, and InputError where the slug is taken.
    """
    authorize(by, "system.create")
    _named(system)
    checklists.named(assessment.checklist)
    if assessment.assessed_on and assessment.assessed_on > clock.today():
        raise InputError(
            tr("the assessment is dated after today"), place=tr("assessed on"), expected=tr("a day up to today")
        )
    made = partial(systems.create, actor=by.name, system=system, assessment=assessment)
    return settle(store, system.slug, made, archived=True)


def edit(store: Store, by: Principal, system: System, *, seen: int) -> Done:
    """Change name, owner or description of the system with this slug; `seen` is the row version.

    Raises Denied, NotFound, InputError and Conflict.
    """
    _named(system)
    return _change(store, by, system.slug, lambda session: systems.edit(session, by.name, system, seen=seen))


def start_assessment(store: Store, by: Principal, slug: str, assessment: Assessment, *, seen: int) -> Done:
    """Begin the next assessment after the one in force, whose id was `seen`.

    Gaps, policy and plan go on; what was controlled has to be confirmed (`marks.confirm`). Raises Denied, NotFound,
    InputError for a day or a name that cannot be, and Conflict.
    """
    checklists.named(assessment.checklist)
    return _change(
        store, by, slug, lambda session: next_assessments.start(session, by.name, slug, assessment, seen=seen)
    )


def edit_assessment(
    store: Store, by: Principal, slug: str, assessment_id: int, assessment: Assessment, *, seen: int
) -> Done:
    """Change what the assessment in force says of itself; its day and its checklist stay.

    Raises Denied, NotFound, InputError and Conflict.
    """
    return _change(
        store,
        by,
        slug,
        lambda session: next_assessments.edit(session, by.name, slug, assessment_id, assessment, seen=seen),
    )


def archive(store: Store, by: Principal, slug: str, reason: str, *, seen: int) -> Done:
    """Put a system away, so that it is on no list. Raises Denied, NotFound, InputError without a reason, Conflict."""
    return _change(store, by, slug, lambda session: systems.archive(session, by.name, slug, reason, seen=seen), True)


def restore(store: Store, by: Principal, slug: str, *, seen: int) -> Done:
    """Take a system out of the archive. Raises Denied, NotFound and Conflict."""
    return _change(store, by, slug, lambda session: systems.restore(session, by.name, slug, seen=seen), True)


def delete(store: Store, by: Principal, slug: str, reason: str, *, seen: int) -> Done:
    """Delete all that is stored of a system in the archive; the record keeps that it was there, and the reason.

    Raises Denied, NotFound, InputError without a reason or for a system that is not archived, and Conflict.
    """
    return write(
        store,
        by,
        "system.delete",
        slug,
        lambda session: systems.remove(session, by.name, slug, reason, seen=seen),
        archived=True,
    )


def archived(store: Store, by: Principal) -> list[ArchivedSystem]:
    """The systems in the archive that this principal may read."""
    return [system for system in queries.archived(store) if allowed(by, "read", system.slug)]


def one(store: Store, by: Principal, slug: str) -> Stored[System]:
    """What a system says of itself, archived or not, with the row version that a change names.

    Raises Denied and NotFound.
    """
    authorize(by, "read", slug)
    return queries.system(store, slug)


def _change(store: Store, by: Principal, slug: str, change: Change, archived: bool = False) -> Done:
    action: Action = "system.edit"
    return write(store, by, action, slug, change, archived=archived)


def _named(system: System) -> None:
    if names.is_to_come(system.name):
        raise InputError(tr("the system has no name"), place="name", expected=tr("what people call it"))
