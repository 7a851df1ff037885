"""Which token goes to which host, and what is said of a file or a variable that cannot be read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from readiness.errors import InputError
from readiness.outbound.pulls import tokens

FILE = '[pull_tokens]\n"Traces.example" = "of-file"\n"other.example:8443" = "of-port"\n'


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(tokens.VARIABLE, raising=False)
    tokens.FILE.parent.mkdir()
    return tokens.FILE


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("https://traces.example/x", "of-file"),
        ("https://traces.example:9000", "of-file"),
        ("https://other.example:8443", "of-port"),
        ("https://other.example", ""),
        ("https://traces.example.evil.example", ""),
        ("https://mine.example", "of-environment"),
    ],
)
def test_a_token_goes_to_its_own_host_alone(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, url: str, token: str
) -> None:
    secrets.write_text(FILE, "utf-8")
    monkeypatch.setenv(tokens.VARIABLE, "Mine.example=of-environment")
    assert tokens.of(urlsplit(url)) == token


def test_the_environment_goes_before_the_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.write_text(FILE, "utf-8")
    monkeypatch.setenv(tokens.VARIABLE, "traces.example=of-environment")
    assert tokens.of(urlsplit("https://traces.example")) == "of-environment"


@pytest.mark.parametrize("said", ["traces.example", "=word", "traces.example=", "traces.example=gr\u00fcn"])
def test_a_variable_that_says_no_host_or_no_token_is_refused_without_it(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv(tokens.VARIABLE, said)
    with pytest.raises(InputError, match="a token does not say which host it is for") as refused:
        tokens.of(urlsplit("https://traces.example"))
    assert said not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"\xff\xfe", "the file cannot be read"),
        (b'"secret-word', "the file is no TOML"),
        (b'pull_tokens = "secret-word"', "the tokens cannot be told"),
        (b'[pull_tokens]\n"a.example" = 7', "the tokens cannot be told"),
        (b'[pull_tokens]\n"a.example" = "two words"', "the tokens cannot be told"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_that_quotes_nothing(
    secrets: Path, text: bytes, problem: str
) -> None:
    secrets.write_bytes(text)
    with pytest.raises(InputError, match=problem) as refused:
        tokens.of(urlsplit("https://a.example"))
    assert "secret-word" not in str(refused.value)
