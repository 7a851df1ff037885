"""How did we answer, and can we show it?"""

from collections.abc import Callable

import streamlit as st

from readiness.access import allowed
from readiness.language import marked, tr
from readiness.review import summaries
from readiness.review.items import Answer
from readiness.web import (
    answer_forms,
    forms,
    guard,
    headline,
    note_forms,
    sheet_forms,
    signal_view,
    steps,
    system_forms,
    widgets,
)

visit = guard.enter()
review = visit.chosen()
said_of = note_forms.threads(visit, review)
if one := signal_view.asked(review):
    signal_view.show(visit, review, one, said_of)
    guard.end()

LIST = marked("list")
FILTERS: dict[str, Callable[[Answer], bool]] = {
    marked("all"): lambda answer: True,
    marked("not answered"): lambda answer: answer.mark.mark is None,
    marked("to confirm"): lambda answer: answer.to_confirm,
    marked("gaps"): lambda answer: answer.mark.is_gap,
    marked("contradicted"): lambda answer: answer.contradicted,
    marked("uncovered"): lambda answer: answer in review.uncovered,
    marked("attested"): lambda answer: answer in review.attested,
    marked("nothing to show"): lambda answer: answer in review.unevidenced,
}

lead, kicker = headline.Lead(), widgets.about(review)


def tell(way: str) -> None:
    said = summaries.checklist(review) if way == LIST else summaries.answers(review)
    lead.tell(said, kicker=kicker, level=review.verdict.level)


if foreseen := headline.foreseen(way=LIST):
    tell(*foreseen)
steps.show(review)
editable = review.latest and allowed(visit.by, "mark", review.slug)
way = LIST
if editable and (review.verdict.unanswered or "way" in st.query_params):
    ways = [LIST, system_forms.ONE_BY_ONE]
    widgets.understood("way", ways)
    way = st.segmented_control(
        tr("Answer"),
        ways,
        default=LIST,
        format_func=tr,
        key="way",
        required=True,
        label_visibility="collapsed",
        bind="query-params",
    )
tell(way)
if way != LIST:
    answer_forms.one_by_one(visit, review)
    guard.end()
st.caption(tr("Each question asks whether a risk is real, so “No – controlled” is the good answer."))
widgets.understood("show", list(FILTERS))
shown = st.segmented_control(
    tr("Show"),
    list(FILTERS),
    default="all",
    format_func=tr,
    key="show",
    required=True,
    bind="query-params",
    label_visibility="collapsed",
)
answers = [answer for answer in review.answers if FILTERS[shown](answer)]
if not answers:
    widgets.empty(tr("Nothing to show with this filter."), tr("Choose “all” to see every question."))

sections = {section.id: section for section in review.checklist.sections}
for section in dict.fromkeys(answer.signal.section for answer in answers if answer.signal.scored):
    widgets.heading(tr(sections[section].name), tr(sections[section].question))
    of_section = [answer for answer in answers if answer.signal.scored and answer.signal.section == section]
    forms.signal_rows(visit, review, of_section, said_of)
if attested := [answer for answer in answers if not answer.signal.scored]:
    widgets.heading(tr("Attestation"), tr("Not scored; a gap here blocks all the same."))
    forms.signal_rows(visit, review, attested, said_of)
sheet_forms.marks(visit, review)
widgets.words("checklist")
