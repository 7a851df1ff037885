"""From a file to the store: recognise, name the versions, check against the checklist, store all of it or nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from readiness import clock, importers
from readiness.access import KEEPER, Principal, allowed, authorize, authorize_anywhere
from readiness.decision.merging import OnConflict
from readiness.errors import Conflict, InputError, NotFound, ReadinessError
from readiness.importers import Batch, Options, Source, TableSource, naming
from readiness.importers.batch import PREFIXES
from readiness.importers.formats import assessment
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, AssessmentFile, VersionRole
from readiness.model.dossier import Done
from readiness.model.evidence import ReadAs
from readiness.store import Store, queries

from . import _contents, _policies, _signed, evidence, reviews, systems, unredacted

MOST_TRIES = 20
"""A file is worked out anew where others were stored meanwhile, one of which is stored in each round."""


@dataclass(frozen=True)
class ImportRequest:
    """One file, and what the person says about it. `name` is what they call it; by default its file name.

    `seen` is the system they look at: its files say how such a file was mapped before, but the file may be of another.
    With `address` it is no file but the `table` of an engine there.
    """

    path: Path
    name: str = ""
    system: str = ""
    seen: str = ""
    role: VersionRole | None = None
    options: Options = field(default_factory=Options)
    address: str = field(default="", repr=False)
    table: str = ""

    @cached_property
    def source(self) -> Source:
        """Raises InputError where there is nothing to read."""
        return TableSource.of(self.address, self.table) if self.table else Source.open(self.path, self.name)


@dataclass(frozen=True)
class ReadFile:
    """A file that was read, and the system it belongs to."""

    batch: Batch
    system: str


def read(store: Store, by: Principal, request: ImportRequest, *, beside: AssessmentFile | None = None) -> Batch:
    """What the file holds, understood but not stored. Raises InputError, NotFound and Denied.

    `beside` is the assessment that is imported with it and not stored yet.
    """
    authorize_anywhere(by, "import")
    batch = _read(store, by, request, beside)
    if slug := batch.assessment.system.slug if batch.assessment else request.system:
        authorize(by, "import", slug)
    return batch


def _read(
    store: Store,
    by: Principal,
    request: ImportRequest,
    beside: AssessmentFile | None,
    signing: Sequence[_signed.Bundle] = (),
) -> Batch:
    with _signed.opened(request.source, signing) as opened:
        return _signed.told(_read_source(store, by, request, opened.source, beside), opened)


def _read_source(
    store: Store, by: Principal, request: ImportRequest, source: Source, beside: AssessmentFile | None
) -> Batch:
    options = request.options
    if request.role is not None and not assessment.IMPORTER.sniff(source):
        options = replace(options, version=_version_of(store, by, request, beside))
    known = _known_system(store, by, request, beside)
    options = replace(
        options,
        labelled=queries.labelled(store, known) if known else frozenset(),
        units=_units(store, known, beside),
    )
    batch = _as_last_time(store, known, source, options, importers.read(source, options))
    if known and batch.cells:
        others = naming.names_of(queries.names(store, known, without=batch.digest))
        if note := naming.alike(naming.names_of(batch.cells), others):
            batch = importers.noted(batch, [note])
    if batch.evidence is not None:
        file = _contents.doubted(store, by, known, batch, batch.evidence)
        if stage := options.stage.strip():
            file = file.model_copy(update={"options": ReadAs(**{**file.options.model_dump(), "stage": stage})})
        batch = replace(batch, evidence=file)
    if (stated := batch.assessment) is not None:
        _check(stated, source.name)
        batch = replace(batch, warnings=(*batch.warnings, *_check_policy(store, stated, source.name)))
        if request.system not in ("", stated.system.slug):
            raise InputError(
                tr("the file is about {slug!r}", slug=stated.system.slug),
                file=source.name,
                place="system.slug",
                expected=tr("{system!r}, the system that was named", system=request.system),
            )
    return batch


def _known_system(store: Store, by: Principal, request: ImportRequest, beside: AssessmentFile | None) -> str:
    """The system whose earlier imports say how this file is read: named, looked at, imported with it, the only one."""
    named = request.system or request.seen or (beside.system.slug if beside else "")
    slugs = [named] if named else systems.slugs(store, by)
    return slugs[0] if len(slugs) == 1 and allowed(by, "read", slugs[0]) else ""


def _units(store: Store, system: str, beside: AssessmentFile | None) -> dict[str, str]:
    """The units of the metrics that the checklist of the system knows, or else the one that a system has by default."""
    checklist = Assessment.model_fields["checklist"].default
    if beside is not None:
        checklist = beside.assessment.checklist
    elif system:
        with contextlib.suppress(NotFound):
            checklist = queries.latest_assessment(store, system).checklist
    metrics = checklists.every().get(checklist)
    return {metric.id: metric.unit for metric in metrics.metrics} if metrics else {}


def _as_last_time(store: Store, system: str, source: Source, options: Options, batch: Batch) -> Batch:
    """Read again with the mapping that a person chose for such a file before, unless one is given now."""
    if options.fields or not batch.shape or not system:
        return batch
    metrics = {cell.metric for cell in batch.cells}
    before = {
        key: value
        for key, value in queries.last_mapping(store, system, batch.shape).items()
        if not key.startswith(PREFIXES) or key.partition(":")[2] in metrics
    }
    if not before:
        return batch
    again = importers.read(source, replace(options, mapping=before | options.mapping))
    told = ", ".join(f"{key}={value}" for key, value in before.items())
    return replace(again, warnings=(*again.warnings, tr("mapped as last time: {fields}", fields=told)))


def read_all(store: Store, by: Principal, requests: Sequence[ImportRequest]) -> list[ReadFile]:
    """Several files that belong together, the assessments first; one bad file and none of them is stored.

    What signs others of them is no file of its own.
    """
    files: list[ReadFile] = []
    stated: AssessmentFile | None = None
    signing, apart = _signed.apart([request.source for request in requests])
    wanted = [request for request in requests if any(request.source is source for source in apart)]
    for request in sorted(wanted, key=lambda request: not _is_assessment(request, signing)):
        batch = _read(store, by, request, stated, signing)
        stated = batch.assessment or stated
        own = stated.system.slug if stated else ""
        system = own if batch.assessment else request.system or own or _only_system(store, by, "", batch.name)
        if system != own:
            queries.latest_assessment(store, system)
        authorize(by, "import", system)
        files.append(ReadFile(batch, system))
    return sorted(files, key=_day_of)


def _day_of(file: ReadFile) -> dt.date:
    """Earlier assessments are stored first, since a later one goes on from them; files that are none come last."""
    return (file.batch.assessment.assessment.assessed_on if file.batch.assessment else None) or dt.date.max


def _is_assessment(request: ImportRequest, signing: Sequence[_signed.Bundle]) -> bool:
    with _signed.opened(request.source, signing) as opened:
        return assessment.IMPORTER.sniff(opened.source)


def keep(
    store: Store,
    by: Principal,
    batch: Batch,
    *,
    system: str = "",
    as_of: dt.date,
    chosen: Collection[str] | None = None,
    on_conflict: OnConflict = "stop",
) -> Done:
    """Store a batch that was read. Raises InputError where a result file does not say whose it is.

    Raises Conflicts where somebody changed what an assessment file states, unless it is said which is right. `chosen`
    are the traces to keep, where a person would have others than those that are proposed.
    """
    if batch.assessment is not None:
        file, name, digest = batch.assessment, batch.name, batch.digest
        return evidence.add_assessment(store, by, file, name=name, digest=digest, as_of=as_of, on_conflict=on_conflict)
    slug = _only_system(store, by, system, batch.name)
    authorize(by, "import", slug)
    unredacted.expire(store, KEEPER, today=clock.today())
    for _ in range(MOST_TRIES):
        with contextlib.suppress(evidence.FilesChanged):
            return evidence.add(store, by, slug, _contents.contents(store, by, batch, slug, as_of, chosen), as_of=as_of)
    problem = tr("other files of the system are stored all the time; nothing was stored")
    raise Conflict(problem, file=batch.name, expected=tr("another try"))


def check(store: Store, by: Principal, *batches: Batch, on_conflict: OnConflict = "stop") -> None:
    """Raises what storing assessment files one after the other would raise, and stores nothing.

    Of other files nothing is asked.
    """
    stated: list[AssessmentFile] = []
    for batch in batches:
        if file := batch.assessment:
            evidence.check_assessment(
                store, by, file, name=batch.name, digest=batch.digest, on_conflict=on_conflict, beside=tuple(stated)
            )
            stated.append(file)


def _only_system(store: Store, by: Principal, system: str, file: str) -> str:
    """The system that was named, or the only one there is."""
    if system:
        return system
    slugs = systems.slugs(store, by)
    if len(slugs) == 1:
        return slugs[0]
    raise InputError(
        tr("it is not said which system this file belongs to"),
        file=file,
        expected=tr("one of {known}", known=", ".join(slugs))
        if slugs
        else tr("an assessment file to be imported first"),
    )


def _version_of(store: Store, by: Principal, request: ImportRequest, beside: AssessmentFile | None) -> str:
    """The version that plays a role in the system's latest assessment, or in the one imported with the file."""
    if beside is not None and request.system in ("", beside.system.slug):
        slug, latest = beside.system.slug, beside.assessment
    else:
        slug = _only_system(store, by, request.system, request.name or request.path.name)
        authorize(by, "read", slug)
        latest = queries.latest_assessment(store, slug)
    version = str(getattr(latest, str(request.role)))
    if not version:
        raise InputError(
            tr("the assessment of {slug} names no {role}", slug=slug, role=request.role),
            expected=tr("the version itself"),
        )
    return version


