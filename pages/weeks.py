"""Did it go as promised, and what do we decide this week?"""

from readiness.language import tr
from readiness.review import weeks as words
from readiness.web import guard, headline, week_forms, widgets

visit = guard.enter()
review = visit.chosen()
told = week_forms.chosen(visit, review)
headline.tell(
    words.sentence(review, told.observed if told else None), kicker=widgets.about(review), level=review.verdict.level
)
if told:
    week_forms.head(visit, review, told)
    week_forms.show(review, told)
else:
    widgets.empty(
        tr("No rollout runs."),
        tr(
            "Its weeks are counted from the first step that answers anybody, on the page Release & monitoring, "
            "and answered by files that are measured in a stage."
        ),
    )
week_forms.minutes(review)
widgets.words("weeks")
