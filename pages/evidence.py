"""What do we have, and what is missing or stale?"""

from readiness.decision import packet
from readiness.importers import proposals
from readiness.language import tr
from readiness.review import summaries
from readiness.web import forms, guard, headline, source_forms, steps, tables, uploads, widgets

visit = guard.enter()
review = visit.chosen() if visit.everything or visit.behind else None
if review:
    headline.tell(summaries.evidence(review), kicker=widgets.about(review), level=review.verdict.level)
    steps.show(review)
    widgets.show("packet", packet=review.packet, names=packet.PARTS)
else:
    headline.tell(tr("Nothing is stored yet."), kicker=tr("Start here"))
    guard.first_steps(visit, drop=False)

widgets.heading(
    tr("Add a file"), tr("Results, traces, or a policy of another tool: told by its content, not by its name.")
)
widgets.show("formats", titles=[*map(tr, uploads.TITLES.values())], proposing=[*map(tr, proposals.TITLES.values())])
uploads.form(visit, review)
if review and review.latest and review.verdict.unanswered:
    uploads.questions(review)

if review:
    widgets.heading(tr("Files"), csv=tables.query("files", review))
    if review.items:
        for item in sorted(review.items.values(), key=lambda item: item.added_at, reverse=True):
            forms.file_row(visit, review, item)
    else:
        widgets.empty(
            tr("No file is stored for this system."),
            tr("Drop a results or spans file above; nothing is kept before you have seen it."),
        )
    source_forms.show(visit, review)
