"""Systems without a file, on the command line."""

from __future__ import annotations

from tests.cli.conftest import Run


def made(run: Run) -> None:
    assert run("system", "new", "Night Desk", "--candidate", "1.0", "--owner", "rosa", "--scope", "Refunds").status == 0


def test_a_system_is_made_and_stands_among_the_others(run: Run) -> None:
    said = run("system", "new", "Night Desk", "--candidate", "1.0", "--json")
    assert said.json == {
        "changed": True,
        "system": "night-desk",
        "sentence": "Made the system Night Desk, with an assessment of 1.0",
    }
    assert run("status", "--json").json[0]["system"] == "night-desk"
    assert run("system", "new", "Night Desk", "--candidate", "2", "--json").json["system"] == "night-desk-2"


def test_a_short_name_that_cannot_be_is_a_sentence(run: Run) -> None:
    said = run("system", "new", "Night Desk", "--candidate", "1.0", "--slug", "Night Desk")
    assert said.status == 2
    assert "slug" in said.err
    made(run)
    again = run("system", "new", "Another", "--candidate", "1", "--slug", "night-desk")
    assert again.err == "readiness: address: night-desk is taken by Night Desk; expected another one.\n"


def test_the_next_version_goes_on_from_the_last(run: Run) -> None:
    made(run)
    said = run("system", "next", "night-desk", "--candidate", "1.1")
    assert said.lines == ["Began the assessment of night-desk 1.1 after 1.0."]
    assessment = run("status", "night-desk", "--json").json["assessment"]
    assert (assessment["candidate"], assessment["baseline"], assessment["scope"]) == ("1.1", "1.0", "Refunds")


def test_a_system_is_renamed(run: Run) -> None:
    made(run)
    assert run("system", "rename", "night-desk", "Day Desk").lines == ["Night Desk is called Day Desk now."]
    assert "Day Desk" in run("export", "night-desk").out


def test_a_system_goes_into_the_archive_and_comes_back(run: Run) -> None:
    made(run)
    refused = run("system", "archive", "night-desk")
    assert refused.err == "readiness: reason: no reason is given; expected a sentence that says why.\n"
    assert run("system", "archive", "night-desk", "--reason", "replaced").status == 0
    assert "night-desk" not in run("status").out
    assert run("system", "archived").lines == ["night-desk             20 Nov 2026  dana: replaced"]
    assert run("system", "archived", "--json").json[0]["reason"] == "replaced"
    assert run("system", "restore", "night-desk").lines == ["Restored Night Desk from the archive."]
    assert "night-desk" in run("status").out
    assert run("system", "archived").lines == ["No system is archived."]


def test_only_what_is_archived_is_deleted_and_the_doctor_finds_nothing(run: Run) -> None:
    made(run)
    refused = run("system", "delete", "night-desk", "--reason", "over")
    assert refused.status == 2
    assert refused.err == (
        "readiness: night-desk is not in the archive; nothing was deleted; "
        "expected a system that was archived before.\n"
    )
    run("system", "archive", "night-desk", "--reason", "replaced")
    assert run("system", "delete", "night-desk", "--reason", "over").lines == [
        "Deleted Night Desk with 1 assessment and 0 files; reason kept."
    ]
    assert run("system", "archived").lines == ["No system is archived."]
    assert "the system 'night-desk' is not in the store" in run("system", "delete", "night-desk", "--reason", "x").err
    assert run("doctor").status == 0
