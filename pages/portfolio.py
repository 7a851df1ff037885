"""What needs a decision this week?"""

from readiness import formatting
from readiness.language import tr
from readiness.portfolio import listing, since, triage
from readiness.review import level_words
from readiness.web import guard, headline, portfolio_forms, standings, system_forms, widgets

visit = guard.enter()
systems = visit.everything
pressing = standings.decisions(visit.by, visit.as_of)
counts = [f"{count} {tr(level_words.SHAPES[level][1])}" for level, count in visit.levels]
headline.tell(
    triage.sentence(systems, pressing),
    kicker=" · ".join([tr("Portfolio on {day}", day=formatting.day(visit.as_of)), *counts]),
)
if visit.behind:
    guard.working_out(visit)
if not systems:
    guard.first_steps(visit)
    system_forms.archive(visit)
    guard.end()
widgets.show("since", sentence=visit.kept.once("since", lambda: since.sentence(systems)))

view, only = portfolio_forms.bar(visit)
order, kept = portfolio_forms.narrowed(visit, pressing, only=only)
if not kept:
    widgets.empty(tr("No system fits."), tr("Take a filter away to see more."))
    guard.end()
shown = widgets.page(kept, "system")
portfolio_forms.show(visit, view, listing.groups(shown, pressing, order), visit.names)
system_forms.archive(visit)
widgets.words("portfolio")
