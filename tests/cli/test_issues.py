"""Gaps as issues, through the command and against servers that speak as the trackers document it."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from readiness.model.assessment import Mark
from readiness.outbound.trackers import VARIABLE
from readiness.services import evidence, gaps, marks, open_store, systems
from readiness.store import queries
from tests import factories, files, trackers
from tests.cli.conftest import Run, Said
from tests.factories import SLUG, TODAY
from tests.trackers import CLOUD_TOKEN, TOKEN, FakeTracker

DANA = factories.principal()
KINDS = {
    "github": ("github:acme/desk", trackers.github, TOKEN),
    "gitlab": ("gitlab:acme/desk", trackers.gitlab, TOKEN),
    "jira-server": ("jira:DESK", trackers.jira_server, TOKEN),
    "jira-cloud": ("jira:DESK", trackers.jira_cloud, CLOUD_TOKEN),
}
GAPS = ("capacity", "ownership", "tail-latency", "sign-off", "traceability")


@dataclass
class Project:
    """A project in a tracker, and the commands on it."""

    kind: str
    tracker: FakeTracker
    run: Run

    def say(self, *more: str) -> Said:
        return self.run("issues", SLUG, "--to", KINDS[self.kind][0], "--url", self.tracker.url, *more)

    def told(self, one: dict[str, Any]) -> tuple[str, str, str | None, set[str], bool]:
        """Title, text, date, labels and whether it is open, whichever tracker it is."""
        if self.kind.startswith("jira"):
            fields = one["fields"]
            is_open = fields["status"]["statusCategory"]["key"] != "done"
            return fields["summary"], fields["description"], fields["duedate"], set(fields["labels"]), is_open
        if self.kind == "gitlab":
            return one["title"], one["description"], one["due_date"], set(one["labels"]), one["state"] == "opened"
        labels = {label["name"] for label in one["labels"]}
        return one["title"], one["body"], None, labels, one["state"] == "open"

    def rewrite(self, one: dict[str, Any], *, title: str = "", below: str = "") -> None:
        """As a person does in the tracker; its editor ends lines as browsers do."""
        fields = one["fields"] if self.kind.startswith("jira") else one
        head = "summary" if self.kind.startswith("jira") else "title"
        text = "body" if self.kind == "github" else "description"
        fields[head] = title or fields[head]
        fields[text] = (fields[text] + below).replace("\n", "\r\n")

    def set_closed(self, one: dict[str, Any]) -> None:
        if self.kind.startswith("jira"):
            one["fields"]["status"] = {"statusCategory": {"key": "done"}}
        else:
            one["state"] = "closed"


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, run: Run, db: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    _, serve, token = KINDS[request.param]
    monkeypatch.setenv(VARIABLE, token)
    _stored(db)
    with trackers.serving(serve) as tracker:
        yield Project(request.param, tracker, run)


def _stored(db: Path) -> None:
    stated = {name.replace("-", "_"): factories.mark(name, "yes") for name in GAPS}
    with closing(open_store(f"sqlite:///{db}")) as store:
        evidence.add_assessment(store, DANA, files.whole(**stated), name="a.toml", digest="1" * 64, as_of=TODAY)


def _change(db: Path, signal: str, **change: Any) -> None:
    """Move a gap or close it."""
    with closing(open_store(f"sqlite:///{db}")) as store:
        stored = queries.dossier(store, SLUG)
        held = stored.marks[signal]
        if change.get("mark"):
            asked = factories.mark(signal, change["mark"], evidence=["https://evidence.example/1"])
            marks.answer(store, DANA, SLUG, stored.assessment.id, asked, seen=held.row_version)
            return
        was: Mark = held.record
        fields = {"due": was.due, "owner": was.owner, "action": was.action} | change
        gaps.change(store, DANA, held.id, seen=held.row_version, reason="later", **fields)


def test_nothing_is_written_until_it_is_asked_for(project: Project) -> None:
    said = project.say()
    assert said.status == 0
    assert said.lines[0].startswith("Would create issue for support-copilot/")
    assert (len(said.lines), said.lines[-1]) == (6, "Nothing was done yet; --apply does it.")
    assert project.tracker.writes == []


def test_each_gap_has_one_issue_however_often_it_is_said(project: Project, db: Path) -> None:
    done = project.say("--apply")
    assert (done.status, len(done.lines)) == (0, 5), done.err
    told = [project.told(one) for one in project.tracker.issues]
    assert {text.splitlines()[-1] for _, text, *_ in told} == {f"readiness-gap: {SLUG}/{name}" for name in GAPS}
    day = None if project.kind == "github" else "2026-12-04"
    assert {(due, *sorted(labels), is_open) for _, _, due, labels, is_open in told} == {(day, "readiness", SLUG, True)}
    before = len(project.tracker.writes)
    assert project.say("--apply").out.endswith("says what is open already.\n")
    assert len(project.tracker.writes) == before
    with closing(open_store(f"sqlite:///{db}")) as store:
        assert [event.action for event in queries.events(store, limit=5)] == ["issue"] * 5


def test_what_changed_is_brought_up_to_date_and_nothing_else(project: Project, db: Path) -> None:
    project.say("--apply")
    _change(db, "capacity", due=TODAY + dt.timedelta(days=20), action="Rent more")
    _change(db, "ownership", mark="no")
    first = len(project.tracker.writes)
    done = project.say("--apply")
    assert sorted(line.split(" ")[0] for line in done.lines) == ["Closed", "Updated"]
    assert len(project.tracker.writes) == first + 2
    told = {
        text.splitlines()[-1]: (text, due, is_open)
        for _, text, due, _, is_open in map(project.told, project.tracker.issues)
    }
    text, due, is_open = told[f"readiness-gap: {SLUG}/capacity"]
    assert "Rent more" in text
    assert "10 Dec 2026" in text
    assert is_open
    assert due == (None if project.kind == "github" else "2026-12-10")
    assert not told[f"readiness-gap: {SLUG}/ownership"][-1]


def test_what_people_write_stays_and_what_they_closed_is_opened_while_the_gap_is(project: Project) -> None:
    project.say("--apply")
    one, other, third = project.tracker.issues[:3]
    project.rewrite(one, below="\n\nSeen with @lena on Monday")
    project.rewrite(other, title="Renamed")
    project.set_closed(third)
    done = project.say("--apply")
    assert sorted(line.split(" ")[0] for line in done.lines) == ["Reopened", "Updated"]
    assert project.told(one)[1].endswith("Seen with @lena on Monday")
    assert project.told(other)[0] != "Renamed"
    assert project.told(third)[4]
    assert project.say("--apply").out.endswith("says what is open already.\n")


def test_issues_of_others_are_not_touched(project: Project, db: Path) -> None:
    project.say("--apply")
    unlabelled, another, twin = (_copied(one, 100 + number) for number, one in enumerate(project.tracker.issues[:3]))
    _labels(unlabelled).clear()
    _retext(project, another, "readiness-gap: another-system/capacity")
    project.tracker.issues += [unlabelled, another, twin]
    before = copy.deepcopy([unlabelled, another, twin])
    for name in GAPS:
        _change(db, name, due=TODAY + dt.timedelta(days=30))
    assert len(project.say("--apply").lines) == 5
    for name in GAPS:
        _change(db, name, mark="no")
    assert len(project.say("--apply").lines) == 5
    assert [unlabelled, another, twin] == before
    assert not any(project.told(one)[-1] for one in project.tracker.issues[:5])


def _copied(one: dict[str, Any], number: int) -> dict[str, Any]:
    """As somebody copies an issue."""
    numbers = {"number": number, "iid": number, "key": f"DESK-{number}"}
    return copy.deepcopy(one) | {name: numbers[name] for name in numbers.keys() & one.keys()}


def _labels(one: dict[str, Any]) -> list[Any]:
    labels: list[Any] = one["fields"]["labels"] if "fields" in one else one["labels"]
    return labels


def _retext(project: Project, one: dict[str, Any], text: str) -> None:
    fields = one.get("fields", one)
    fields["body" if project.kind == "github" else "description"] = text


def test_a_pull_request_with_our_label_is_none_of_ours(run: Run, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    _stored(db)
    with trackers.serving(trackers.github) as tracker:
        text = f"readiness-gap: {SLUG}/capacity"
        labels = [{"name": "readiness"}]
        pull = {"number": 1, "title": "t", "body": text, "labels": labels, "state": "open", "pull_request": {"url": ""}}
        tracker.issues.append(pull)
        assert len(Project("github", tracker, run).say("--apply").lines) == 5
        assert ("PATCH", "/repos/acme/desk/issues/1") not in tracker.asked


def test_no_text_of_the_store_calls_people_or_does_anything(project: Project, db: Path) -> None:
    _change(db, "capacity", owner="@lena", action="see [x](http://e.e) @all\n/assign @omar {noformat} *a* #12")
    project.say("--apply")
    (text,) = [text for _, text, *_ in map(project.told, project.tracker.issues) if text.endswith("/capacity")]
    assert not [line for line in text.splitlines() if line.startswith("/")]
    if project.kind.startswith("jira"):
        assert text.count("{noformat}") == 2
    else:
        assert "`@lena`" in text
        assert "`@all`" in text
        assert "`#12`" in text


def test_a_limit_is_waited_for_and_a_long_one_is_said(project: Project) -> None:
    project.tracker.failing = [(429, {}, {"Retry-After": "0"}), (403, {}, {"Retry-After": "1"})]
    assert project.say("--apply").status == 0
    assert len(project.tracker.issues) == 5
    project.tracker.failing = [(429, {}, {"Retry-After": "61"})]
    refused = project.say()
    assert refused.status == 2
    assert "limits how often it is asked and said to wait 61 s; expected another run later" in refused.err


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((401, {}, {}), "the tracker does not take the token (401)."),
        ((403, {}, {}), "the tracker does not take the token (403)."),
        ((404, {}, {}), "the tracker does not find the project; expected one that is there"),
        ((500, b"<html>", {}), "the tracker answered 500."),
        ((301, {}, {"Location": "/elsewhere"}), "the tracker answered 301."),
        ((200, b"<html>", {}), "expected what its API documents."),
        ((200, {"issues": [{}], "total": 1}, {}), "answered what cannot be read; expected what its API documents."),
    ],
)
def test_a_failure_is_one_sentence_and_writes_nothing(project: Project, answer: trackers.Answer, why: str) -> None:
    project.tracker.failing = [answer]
    refused = project.say("--apply")
    assert refused.status == 2
    assert why in refused.err
    assert len(refused.err.splitlines()) == 1
    assert project.tracker.writes == []


def test_the_token_is_asked_for_and_never_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = CLOUD_TOKEN[:-1] + "s3cret" if project.kind == "jira-cloud" else "s3cret"
    monkeypatch.setenv(VARIABLE, wrong)
    refused = project.say()
    assert "does not take the token (401)" in refused.err
    assert "s3cret" not in refused.err + refused.out
    monkeypatch.setenv(VARIABLE, "")
    assert f"{VARIABLE}: there is no token for the tracker" in project.say().err


@pytest.mark.parametrize(
    ("to", "url", "why"),
    [
        ("github:acme", "", "--to: 'github:acme' is no tracker; expected github:OWNER/REPO, gitlab"),
        ("github:acme/..", "", "is no tracker"),
        ("gitlab:acme/../x", "", "is no tracker"),
        ("jira:DESK OR 1", "https://x.atlassian.net", "is no tracker"),
        ("jira:DESK", "", "--url: where Jira is has to be said"),
        ("linear:x/y", "", "is no tracker"),
        ("github:acme/desk", "http://github.example.com", "--url: what is sent there could be read on the way"),
    ],
)
def test_what_is_no_tracker_is_refused(
    run: Run, portfolio: Path, monkeypatch: pytest.MonkeyPatch, to: str, url: str, why: str
) -> None:
    monkeypatch.setenv(VARIABLE, TOKEN)
    refused = run("issues", SLUG, "--to", to, "--url", url)
    assert refused.status == 2
    assert why in refused.err


def test_an_archived_system_keeps_its_issues(project: Project, db: Path) -> None:
    project.say("--apply")
    with closing(open_store(f"sqlite:///{db}")) as store:
        systems.archive(store, DANA, SLUG, "over", seen=systems.one(store, DANA, SLUG).row_version)
    refused = project.say("--apply")
    assert refused.status == 2
    assert "was archived on" in refused.err
    assert all(project.told(one)[-1] for one in project.tracker.issues)
