"""How did we answer, and can we show it?"""

from collections.abc import Callable

import streamlit as st

from readiness.review import summaries
from readiness.review.items import Answer
from readiness.web import forms, guard, sheet_forms, widgets

visit = guard.enter()
review = visit.chosen()

FILTERS: dict[str, Callable[[Answer], bool]] = {
    "all": lambda answer: True,
    "not answered": lambda answer: answer.mark.mark is None,
    "gaps": lambda answer: answer.mark.is_gap,
    "contradicted": lambda answer: answer.contradicted,
    "uncovered": lambda answer: answer in review.uncovered,
    "attested": lambda answer: answer in review.attested,
    "nothing to show": lambda answer: answer in review.unevidenced,
}

widgets.answer(summaries.checklist(review), kicker=widgets.about(review), level=review.verdict.level)
st.caption("A yes is a gap here: each question asks whether a risk is real, so “No – controlled” is the good answer.")
shown = st.segmented_control("Show", list(FILTERS), default="all", key="show", required=True, bind="query-params")
answers = [answer for answer in review.answers if FILTERS[shown](answer)]
if not answers:
    widgets.empty("Nothing to show with this filter.", "Choose “all” to see every question.")

sections = {section.id: section for section in review.checklist.sections}
for section in dict.fromkeys(answer.signal.section for answer in answers if answer.signal.scored):
    widgets.heading(sections[section].name, f"{sections[section].question} {sections[section].prove}")
    forms.signal_rows(
        visit, review, [answer for answer in answers if answer.signal.scored and answer.signal.section == section]
    )
if attested := [answer for answer in answers if not answer.signal.scored]:
    widgets.heading("Attestation", "Not scored, so that the bands stay as they are; a gap here blocks all the same.")
    forms.signal_rows(visit, review, attested)
sheet_forms.marks(visit, review)
