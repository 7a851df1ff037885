"""May this be rolled out, and if not, what would change that?"""

import streamlit as st

from readiness import formatting
from readiness.decision import due_history, packet
from readiness.review import summaries
from readiness.web import charts, guard, note_forms, pack_trail, tables, widgets

visit = guard.enter()
review = visit.chosen()
said_of = note_forms.threads(visit, review)
verdict, assessment, theme = review.verdict, review.assessment, st.context.theme.type

widgets.answer(summaries.headline(review), kicker=widgets.about(review), level=verdict.level)
again = st.empty()
st.vega_lite_chart(
    spec=charts.score(verdict, review.checklist, theme),
    width="stretch",
    alt=f"Score {verdict.score}, on evidence alone {verdict.evidenced_score}, on the scale of the bands",
)
beside = [summaries.evidenced(review), summaries.eased(review), summaries.removed(review)]
beside.append(summaries.from_one(summaries.one_producer(review)))
st.caption(widgets.plain(" ".join(filter(None, beside))))
note_forms.open_ones(visit, said_of)
pack_trail.outdated(visit, review)
if assessment.scope or assessment.target_date:
    widgets.show("scope", review=review)

widgets.heading(
    "Why",
    "Every rule that fired, the strongest first. A blocker is never waived: close it, or narrow the scope.",
    tables.query("rules", review),
)
widgets.fired(review)

widgets.heading("What would change it", "The fewest steps to each better verdict, smallest first.")
widgets.show("ways", ways=review.remediations, review=review)
if review.gaps:
    widgets.heading(
        "Open gaps", "Each one, and the verdict if it alone were closed with evidence.", tables.query("gaps", review)
    )
    widgets.show("lifts", gaps=review.gaps, level=verdict.level)
else:
    widgets.empty(
        "No gap is open.", "A partial or a yes on the page Checklist opens one, with an owner and a due date."
    )

widgets.heading("Points by section", "Solid: points given. Ring: what counts on evidence alone. Fewer is better.")
st.vega_lite_chart(
    spec=charts.sections(review.section_scores, theme),
    width="stretch",
    alt="; ".join(f"{score.section.name} {score.points} of {score.possible}" for score in review.section_scores),
)

widgets.heading(
    "Minimum packet",
    "What leadership, security and procurement ask for before a wider rollout.",
    tables.query("packet", review),
)
widgets.show("packet", packet=review.packet, names=packet.PARTS)

widgets.sign_offs(review)

widgets.heading("What changed", csv=tables.query("changes", review))
widgets.show("changes", review=review)
if review.gaps:
    widgets.heading(
        "Can the dates be trusted?",
        "From the first date promised for each open gap to the one of today.",
        tables.query("due-dates", review),
    )
    moved = [history for history in review.due_histories if history.slips]
    widgets.show("trust", trust=due_history.summarise(review.due_histories), moved=moved, review=review)
if assessment.assessed_on and assessment.assessed_on > visit.as_of:
    st.info(f"This assessment is not in force before {formatting.day(assessment.assessed_on)}.")
elif not review.latest:
    st.info(f"This is an earlier assessment, shown with what is known on {formatting.day(visit.as_of)}.")
with again:
    widgets.holds_again(visit.with_reruns(review))
