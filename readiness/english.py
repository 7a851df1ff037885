"""Words that are kept with what is stored, such as why a row was left out: English, whoever writes."""

from __future__ import annotations

from . import formatting, language

said = language.use(language.ENGLISH)
"""As a decorator: the same in English."""
counted = said(formatting.count)
day = said(formatting.day)
few = said(formatting.few)
listed = said(formatting.listed)
named = said(formatting.named)
some = said(formatting.some)
