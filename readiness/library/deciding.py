"""An assessment and its evidence, from files to the verdict."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from readiness import access, clock
from readiness.errors import InputError
from readiness.importers import Options
from readiness.language import tr
from readiness.review.review import Review
from readiness.services import imports, passing_store, reviews


def decide(
    assessment: str | Path,
    *evidence: str | Path,
    as_of: dt.date | None = None,
    measured_on: dt.date | None = None,
    options: Options | None = None,
) -> Review:
    """The review of an assessment file with the files that stand behind it, exactly as a store would give it.

    `as_of` is the day that is asked about, today without it; `measured_on` is when evidence was true that does not say
    so itself. The verdict is in `verdict`, the gates in `gates`, what stands behind each answer in `answers`. Raises
    InputError, and then says which file, where in it, and what was expected.

    >>> import datetime, readiness
    >>> review = readiness.decide(
    ...     example("assessment.toml"),
    ...     example("results.csv"),
    ...     as_of=datetime.date(2026, 11, 20),
    ...     measured_on=datetime.date(2026, 11, 20),
    ... )
    >>> review.verdict.level, review.verdict.score
    ('undetermined', 1)
    """
    day, read_as = as_of or clock.today(), replace(options or Options(), measured_on=measured_on)
    requests = [imports.ImportRequest(path=Path(assessment))]
    requests += [imports.ImportRequest(path=Path(path), options=read_as) for path in evidence]
    with passing_store() as store:
        by = access.local()
        files = imports.read_all(store, by, requests)
        first = next((file.batch.assessment for file in files if file.batch.assessment), None)
        if first is None:
            raise InputError(
                tr("this is no assessment"), file=str(assessment), expected=tr("readiness init writes one")
            )
        imports.check(store, by, *(file.batch for file in files))
        for file in files:
            imports.keep(store, by, file.batch, system=file.system, as_of=day)
        return reviews.load(store, by, first.system.slug, as_of=day)
