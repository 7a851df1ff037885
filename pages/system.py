"""What is under review, and what does it say of itself?"""

import streamlit as st

from readiness.language import tr
from readiness.review import summaries
from readiness.web import guard, headline, system_forms, widgets

visit = guard.enter()
if st.query_params.get("new"):
    headline.tell(tr("A new system"), kicker=tr("1 name it · 2 evidence · 3 answers · 4 verdict"))
    system_forms.begin(visit)
    guard.end()
if away := system_forms.away(visit, st.query_params.get("system", "")):
    system_forms.put_away(visit, away)
    guard.end()
review = visit.chosen()
headline.tell(summaries.system(review), kicker=widgets.about(review), level=review.verdict.level)
widgets.heading(tr("The system"))
system_forms.system(visit, review)
widgets.heading(tr("The assessment of {candidate}", candidate=review.assessment.candidate))
system_forms.assessment(visit, review)
system_forms.following(visit, review)
widgets.heading(tr("Put it away"))
system_forms.end_of_life(visit, review)
