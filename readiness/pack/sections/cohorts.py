"""Cohorts as they are written, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from readiness.model.record import ANY
from readiness.pack.spellings import fold

_SEPARATORS = re.compile(r"[;,|&]\s*(?=[^=;,|&]+=)")


def parts_of(cohort: str) -> Iterator[tuple[str, str]]:
    """`tenant=Acme, Inc.;language=de` as its pairs; a cohort that names no dimension is a value all the same."""
    for part in _SEPARATORS.split(cohort):
        dimension, equals, value = part.partition("=")
        if equals:
            yield dimension.strip(), value.strip()
        elif part.strip() not in ("", ANY, "each"):
            yield "cohort", part.strip()


def key(value: str) -> str:
    """What all spellings of a value share."""
    return fold(value) or value


def of_one(cohort: str, customer: str) -> bool:
    """Whether a cohort is a customer's: one of its values is their name, however it is spelled."""
    values = [cohort.partition("=")[2].strip(), *(value for _, value in parts_of(cohort))]
    return any(value and key(value) == key(customer) for value in values)
