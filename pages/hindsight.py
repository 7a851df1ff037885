"""Were we right?"""

import streamlit as st

from readiness import formatting
from readiness.language import tr
from readiness.review import hindsight_words
from readiness.web import guard, headline, hindsight_view, widgets

visit = guard.enter()
told, behind = hindsight_view.seen(visit)
if not (told.releases or visit.everything or visit.behind):
    visit.chosen()
headline.tell(
    hindsight_words.sentence(told, whole=not behind),
    kicker=tr(
        "Were we right? Verdicts and decisions, and the {days} days after · {day}",
        days=hindsight_words.DAYS,
        day=formatting.day(visit.as_of),
    ),
)
if not told.releases:
    widgets.empty(
        tr("What became of releases stands here."),
        tr("One begins with its first step on the page Release & monitoring, or with a go on the page Decision."),
    )
    guard.end()
if behind:
    hindsight_view.working_out(visit)
elif told.enough:
    hindsight_view.figures(told)
hindsight_view.releases(told)
if told.enough and not behind:
    hindsight_view.signals(told)
    hindsight_view.rules(told)
st.caption(tr(hindsight_words.METHOD))
