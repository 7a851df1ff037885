"""What do we decide, and does it still hold?"""

from readiness.review import decided
from readiness.web import decision_forms, guard, headline, widgets

visit = guard.enter()
review = visit.chosen()
headline.tell(decided.answer(review), kicker=widgets.about(review), level=review.verdict.level)
decision_forms.in_force(visit, review)
widgets.parts(decision_forms.parts(visit, review))
widgets.words("decision")
