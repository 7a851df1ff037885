"""Weeks of a rollout by the command line and over HTTP."""

from __future__ import annotations

from pathlib import Path

from readiness import clock
from tests import factories, files
from tests.cli.conftest import Run
from tests.factories import SLUG
from tests.services.test_stages import STAGES


def test_a_week_is_held_against_what_was_promised_and_reviewed(run: Run, tmp_path: Path) -> None:
    file = files.whole()
    file.policy = factories.policy(stages=STAGES)
    run("import", files.assessment(tmp_path, file), files.spans(tmp_path))
    run("import", files.results(tmp_path), "--measured-on", str(clock.today()))
    assert run("week", "show", SLUG).out == "The rollout has not begun.\n"
    assert run("week", "show", SLUG, "--json").json is None
    run("stage", "advance", SLUG, "--note", "the pilot begins", "--at", f"{clock.today()}T00:00:00Z")
    assert run("week", "show", SLUG).lines[0] == "Week 1 so far was not measured."
    live = files.results(tmp_path, "2026.11,*,,task_success,0.2,900", name="live.csv")
    run("import", live, "--stage", "canary", "--measured-on", str(clock.today()))
    sentence, first, *_ = run("week", "show", SLUG, "--week", "1").lines
    assert sentence.startswith("Week 1 so far did not go as promised: ")
    assert first.startswith("  to decide: ")
    refused = run("week", "show", SLUG, "--week", "2")
    assert (refused.status != 0, "has no week 2; expected a week from 1 to 1" in refused.err) == (True, True)
    said = ("--outcome", "act", "--minutes", "Rolled back tonight", "--who", "dana")
    assert run("week", "review", SLUG, "1", *said).out == f"Reviewed week 1 of {SLUG} 2026.11: act.\n"
    told = run("week", "show", SLUG, "--json").json
    assert (told["state"], told["reviewed"], told["minutes"]["minutes"]) == ("off", "act", "Rolled back tonight")
    figure = next(one for one in told["figures"] if (one["metric"], one["cohort"]) == ("task_success", "*"))
    assert (figure["observed"], figure["n"], figure["reading"]) == (0.2, 900, "worse")
    (short,) = run("status", SLUG, "--json").json["weeks"]
    assert short == {name: told[name] for name in short}
    assert "Rolled back tonight" in run("week", "show", SLUG).lines[-1]
    assert run("week", "review", SLUG, "1", "--outcome", "fine", "--minutes", "x", "--who", "dana").status != 0
