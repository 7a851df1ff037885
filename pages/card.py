"""What is this system, and what do buyers ask of it first?"""

from readiness.language import tr
from readiness.review import card_words
from readiness.web import card_forms, document_forms, guard, headline, reads, tables, widgets

visit = guard.enter()
review = visit.chosen()

headline.tell(card_words.answer(review), kicker=widgets.about(review), level=review.verdict.level)
if review.card:
    card_forms.overview(review.card.record)
    widgets.show("notes", notes=[tr("packs for security and procurement carry it; no verdict rests on it")])
else:
    widgets.empty(
        tr("Nothing is stated yet."),
        tr("Each section says what buyers ask; Edit answers it, and so does the assessment file under [card]."),
    )
card_forms.sections(visit, review)
document_forms.elsewhere(visit, review, tr("Do parts or incidents stand in a bill of materials or an export already"))
if history := reads.history(visit.by, review, "card"):
    widgets.heading(tr("Revisions"), tr("Every save of the card, the newest first."), tables.query("revisions", review))
    widgets.show("revisions", revisions=history)
