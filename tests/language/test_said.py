"""What the portfolio, the model and the templates say in German, and what the record keeps in English all the same."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from readiness import language
from readiness.portfolio import since, triage
from readiness.services import reviews, revisions
from readiness.store import Store, queries
from readiness.web import template_words
from tests import factories, files
from tests.factories import SLUG, TODAY


def test_the_record_keeps_english_and_a_reader_hears_their_own_language(sqlite_store: Store, tmp_path: Path) -> None:
    dana, plan = factories.principal(), factories.monitoring(review_cadence="daily")
    with language.use("de"):
        files.keep(sqlite_store, files.assessment(tmp_path))
        found = reviews.load(sqlite_store, dana, SLUG, as_of=TODAY)
        done = revisions.save(sqlite_store, dana, SLUG, found.assessment_id, plan, seen=1)
        told = revisions.history(sqlite_store, dana, found)[0].changes
    assert told == ("Rhythmus der Durchsicht: „weekly“ → „daily“",)
    assert done.sentence == "Revision 2 des Überwachungsplans gespeichert: Rhythmus der Durchsicht: „weekly“ → „daily“"
    last = queries.events(sqlite_store, system=SLUG)[0]
    assert last.sentence == "Stored revision 2 of the monitoring plan: Review cadence: “weekly” → “daily”"
    assert last.detail["differences"] == ["Review cadence: “weekly” → “daily”"]


def test_the_portfolio_is_told_in_german() -> None:
    standing = factories.standing(level="blocked", reopened=("x",))
    with language.use("de"):
        pressing = triage.decisions([standing])
        assert triage.sentence([standing], pressing) == (
            "1 von 1 System braucht eine Entscheidung: 1 Entscheidung ist wieder offen."
        )
        assert triage.sentence([standing] * 1_200, []).startswith("Keines von 1.200 Systemen braucht")
        assert since.sentence([]) == ""


def test_a_team_s_own_checklist_is_shown_as_it_is_written() -> None:
    with language.use("de"):
        assert str(template_words.tr("Wir fragen das selbst {so}")) == "Wir fragen das selbst {so}"


def test_a_value_that_is_markup_stays_it_and_every_other_one_is_escaped() -> None:
    with language.use("de"):
        told = template_words.tr("What {name} changed.", name="<i>")
        linked = template_words.tr("What {name} changed.", name=Markup("<b>x</b>"))
        counted = template_words.trn("moved later {n} time", "moved later {n} times", 1_234)
    assert (told, linked) == ("Was &lt;i&gt; geändert hat.", "Was <b>x</b> geändert hat.")
    assert counted == "1.234-mal verschoben"
