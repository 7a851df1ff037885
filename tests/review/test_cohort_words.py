from __future__ import annotations

import pytest

from readiness.review import cohort_words, scorecard_words


@pytest.mark.parametrize(
    ("cohort", "language"),
    [
        ("language=ja", "Japanese"),
        ("lang=de", "German"),
        ("locale=pt-BR", "Portuguese"),
        ("Locale=ZH_hant", "Chinese"),
        ("language=xx", ""),
        ("language=", ""),
        ("tenant=ja", ""),
        ("*", ""),
    ],
)
def test_a_cohort_that_is_a_language_has_its_name(cohort: str, language: str) -> None:
    assert cohort_words.language(cohort) == language


def test_a_cohort_is_called_by_its_name_and_by_what_files_call_it() -> None:
    assert [scorecard_words.called(cohort) for cohort in ("language=ja", "tenant=acme", "*")] == [
        "Japanese (language=ja)",
        "tenant=acme",
        "all cases",
    ]
