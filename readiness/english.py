"""Words that are kept with what is stored, such as why a row was left out: English, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from . import formatting, language

P = ParamSpec("P")
T = TypeVar("T")


def said(work: Callable[P, T]) -> Callable[P, T]:
    """The same in English."""

    @wraps(work)
    def in_english(*args: P.args, **named: P.kwargs) -> T:
        with language.use(language.ENGLISH):
            return work(*args, **named)

    return in_english


counted = said(formatting.count)
day = said(formatting.day)
few = said(formatting.few)
listed = said(formatting.listed)
named = said(formatting.named)
some = said(formatting.some)
