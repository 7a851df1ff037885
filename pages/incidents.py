"""What went wrong with people, and does this version still do it?"""

from readiness.language import tr
from readiness.review import incident_words
from readiness.web import guard, headline, incident_forms, tables, widgets

visit = guard.enter()
review = visit.chosen()
headline.tell(incident_words.sentence(review), kicker=widgets.about(review), level=review.verdict.level)
incident_forms.report_button(visit, review)
if review.incidents:
    widgets.heading(
        tr("Incidents"),
        tr(
            "Each speaks against the answers it touches until a gate, a test case or a trace of this version answers "
            "it."
        ),
        tables.query("reported-incidents", review),
    )
    incident_forms.rows(visit, review)
else:
    widgets.empty(
        tr("Nothing is reported."),
        tr("What went wrong with people stands here, and speaks against later versions until evidence answers it."),
    )
widgets.words("incidents")
