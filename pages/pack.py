"""What may I give to whom?"""

import streamlit as st

from readiness import language, pack
from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.web import guard, pack_forms, pack_session, pack_trail, questionnaire_forms, widgets

visit = guard.enter()
review = visit.chosen()
top = st.container()

if number := pack_trail.asked():
    pack_trail.changes(visit, review, number, top)
    pack_trail.show(visit, review)
    guard.end()
profile = pack_forms.audience()
called = language.within(tr(profile.name))
try:
    request, leaves = pack_forms.asked(visit, review, profile)
    preview = pack_session.preview(visit.by, review.slug, request, visit.as_of, review.assessment_id)
except ReadinessError as exc:
    with top:
        widgets.answer(
            tr("{name} has no {audience} pack.", name=review.name, audience=called),
            kicker=widgets.about(review),
        )
        widgets.problem(exc)
    pack_trail.show(visit, review)
    guard.end()
with top:
    widgets.answer(
        tr("The {audience} pack of {system} may leave.", audience=called, system=review.name)
        if leaves
        else tr("The {audience} pack of {system} is incomplete.", audience=called, system=review.name),
        kicker=widgets.about(review),
        level=review.verdict.level,
    )
    pack_trail.line(visit, review)
widgets.show("leaves", profile=profile, public=pack.public(review, profile), numbered=preview.numbered)
if leaves:
    pack_forms.downloads(review, pack_forms.query(request))
if preview.missing:
    st.caption(
        tr(
            "On paper these characters stand as code points, since no font draws them: {missing}.",
            missing=preview.missing,
        )
    )
widgets.heading(tr("Preview"), tr("All that leaves, as the reader will see it."))
widgets.paper(preview.fragment)
pack_trail.show(visit, review)
questionnaire_forms.section(visit, review, request)
