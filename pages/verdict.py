"""May this be rolled out, and if not, what would change that?"""

import streamlit as st

from readiness import formatting
from readiness.decision import due_history, packet
from readiness.language import marked, tr
from readiness.review import signoff, summaries, why
from readiness.web import (
    argument_view,
    forecast_view,
    guard,
    headline,
    note_forms,
    pack_trail,
    pictures,
    tables,
    widgets,
)

PARTS = (
    marked("Open gaps"),
    marked("Argument"),
    marked("Points by section"),
    marked("Packet"),
    marked("Sign-off"),
    marked("What changed"),
    marked("Dates"),
)

visit = guard.enter()
review = visit.chosen()
said_of = note_forms.threads(visit, review)
verdict, assessment = review.verdict, review.assessment

headline.tell(summaries.verdict(review), kicker=widgets.about(review), level=verdict.level)
pictures.score(review)
producer = summaries.from_one(summaries.one_producer(review))
beside = [sentence for sentence in (summaries.eased(review), summaries.removed(review), producer) if sentence]
widgets.lasting("scope", review, signed=signoff.statuses(review), beside=beside)
note_forms.open_ones(visit, said_of)
pack_trail.outdated(visit, review)

widgets.heading(tr("Why"), csv=tables.query("rules", review))
band_says = tr(verdict.band.headline) if verdict.band else ""
widgets.lasting("why", review, whys=why.of(review), headline=band_says)
again = st.empty()
widgets.heading(tr("What would change it"))
widgets.lasting("ways", review, ways=review.remediations)

gaps, argued, points, parts, signed, changed, dates = widgets.tabs(PARTS)
with gaps:
    if review.gaps:
        widgets.heading(tr("Open gaps"), tr("If it alone were closed with evidence."), tables.query("gaps", review))
        widgets.lasting("lifts", review, gaps=review.gaps, level=verdict.level)
    else:
        widgets.empty(
            tr("No gap is open."), tr("A partial or a yes on the page Checklist opens one, with owner and due date.")
        )
with argued:
    argument_view.show(review)
with points:
    widgets.heading(tr("Points by section"), tr("Solid: points given. Ring: on evidence alone. Fewer is better."))
    pictures.sections(review)
with parts:
    widgets.heading(
        tr("Minimum packet"), tr("What reviewers ask for before a wider rollout."), tables.query("packet", review)
    )
    widgets.lasting("packet", review, packet=review.packet, names=packet.PARTS)
with signed:
    widgets.sign_offs(review)
with changed:
    widgets.heading(tr("What changed"), csv=tables.query("changes", review))
    widgets.lasting("changes", review)
with dates:
    forecast_view.show(visit, review)
    widgets.heading(tr("Can the dates be trusted?"), csv=tables.query("due-dates", review))
    moved = [history for history in review.due_histories if history.slips]
    widgets.lasting("trust", review, trust=due_history.summarise(review.due_histories), moved=moved)

if assessment.assessed_on and assessment.assessed_on > visit.as_of:
    st.info(tr("This assessment is not in force before {day}.", day=formatting.day(assessment.assessed_on)))
elif not review.latest:
    st.info(tr("This is an earlier assessment, shown with what is known on {day}.", day=formatting.day(visit.as_of)))
widgets.words("verdict")
with again:
    widgets.holds_again(visit.with_reruns(review))
