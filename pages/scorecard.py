"""Is the candidate at least as good, for everyone?"""

import streamlit as st

from readiness.language import tr, trn
from readiness.review import scorecard_words
from readiness.scorecard import health
from readiness.web import figures_view, guard, headline, scorecard_forms, tables, widgets

visit = guard.enter()
review = visit.chosen()
lead, kicker, level = headline.Lead(), widgets.about(review), review.verdict.level
if not review.rows:
    lead.tell(scorecard_words.scorecard(review), kicker=kicker, level=level)
    widgets.empty(
        tr("No fresh results are stored."),
        tr("Import the results of an evaluation on the page Evidence in: the tools it reads are listed there."),
    )
    guard.end()

if foreseen := scorecard_forms.foreseen(review):
    lead.tell(scorecard_words.scorecard(review, *foreseen), kicker=kicker, level=level)
widgets.show("sources", review=review)
every = st.container()
chosen = scorecard_forms.choose(review)
metric, stat, shown, name = chosen.metric, chosen.stat, chosen.board, chosen.name
lead.tell(scorecard_words.scorecard(review, metric, stat), kicker=kicker, level=level)
with every:
    widgets.heading(
        tr("All metrics"), tr("A dot is the change, the line its 95 % interval."), tables.query("metrics", review)
    )
    figures_view.glance(review, metric)

apart = [told.sentence for told in visit.disagreements(review, metric)]
notes = [*scorecard_words.judges(review, metric), *apart, *health.notes(review.boards.overall, metric)]
widgets.show("notes", notes=notes)

told = scorecard_words.differences(shown, name)
widgets.heading(told, scorecard_words.legend(shown, metric))
figures_view.differences(shown, told)
if shown.hidden:
    st.caption(
        trn(
            "The {worst} worst cohorts; {n} more cohort not shown.",
            "The {worst} worst cohorts; {n} more cohorts not shown.",
            shown.hidden,
            worst=len(shown.cohorts) - 1,
        )
    )
widgets.show("regressions", board=shown)
scorecard_forms.parts(visit, review, chosen)
widgets.words("scorecard")
