"""One import as a person does it, and whether what is stored afterwards is all of what was read, or nothing."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import sqlalchemy

from readiness.errors import ReadinessError
from readiness.importers import Batch
from readiness.model.assessment import AssessmentFile
from readiness.model.record import Record
from readiness.services import evidence, imports
from readiness.services.imports import ImportRequest
from readiness.store import Store, open_store, queries
from tests import factories
from tests.factories import SLUG, TODAY

NAME = "upload.bin"
LONGEST = 2_500
"""Characters of a sentence; it may list the columns or formats that there are."""
RESULTS = ("evidence", "cell", "trace", "outcome", "pair", "stage_figure", "trace_count", "raw_text", "excerpt")
TABLES = (*RESULTS, "system", "assessment", "mark", "document")
NO_SENTENCE = ("more memory than there is", "Out of Memory", "Traceback")


class Bench:
    """A store that is as empty before each file as before the first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.dana, self.stores = folder, factories.principal(), 0
        self._open()

    def _open(self) -> None:
        self.stores += 1
        self.store: Store = open_store(f"sqlite:///{self.folder / f'{self.stores}.db'}")
        file = factories.assessment_file(factories.mark("capacity", "yes"))
        name, digest = "a.toml", factories.digest("a.toml")
        evidence.add_assessment(self.store, self.dana, file, name=name, digest=digest, as_of=TODAY)
        self.before = self._counts()

    def close(self) -> None:
        self.store.close()

    def _counts(self) -> list[int]:
        with self.store.engine.connect() as connection:
            count = sqlalchemy.select(sqlalchemy.func.count())
            return [connection.execute(count.select_from(sqlalchemy.table(name))).scalar_one() for name in TABLES]

    def imported(self, path: Path) -> tuple[str, str]:
        """Whether the file was refused or stored, and what is wrong with that; empty where nothing is."""
        try:
            batch = imports.read(self.store, self.dana, ImportRequest(path=path, name=NAME, seen=SLUG))
            imports.keep(self.store, self.dana, batch, system=SLUG, as_of=TODAY)
        except ReadinessError as exc:
            return "refused", self._refused(str(exc))
        except Exception:  # noqa: BLE001 - whatever comes is what is looked for
            return "raised", traceback.format_exc(limit=-3)
        return "stored", self._stored(batch)

    def _refused(self, sentence: str) -> str:
        if self._counts() != self.before:
            return f"refused, and something is stored: {sentence}"
        if not sentence.startswith(NAME) or len(sentence.splitlines()) != 1 or not sentence.endswith("."):
            return f"no sentence about the file: {sentence[:300]!r}"
        if len(sentence) > LONGEST or any(sign in sentence for sign in NO_SENTENCE):
            return f"no sentence that helps ({len(sentence):,} characters): {sentence[:300]!r}"
        return ""

    def _stored(self, batch: Batch) -> str:
        if batch.assessment is not None:
            wrong = self._differs(batch.assessment)
            self.close()
            self._open()
            return wrong
        stored = queries.dossier(self.store, SLUG)
        (number,) = stored.evidence
        cells, traces = [cell for _, cell in stored.cells], [trace.record for _, trace in stored.traces]
        wrong = ""
        if _plain(cells) != _plain(batch.cells):
            wrong = f"{len(cells):,} cells are stored of {len(batch.cells):,}, or others"
        elif _plain(traces) != _plain(batch.samples()):
            wrong = f"{len(traces):,} traces are stored of {len(batch.samples()):,}, or others"
        elif stored.evidence[number].record.digest != batch.digest:
            wrong = "another digest is stored"
        evidence.remove(self.store, self.dana, SLUG, number)
        return wrong or ("" if self._counts() == self.before else "something stays when it is taken back")

    def _differs(self, file: AssessmentFile) -> str:
        kept = imports.export(self.store, self.dana, file.system.slug, as_of=file.assessment.assessed_on or TODAY)
        marks = {mark.signal: mark for mark in kept.marks}
        same = kept.system == file.system and all(marks.get(mark.signal) == mark for mark in file.marks)
        return "" if same else "another assessment is stored"


def _plain(records: Any) -> list[str]:
    """Records that can be compared, in one order."""
    return sorted(_said(record) for record in records)


def _said(record: Record) -> str:
    return repr(sorted(record.model_dump(mode="json").items()))
