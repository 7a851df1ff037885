from __future__ import annotations

import pytest

from readiness.errors import InputError, Unreachable
from readiness.outbound import webhook
from readiness.outbound.webhook import VARIABLE, Webhook
from tests.outbound.receivers import web_server
from tests.outbound.test_mail import digest


def test_a_digest_arrives_as_the_text_of_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as posts:
        monkeypatch.setenv(VARIABLE, posts.url)
        Webhook.from_environment().send(digest())
    (body,) = posts.received
    assert list(body) == ["text"]
    assert body["text"].startswith("Readiness: 1 gap due soon\nFor Omar.\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@\u200bU1&gt;"),
        ("@here, omar@example.com", "@\u200bhere, omar@example.com"),
        ("[press](https://evil.example)", "[press]\u200b(https://evil.example)"),
    ],
)
def test_nothing_in_a_message_calls_people_or_hides_where_it_links(text: str, shown: str) -> None:
    assert webhook.harmless(text) == shown


def test_a_failure_names_the_host_and_not_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server() as posts:
        monkeypatch.setenv(VARIABLE, posts.url)
        posts.status = 404
        with pytest.raises(Unreachable, match=r"^127\.0\.0\.1: the webhook answered 404\.$"):
            Webhook.from_environment().send(digest())
    with pytest.raises(Unreachable, match=r"^127\.0\.0\.1: the webhook does not answer \(ConnectError\)\.$") as refused:
        Webhook.from_environment().send(digest())
    assert refused.value.__cause__ is None
    assert "secret" not in repr(Webhook.from_environment())


@pytest.mark.parametrize("url", ["", "http://hooks.example.com/s3cret", "hooks.example.com", "https://[s3cret"])
def test_an_address_that_others_could_read_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(InputError, match="expected an address with https, or one of this machine") as refused:
        Webhook.from_environment()
    assert "s3cret" not in str(refused.value)
