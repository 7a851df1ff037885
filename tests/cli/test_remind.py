from __future__ import annotations

from pathlib import Path

import pytest

from readiness.outbound import mail, webhook
from tests.cli.conftest import Run
from tests.outbound.receivers import mail_server, web_server


@pytest.fixture(autouse=True)
def _nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (mail.VARIABLE, mail.FROM_VARIABLE, webhook.VARIABLE):
        monkeypatch.delenv(variable, raising=False)


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(portfolio: Path, run: Run) -> None:
    first = run("remind", "--dry-run")
    assert first.status == 0
    assert "By mail to " in first.out
    assert run("remind", "--dry-run").out == first.out
    told = run("remind", "--dry-run", "--json").json
    assert {stage for one in told for stage in (gap["stage"] for gap in one["gaps"])} <= {0, 1, 7, 30}
    assert sum(len(one["gaps"]) for one in told) > len(told) > 1


def test_every_owner_gets_a_mail_once(portfolio: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = run("remind", "--dry-run", "--json").json
    with mail_server() as letters:
        monkeypatch.setenv(mail.VARIABLE, f"smtp://127.0.0.1:{letters.port}")
        monkeypatch.setenv(mail.FROM_VARIABLE, "readiness@example.com")
        sent = run("remind")
        again = run("remind", "--by", "mail")
    assert (sent.status, again.out) == (0, "Nothing is due to go out.\n")
    assert [to for (to,) in letters.to] == [one["address"] for one in planned]
    assert [str(letter["Subject"]) for letter in letters.received] == [one["subject"] for one in planned]


def test_a_chat_that_does_not_answer_is_told_of_later(
    portfolio: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server() as posts:
        monkeypatch.setenv(webhook.VARIABLE, posts.url)
        posts.status = 503
        failed = run("remind")
        posts.status = 200
        sent = run("remind", "--json")
    assert failed.status == 1
    assert "the webhook answered 503." in failed.err
    assert "secret" not in failed.err + failed.out + sent.out
    assert {one["accepted"] for one in sent.json} == {True}
    assert len(posts.received) == len(sent.json) > 1


def test_without_a_way_to_send_it_is_said_how_one_is_set_up(portfolio: Path, run: Run) -> None:
    refused = run("remind")
    assert refused.status == 2
    assert "expected READINESS_SMTP_URL or READINESS_WEBHOOK_URL" in refused.err
    assert "--by: there is no way 'pigeon'; expected mail or webhook" in run("remind", "--by", "pigeon").err
