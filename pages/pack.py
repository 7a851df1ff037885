"""What may I give to whom?"""

import streamlit as st

from readiness import language, pack
from readiness.errors import ReadinessError
from readiness.language import tr
from readiness.web import guard, headline, pack_forms, pack_session, pack_trail, questionnaire_forms, widgets

visit = guard.enter()
review = visit.chosen()
lead, kicker, level = headline.Lead(), widgets.about(review), review.verdict.level
top = st.container()


def tell(profile: pack.Profile, *, leaves: bool) -> None:
    called = language.within(tr(profile.name))
    lead.tell(
        tr("The {audience} pack of {system} may leave.", audience=called, system=review.name)
        if leaves
        else tr("The {audience} pack of {system} is incomplete.", audience=called, system=review.name),
        kicker=kicker,
        level=level,
    )


if number := pack_trail.asked():
    pack_trail.changes(visit, review, number, top)
    pack_trail.show(visit, review)
    guard.end()
if not (named := pack_forms.named()).one_customer:
    tell(named, leaves=pack_forms.leaves(review, named))
profile = pack_forms.audience()
try:
    request, leaves = pack_forms.asked(visit, review, profile)
    preview = pack_session.preview(visit.by, review.slug, request, visit.as_of, review.assessment_id)
except ReadinessError as exc:
    called = language.within(tr(profile.name))
    lead.tell(tr("{name} has no {audience} pack.", name=review.name, audience=called), kicker=kicker)
    with top:
        widgets.problem(exc)
    pack_trail.show(visit, review)
    guard.end()
tell(profile, leaves=leaves)
with top:
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
