"""What is different between these two?"""

import streamlit as st

from readiness import formatting
from readiness.language import tr
from readiness.review import side_by_side
from readiness.web import compare_forms, guard, headline, widgets

visit = guard.enter()
review = visit.chosen()
lead = st.container()
left, right = compare_forms.sides(visit, review)
with lead:
    headline.tell(
        side_by_side.sentence(left, right),
        kicker=tr("Side by side, as each stands on {day}", day=formatting.day(visit.as_of)),
    )
compare_forms.parts(visit, left, right)
widgets.words("compare")