def _check(file: AssessmentFile, name: str) -> None:
    """What only the checklist can tell: whether it is there, and whether it has these signals."""
    try:
        checklist = checklists.named(file.assessment.checklist)
    except ReadinessError as exc:
        raise InputError(exc.problem, file=name, place="checklist", expected=exc.expected) from exc
    for mark in file.marks:
        try:
            checklist.signal(mark.signal)
        except InputError as exc:
            raise InputError(exc.problem, file=name, place=f"marks.{mark.signal}", expected=exc.expected) from exc


def _check_policy(store: Store, file: AssessmentFile, name: str) -> list[str]:
    """What a person should know of the gates of a file. Raises InputError for a threshold that cannot be."""
    if file.policy is None:
        return []
    slug, checklist = file.system.slug, file.assessment.checklist
    gates = [(f"policy.gates.{at}", gate) for at, gate in enumerate(file.policy.gates)]
    return _policies.check(store, slug, checklist, gates, file=name)


def export(store: Store, by: Principal, slug: str, *, as_of: dt.date) -> AssessmentFile:
    """What the latest assessment of a system states, as its file would."""
    review = reviews.load(store, by, slug, as_of=as_of)
    return AssessmentFile(
        system=review.dossier.system.record,
        assessment=review.assessment,
        marks=[answer.mark for answer in review.answers if answer.id is not None],
        policy=review.policy.record if review.policy else None,
        monitoring=review.monitoring.record if review.monitoring else None,
        card=review.card.record if review.card else None,
    )


def text(file: AssessmentFile) -> str:
    """The assessment file as TOML; reading it back gives the same content."""
    return assessment.dump(file)
