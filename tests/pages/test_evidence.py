"""What is stored of a system, adding a file once it was shown, and taking one back."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from readiness import clock, formatting
from readiness.model.dossier import Dossier
from readiness.services import gaps
from readiness.store import queries
from tests import factories, files, samples
from tests.pages.dashboard import Dashboard, Screen

SYSTEM = "claims-intake"
PROMPTFOO = samples.DATA / "promptfoo.json"


def stored(dashboard: Dashboard, system: str = SYSTEM) -> Dossier:
    with dashboard.store() as store:
        return queries.dossier(store, system)


def names(dashboard: Dashboard) -> list[str]:
    return sorted(file.record.name for file in stored(dashboard).evidence.values())


def upload(screen: Screen, name: str, body: bytes) -> None:
    screen.choose("file_uploader", "File", (name, body, "application/octet-stream"))


def test_the_answer_names_the_packet_and_every_file_has_a_row(dashboard: Dashboard) -> None:
    screen = dashboard.open("evidence", system="freight-support")
    assert screen.answer == "1 of 5 packet parts need something."
    assert [row.split()[0] for row in screen.rows] == ["spans.jsonl", "results.csv"]
    assert screen.labels("button") == ["Remove", "Remove", "Add a source"]


def test_results_are_shown_before_they_are_stored_and_versions_are_named(dashboard: Dashboard) -> None:
    before = stored(dashboard)
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, PROMPTFOO.name, PROMPTFOO.read_bytes())
    assert "Recognised aspromptfoo results (JSON)" in screen.text
    for version, role in (("v1", "baseline 2026.08"), ("v2", "candidate 2026.11")):
        screen.choose("selectbox", f"“support-{version} × stub-model-1” is the", role)
    screen.choose("selectbox", "Workflow is named by", "metadata.workflow")
    assert {row[0] for row in screen.table("Version")} <= {"2026.08", "2026.11"}
    assert stored(dashboard) == before
    screen.press(f"Store for {SYSTEM}")
    assert f"scorecard cells of {SYSTEM} from promptfoo.json" in screen.notices("status")[0]
    assert names(dashboard) == sorted(["promptfoo.json", *(file.record.name for file in before.evidence.values())])
    (number,) = set(stored(dashboard).evidence) - set(before.evidence)
    assert {cell.version for owner, cell in stored(dashboard).cells if owner == number} == {"2026.08", "2026.11"}
    assert not screen.widget("file_uploader", "File").value


def test_what_a_file_changed_is_told_until_the_next_one(dashboard: Dashboard) -> None:
    screen = dashboard.open("evidence", system=SYSTEM)
    file = "version,metric,value,n\n2026.11,task_success,0.21,900\n"
    upload(screen, "worse.csv", file.encode())
    screen.choose("date_input", "Measured on", clock.today())
    assert "What worse.csv changed" not in screen.text
    screen.press(f"Store for {SYSTEM}")
    assert re.search(r"What worse.csv changed\.\s+The verdict is \S+ blocked now; it was \S+ staged\.", screen.text)
    told = {row[0]: row[1:] for row in screen.table("Question")}
    assert told["1 Task success per cohort"] == ["✓ Shown by evidence", "◇ Attested, not measured"]
    upload(screen, "worse.csv", file.encode())
    assert "What worse.csv changed" not in screen.text
    assert "What worse.csv changed" not in dashboard.open("evidence", system=SYSTEM).text


def test_conversations_per_cent_and_directions_are_said_on_the_page_too(dashboard: Dashboard) -> None:
    rows = [f"q{n},u{n % 4},{40 + n},{n % 2},en" for n in range(20)]
    body = "\n".join(["question,user,helpful,answered,language", *rows]).encode()
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "talks.csv", body)
    screen.choose("selectbox", "Cases depend on each other by (a conversation, a user)", "user")
    screen.choose("multiselect", "Written as per cent", ["helpful"])
    screen.choose("multiselect", "Better when higher", ["helpful"])
    screen.press(f"Store for {SYSTEM}")
    (number,) = [number for number, file in stored(dashboard).evidence.items() if file.record.name == "talks.csv"]
    (cell,) = [
        cell
        for owner, cell in stored(dashboard).cells
        if owner == number and cell.metric == "helpful" and cell.workflow == cell.cohort == "*"
    ]
    assert (cell.n, cell.clusters, cell.mean, cell.unit, cell.direction) == (20, 4, 0.495, "ratio", "higher")


def test_the_traces_to_keep_are_chosen_by_the_person(dashboard: Dashboard, tmp_path: Path) -> None:
    before = len(stored(dashboard).traces)
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "many.jsonl", files.many_spans(tmp_path, 300).read_bytes())
    assert "Figures are drawn from all 300. These 3 are stored whole" in screen.text
    (typical,) = [label for label in screen.labels("checkbox") if label.startswith("Typical of refund, 149 ms")]
    screen.choose("checkbox", typical, False)
    screen.press(f"Store for {SYSTEM}")
    assert f"Stored 2 of 300 traces of {SYSTEM} from many.jsonl" in screen.notices("status")[0]
    assert len(stored(dashboard).traces) == before + 2


def test_what_redaction_replaces_is_kept_for_some_days_when_asked(dashboard: Dashboard) -> None:
    span = {"trace_id": "asked", "span_id": "a", "kind": "request", "name": "answer", "duration_ms": 20}
    stated = {"status": "ok", "start": "2026-11-20T09:00:00Z", "version": "2026.11", "input": "Write to a@example.com"}
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "asked.jsonl", json.dumps(span | stated).encode())
    screen.choose("checkbox", "Also keep what redaction replaces, for a few days", True)
    screen.choose("number_input", "Days until it is deleted", 3)
    until = clock.today() + dt.timedelta(days=3)
    assert f"The texts of 1 span before redaction are kept apart until {formatting.day(until)}" in screen.text
    screen.press(f"Store for {SYSTEM}")
    (file,) = [file for file in stored(dashboard).evidence.values() if file.record.name == "asked.jsonl"]
    assert file.record.options.raw_until == until


def test_the_assessment_of_another_system_is_taken_whichever_system_is_open(dashboard: Dashboard) -> None:
    toml = 'format = "readiness-assessment/1"\n[system]\nslug = "night-desk"\nname = "Night Desk"\n'
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "night.toml", f'{toml}[assessment]\ncandidate = "1"\n[marks.capacity]\nmark = "yes"\n'.encode())
    screen.press("Store for night-desk")
    assert "of night-desk 1 from night.toml" in screen.notices("status")[0]
    assert stored(dashboard, "night-desk").marks["capacity"].record.mark == "yes"


def test_the_first_file_of_an_empty_store_is_an_assessment(empty_dashboard: Dashboard, tmp_path: Path) -> None:
    screen = empty_dashboard.open("evidence")
    upload(screen, "results.csv", files.results(tmp_path).read_bytes())
    assert "Make a system first, or import its assessment file." in screen.text
    upload(screen, "assessment.toml", files.assessment(tmp_path).read_bytes())
    screen.press("Store for support-copilot")
    assert stored(empty_dashboard, "support-copilot").marks["capacity"].record.mark == "no"


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("cut.json", PROMPTFOO.read_bytes()[:5000], "the JSON breaks off or is malformed"),
        ("photo.csv", bytes(range(256)) * 20, "the format is not recognised"),
        ("marks.toml", b'format = "readiness-assessment/1"\n', "this required table is missing; expected [system]"),
    ],
)
def test_a_broken_file_is_one_sentence_and_stores_nothing(
    dashboard: Dashboard, name: str, body: bytes, sentence: str
) -> None:
    before = names(dashboard)
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, name, body)
    (alert,) = screen.notices("alert")
    assert name in alert
    assert sentence in alert
    assert not [label for label in screen.labels("button") if label.startswith("Store")]
    assert names(dashboard) == before


def test_a_file_is_taken_back_once_the_person_has_said_so_twice(dashboard: Dashboard) -> None:
    number, results = next(
        (number, file) for number, file in stored(dashboard).evidence.items() if file.record.kind == "results"
    )
    screen = dashboard.open("evidence", system=SYSTEM)
    screen.dialog(f"remove_{number}")
    assert number in stored(dashboard).evidence
    screen.submit("Remove it")
    assert results.record.name in screen.notices("status")[0]
    after = stored(dashboard)
    assert number not in after.evidence
    assert not [cell for owner, cell in after.cells if owner == number]


@pytest.mark.parametrize(("choice", "kept"), [("keep", 60), ("take", 10)])
def test_what_somebody_changed_since_a_file_was_read_is_asked_about_before_it_is_stored(
    dashboard: Dashboard, choice: str, kept: int
) -> None:
    today = clock.today()
    text = (
        'format = "readiness-assessment/1"\n[system]\nslug = "desk"\nname = "Desk"\n'
        f'[assessment]\ncandidate = "2"\nassessed_on = {today}\n'
        f'[marks.tool-failure]\nmark = "yes"\nowner = "anna"\ndue = {today + dt.timedelta(days=10)}\n'
    )
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "desk.toml", text.encode())
    screen.press("Store for desk")
    with dashboard.store() as store:
        gap = queries.dossier(store, "desk").marks["tool-failure"]
        due = today + dt.timedelta(days=60)
        by = factories.principal()
        gaps.change(store, by, gap.id, seen=gap.row_version, due=due, owner="anna", action="", reason="the vendor")
    screen = dashboard.open("evidence", system="desk")
    upload(screen, "desk.toml", f"# again\n{text}".encode())
    assert (
        f"{formatting.day(due)} in the store, {formatting.day(today + dt.timedelta(days=10))} in the file"
        in (screen.notices("alert")[0])
    )
    assert screen.widget("button", "Store for desk").disabled
    screen.choose("radio", "What is right?", choice)
    screen.press("Store for desk")
    assert stored(dashboard, "desk").marks["tool-failure"].record.due == today + dt.timedelta(days=kept)


def test_a_file_that_does_not_add_up_is_confirmed_with_a_reason_beside_it(dashboard: Dashboard) -> None:
    whole = json.loads(PROMPTFOO.read_text("utf-8"))
    whole["results"]["results"] = [row for row in whole["results"]["results"] if row["success"]]
    screen = dashboard.open("evidence", system=SYSTEM)
    upload(screen, "cut.json", json.dumps(whole).encode())
    assert "does not count until a person confirms it: the file states 7 for failures" in screen.text
    screen.press(f"Store for {SYSTEM}")
    assert "1 file does not add up" in screen.answer
    assert "? does not add up" in screen.text
    (number,) = [number for number, file in stored(dashboard).evidence.items() if file.record.name == "cut.json"]
    screen.dialog(f"confirm_{number}")
    screen.widget("text_input", "Why the file counts all the same").set_value("The outage was ours")
    screen.submit("Confirm it")
    assert "does not add up" not in screen.answer
    assert "The outage was ours" in screen.text
