"""The way of a system to its first verdict, a line of four steps; each leads to where it is done."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from readiness.language import tr, trn
from readiness.review import whose
from readiness.review.review import Review


def show(review: Review) -> None:
    """Nothing once every question is answered and the candidate has evidence, since the way is over then."""
    if not review.latest or not (review.verdict.unanswered or not whose.own_files(review)):
        return
    with st.container(horizontal=True, key="steps", gap="small"):
        for number, (page, words, done) in enumerate(_steps(review), 1):
            st.page_link(
                f"../../pages/{page}.py",
                label=words,
                icon=":material/check_circle:" if done else f":material/counter_{number}:",
                query_params={"system": review.slug},
            )


def _steps(review: Review) -> Iterator[tuple[str, str, bool]]:
    files, total = len(whose.own_files(review)), len(review.answers)
    answered = total - len(review.verdict.unanswered)
    yield "system", tr("Named"), True
    yield "evidence", _files(files), files > 0
    yield "checklist", tr("Answered · {answered} of {total}", answered=answered, total=total), answered == total
    yield "verdict", tr("Verdict"), False


def _files(n: int) -> str:
    return trn("Evidence · {n} file", "Evidence · {n} files", n) if n else tr("Evidence · none yet")
