"""Releases of the past as people leave them behind: assessed, decided or stepped into, and what went wrong after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from readiness import clock
from readiness.importers import Options
from readiness.model.assessment import Assessment, MarkValue, System
from readiness.model.decisions import DecisionOutcome
from readiness.model.incidents import ReportedIncident
from readiness.review import signoff
from readiness.services import decisions, imports, incidents, reviews, stages
from readiness.services import systems as systems_service
from readiness.store import Store, queries
from tests import decided, factories, files
from tests.factories import BASELINE, CANDIDATE, TODAY

DANA = factories.principal()
WRONG = "Who counted was made up"


def on(days: int) -> dt.date:
    """So many days from today."""
    return TODAY + dt.timedelta(days=days)


@dataclass(frozen=True)
class PastDesk:
    """A store that is written into day by day, each write on the day it says."""

    store: Store
    folder: Path
    patch: pytest.MonkeyPatch

    @contextmanager
    def day(self, days: int, hour: int = 12) -> Iterator[None]:
        moment = dt.datetime.combine(on(days), dt.time(hour), dt.UTC)
        with self.patch.context() as patch:
            patch.setattr(clock, "now", lambda: moment)
            yield

    def assess(
        self, slug: str, days: int, version: str = CANDIDATE, *, shown: bool = False, **answers: MarkValue | Any
    ) -> None:
        """An assessment of a day; everything is controlled save for these answers; `shown` is measured too."""
        file = files.whole(**answers)
        file.system = System(slug=slug, name=slug.replace("-", " ").title())
        file.assessment = Assessment(candidate=version, baseline=BASELINE, assessed_on=on(days))
        if file.policy and file.policy.rollback:
            file.policy.rollback.rehearsed_on = on(days)
        with self.day(days, 8):
            files.keep(self.store, files.assessment(self.folder, file, f"{slug}{days}.toml"), as_of=on(days))
            if shown:
                self._show(slug, on(days))

    def _show(self, slug: str, day: dt.date) -> None:
        """Results and traces of the day, from which the answers follow."""
        for path in (files.results(self.folder), files.spans(self.folder, day=day)):
            options = Options(measured_on=day if path.suffix == ".csv" else None)
            request = imports.ImportRequest(path, system=slug, options=options)
            imports.keep(self.store, DANA, imports.read(self.store, DANA, request), system=slug, as_of=day)

    def decide(self, slug: str, days: int, outcome: DecisionOutcome = "go") -> None:
        """On the assessment in force, with a risk that is accepted where the verdict allows no rollout."""
        with self.day(days, 9):
            review = reviews.load(self.store, DANA, slug, as_of=on(days))
            against = outcome == "go" and review.verdict.level not in ("staged", "narrow")
            decisions.decide(
                self.store,
                DANA,
                slug,
                review.assessment_id,
                outcome=outcome,
                decided_on=on(days),
                people=["dana"],
                reasons="the pilot has gone well",
                risks=[decided.RISK | {"expires": on(days + 400)}] if against else (),
                seen=signoff.seen(review),
                as_of=on(days),
            )

    def step(self, slug: str, days: int, action: Any = "advance") -> None:
        with self.day(days, 10):
            review = reviews.load(self.store, DANA, slug, as_of=on(days))
            seen = len(review.dossier.steps)
            number = review.assessment_id
            stages.take(self.store, DANA, slug, number, action, note="all agreed", seen=seen, as_of=on(days))

    def incident(
        self, slug: str, days: int, version: str = "", *, signal: str = "abstention", what: str = WRONG
    ) -> None:
        with self.day(days, 11):
            told = ReportedIncident(what=what, on=on(days), version=version, signals=[signal])
            incidents.report(self.store, DANA, slug, told)

    def withdraw(self, slug: str, days: int) -> None:
        """The last incident that was reported."""
        with self.day(days), self.store.reading() as session:
            row = queries.find_system(session, slug)
            last = queries.incidents.of_system(session, row.id)[-1]
        with self.day(days):
            incidents.withdraw(self.store, DANA, slug, last.id, "it was none", seen=last.row_version)

    def archive(self, slug: str, days: int) -> None:
        with self.day(days):
            systems_service.archive(self.store, DANA, slug, "replaced", seen=1)

    def release(
        self, slug: str, days: int, version: str = CANDIDATE, *, shown: bool = False, **answers: MarkValue | Any
    ) -> None:
        """Assessed and decided to go on one day."""
        self.assess(slug, days, version, shown=shown, **answers)
        self.decide(slug, days)


def ten(desk: PastDesk, many: int = 10) -> None:
    """Every second release had the question of capacity open, and trouble for it; the others were staged."""
    for at in range(many):
        slug, days = f"desk-{at}", -200 + 5 * at
        desk.release(slug, days, shown=not at % 2, **({"capacity": "yes"} if at % 2 else {}))
        if at % 2:
            desk.incident(slug, days + 10)
