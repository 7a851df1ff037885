"""What is fetched from Langfuse, LangSmith and Opik, and from servers that answer as none should."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import Conflict, Denied, InputError, NotFound, ReadinessError, Unreachable
from readiness.importers import Options, Source, read
from readiness.model.sources import SourceHolds, SourceKind
from readiness.outbound import reach
from readiness.outbound.pulls import PullLimits, Wanted, langsmith, locked, opik, pull, tokens
from readiness.services.sources import FORMATS
from tests import standins
from tests.serving import answering
from tests.standins import CASES, TRACES, Serve, Standin, an_id, fill

UNTIL = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
QUICK = PullLimits(seconds=20, answer_seconds=3, idle_seconds=2, wait=2, pause=0.01, tries=3)
KINDS: dict[SourceKind, tuple[Serve, str]] = {
    "langfuse": (standins.langfuse, standins.LANGFUSE_TOKEN),
    "langsmith": (standins.langsmith, standins.LANGSMITH_TOKEN),
    "opik": (standins.opik, standins.OPIK_TOKEN),
}


def wanted(kind: SourceKind, url: str, **more: Any) -> Wanted:
    address = f"{url}/api" if kind == "opik" else url
    return Wanted(**{"kind": kind, "url": address, "project": standins.PROJECT, "until": UNTIL, **more})


def fetched(asked: Wanted, folder: Path, limits: PullLimits = QUICK) -> tuple[int, bytes]:
    with locked(folder, "pull") as kept:
        pulled = pull(asked, kept, limits)
        return pulled.records, pulled.path.read_bytes()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SourceKind:
    found: SourceKind = request.param
    monkeypatch.setenv(tokens.VARIABLE, f"elsewhere=other 127.0.0.1={KINDS[found][1]}")
    monkeypatch.setattr(opik, "PAGE", 2)
    return found


@pytest.fixture
def server(kind: SourceKind) -> Iterator[Standin]:
    with standins.serving(KINDS[kind][0]) as held:
        fill(held, kind)
        yield held


def test_every_page_is_fetched_and_read_as_whole_traces(kind: SourceKind, server: Standin, tmp_path: Path) -> None:
    with locked(tmp_path, "pull") as kept:
        pulled = pull(wanted(kind, server.url), kept, QUICK)
        batch = read(Source.open(pulled.path, pulled.name))
    assert (pulled.records, len(batch.traces), batch.skipped) == (TRACES, TRACES, ())
    assert {trace.version for trace in batch.traces} == {"2026.11"}
    kinds = {tuple(sorted(span.kind for span in trace.spans if span.kind != "output")) for trace in batch.traces}
    assert kinds == {("model", "request")}


def test_only_what_began_in_the_span_of_time_is_fetched(kind: SourceKind, server: Standin, tmp_path: Path) -> None:
    since, until = (dt.datetime(2026, 11, 20, 9, minute, tzinfo=dt.UTC) for minute in (1, 3))
    assert fetched(wanted(kind, server.url, since=since, until=until), tmp_path)[0] == 2


def test_a_limit_is_waited_for_and_nothing_is_lost(kind: SourceKind, server: Standin, tmp_path: Path) -> None:
    soon = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1))
    server.failing += [(429, b"", {"Retry-After": "0"}), (503, b"", {}), (429, b"", {"Retry-After": soon})]
    assert fetched(wanted(kind, server.url), tmp_path, PullLimits(pause=0.01))[0] == TRACES


def test_a_pull_that_was_ended_goes_on_where_it_was(kind: SourceKind, server: Standin, tmp_path: Path) -> None:
    whole = fetched(wanted(kind, server.url), tmp_path / "whole")
    with pytest.raises(Unreachable, match="the pull was ended after 1 pages"):
        fetched(wanted(kind, server.url), tmp_path, PullLimits(pages=1))
    before = len(server.asked)
    assert fetched(wanted(kind, server.url), tmp_path) == whole
    assert len(server.asked) - before < before


def test_a_token_that_is_not_taken_is_said_and_not_shown(
    kind: SourceKind, server: Standin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(tokens.VARIABLE, "127.0.0.1=wrong-secret")
    with pytest.raises(Denied) as caught:
        fetched(wanted(kind, server.url), tmp_path)
    assert "the server does not take the token (401)" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)
    monkeypatch.delenv(tokens.VARIABLE)
    with pytest.raises(Denied, match=r"the server asks for a token, and there is none for its host \(401\)"):
        fetched(wanted(kind, server.url), tmp_path)


def test_a_token_is_for_its_host_and_port_and_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(tokens.VARIABLE, "traces.example:8443=first traces.example=second")
    (tmp_path / ".streamlit").mkdir()
    tokens.FILE.write_text('[pull_tokens]\n"eval.example" = "third"\n')

    def of(url: str) -> str:
        return tokens.of(reach.asked_address(url, place="URL"))

    assert of("https://traces.example:8443/x") == "first"
    assert of("https://traces.example") == "second"
    assert of("https://eval.example") == "third"
    assert of("https://eval.example.evil.example") == ""


@pytest.mark.parametrize("text", ["secret", "=secret", "host="])
def test_a_token_without_its_host_is_refused_and_not_repeated(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, text)
    with pytest.raises(InputError) as caught:
        tokens.of(reach.asked_address("https://traces.example", place="URL"))
    assert "secret" not in str(caught.value)


def test_a_project_of_langsmith_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={standins.LANGSMITH_TOKEN}")
    with standins.serving(standins.langsmith) as held, pytest.raises(NotFound, match="there is no project 'other'"):
        fetched(wanted("langsmith", held.url, project="other"), tmp_path)


def test_opik_gives_the_items_of_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={standins.OPIK_TOKEN}")
    monkeypatch.setattr(opik, "PAGE", 1)
    with standins.serving(standins.opik) as held:
        for at in range(7):
            item = {
                "id": an_id(at),
                "experiment_id": an_id(70),
                "dataset_item_id": an_id(100 + at),
                "trace_id": an_id(at),
            }
            held.items.append({**item, "output": {"a": "a"}, "feedback_scores": [{"name": "exact", "value": at % 2}]})
        holds: SourceHolds = "results"
        with locked(tmp_path, "pull") as kept:
            pulled = pull(wanted("opik", held.url, holds=holds, run="nightly"), kept, QUICK)
            batch = read(Source.open(pulled.path), Options(version="2026.11"))
    assert [(cell.metric, cell.n, cell.mean) for cell in batch.cells] == [("exact", 7, 3 / 7)]


# Experiments of Langfuse and LangSmith


@pytest.fixture(params=["langfuse", "langsmith"])
def nightly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SourceKind, Standin]]:
    """A server with an experiment of that name, whose lists have several pages."""
    kind: SourceKind = request.param
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={KINDS[kind][1]}")
    monkeypatch.setattr(langsmith, "EXAMPLES", 2)
    with standins.serving(KINDS[kind][0]) as held:
        standins.fill_experiment(held, kind)
        yield kind, held


def experiment(kind: SourceKind, held: Standin, run: str = standins.NIGHTLY) -> Wanted:
    holds: SourceHolds = "results"
    return wanted(kind, held.url, project="", holds=holds, run=run)


def test_every_case_of_an_experiment_is_fetched_and_one_that_failed_is_an_error(
    nightly: tuple[SourceKind, Standin], tmp_path: Path
) -> None:
    with locked(tmp_path, "pull") as kept:
        pulled = pull(experiment(*nightly), kept, QUICK)
        batch = read(Source.open(pulled.path), Options(version="2026.11", format=FORMATS[nightly[0], "results"]))
    assert (pulled.records, pulled.pages) == (CASES, 4)
    cells = {cell.metric: (cell.n, cell.errors, cell.mean) for cell in batch.cells}
    assert cells["exact"] == (CASES - 1, 1, 0.5)


def test_an_experiment_goes_on_where_it_was_ended_and_is_waited_for(
    nightly: tuple[SourceKind, Standin], tmp_path: Path
) -> None:
    held = nightly[1]
    whole = fetched(experiment(*nightly), tmp_path / "whole")
    with pytest.raises(Unreachable, match="the pull was ended after 2 pages"):
        fetched(experiment(*nightly), tmp_path, PullLimits(pages=2))
    before = len(held.asked)
    held.failing += [(429, b"", {"Retry-After": "0"}), (503, b"", {})]
    assert fetched(experiment(*nightly), tmp_path, PullLimits(pause=0.01)) == whole
    assert len(held.asked) - before == 2 + 2


def test_an_experiment_comes_whole_whenever_it_ran(nightly: tuple[SourceKind, Standin], tmp_path: Path) -> None:
    later = replace(experiment(*nightly), since=UNTIL - dt.timedelta(minutes=1))
    assert fetched(later, tmp_path)[0] == CASES


def test_an_experiment_that_is_not_there_is_said(nightly: tuple[SourceKind, Standin], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no experiment 'daily'"):
        fetched(experiment(*nightly, run="daily"), tmp_path)


def test_a_project_of_langsmith_is_no_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={standins.LANGSMITH_TOKEN}")
    with (
        standins.serving(standins.langsmith) as held,
        pytest.raises(NotFound, match="'support' ran on no data set; expected an experiment"),
    ):
        fetched(experiment("langsmith", held, run=standins.PROJECT), tmp_path)


# Servers that answer as none should


@contextmanager
def hostile(answer: Any) -> Iterator[str]:
    """A server whose every answer is written by a function of the handler."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            try:
                answer(self)
            except OSError:
                self.close_connection = True

    with answering(Handler) as url:
        yield url


def said(body: bytes, status: int = 200, **headers: Any) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, text in headers.items():
            handler.send_header(name.replace("_", "-"), text)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def sentence(answer: Any, folder: Path, limits: PullLimits = QUICK) -> str:
    """What is said where a server answers so, as if it were a Phoenix; nothing of it is kept."""
    with hostile(answer) as url, pytest.raises(ReadinessError) as caught:
        fetched(Wanted("phoenix", url, "support", UNTIL), folder, limits)
    assert list(folder.glob("*.jsonl")) == []
    return str(caught.value)


def phoenix_page(further: str) -> bytes:
    return json.dumps({"data": [], "next_cursor": further}).encode()


def test_pages_without_an_end_are_ended(tmp_path: Path) -> None:
    numbers = iter(range(10**6))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        said(phoenix_page(f"c{next(numbers)}"))(handler)

    with hostile(answer) as url, pytest.raises(Unreachable, match="the pull was ended after 20 pages"):
        fetched(Wanted("phoenix", url, "support", UNTIL), tmp_path, PullLimits(pages=20))


def test_the_same_page_again_is_refused(tmp_path: Path) -> None:
    assert "the server answered the same page again" in sentence(said(phoenix_page("again")), tmp_path)


def test_a_body_without_an_end_is_not_held(tmp_path: Path) -> None:
    limits = PullLimits(answer_bytes=1 << 20, pause=0.01)
    assert "the server answered with more than 1,048,576 bytes" in sentence(said(b"x" * (3 << 20)), tmp_path, limits)


def test_a_bomb_of_gzip_is_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    limits = PullLimits(answer_bytes=1 << 20, pause=0.01)
    began = time.monotonic()
    assert "more than 1,048,576 bytes" in sentence(said(bomb, Content_Encoding="gzip"), tmp_path, limits)
    assert time.monotonic() - began < 10


def test_an_answer_that_drips_is_ended(tmp_path: Path) -> None:
    left = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not left.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    limits = PullLimits(seconds=5, answer_seconds=0.5, idle_seconds=2, tries=1)
    try:
        assert "the server takes too long for one answer" in sentence(answer, tmp_path, limits)
    finally:
        left.set()


@pytest.mark.parametrize(
    ("body", "headers", "what"),
    [
        (b"<html>login</html>", {}, "the server answered what is no JSON"),
        (b"{", {}, "the server answered what is no JSON"),
        (b"[]", {}, "the server answered what cannot be read (TypeError)"),
        (b'{"data": 1}', {}, "the server answered what cannot be read (TypeError)"),
        (b"{}", {}, "the server answered what cannot be read (KeyError)"),
        (b"not gzip", {"Content_Encoding": "gzip"}, "the server answered what cannot be unpacked"),
        (
            gzip.compress(b"{}", mtime=0)[:-9],
            {"Content_Encoding": "gzip"},
            "the server answered what cannot be unpacked",
        ),
        (b"{}", {"Content_Encoding": "br"}, "the server answered what cannot be unpacked"),
    ],
)
def test_what_is_not_as_documented_is_one_sentence(
    body: bytes, headers: dict[str, Any], what: str, tmp_path: Path
) -> None:
    told = sentence(said(body, **headers), tmp_path)
    assert told.startswith("127.0.0.1")
    assert told.endswith(f"{what}; expected what its API documents.")


def test_a_redirect_is_not_followed_wherever_it_leads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, "127.0.0.1=secret")
    told = sentence(said(b"", 302, Location="http://169.254.169.254/latest/meta-data"), tmp_path)
    assert "the server sends on to 169.254.169.254, which is not followed" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "224.0.0.1", "100.100.100.200", "[fd00:ec2::254]"],
)
def test_an_address_of_the_machine_s_own_secrets_is_not_asked(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Denied, match="this address is link-local, or one of the machine's own secrets"):
        fetched(Wanted("phoenix", f"https://{host}", "support", UNTIL), tmp_path, QUICK)
    monkeypatch.setenv(reach.HOSTS_VARIABLE, host.strip("[]"))
    reach.refuse_inner(reach.asked_address(f"https://{host}", place="URL"))


def test_a_name_that_stands_for_such_an_address_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.215.14", "169.254.0.9")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Denied, match="this address is link-local"):
        fetched(Wanted("phoenix", "https://traces.example", "support", UNTIL), tmp_path, QUICK)


@pytest.mark.parametrize(
    "url",
    [
        "http://traces.example",
        "ftp://traces.example",
        "https://user:secret@traces.example",
        "https://traces.example/?token=secret",
        "https://traces.example:port/",
        "traces.example",
        "https://",
    ],
)
def test_an_address_that_holds_a_secret_or_could_be_read_on_the_way_is_refused(url: str) -> None:
    with pytest.raises(InputError) as caught:
        reach.asked_address(url, place="URL")
    assert "secret" not in str(caught.value)


def test_a_limit_that_is_too_long_to_wait_for_is_said(tmp_path: Path) -> None:
    told = sentence(said(b"", 429, Retry_After="3600"), tmp_path)
    assert "the server limits how often it is asked and said to wait 3,600 s" in told
    assert told.endswith("expected another pull later, which goes on from here.")


def test_a_server_that_fails_is_asked_again_so_often_and_no_more(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        said(b"", 502)(handler)

    assert "the server answered 502" in sentence(answer, tmp_path)
    assert len(asked) == QUICK.tries


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with hostile(said(b"{}")) as url:
        pass
    with pytest.raises(Unreachable, match="the server does not answer \\(ConnectError\\); expected an answer"):
        fetched(Wanted("phoenix", url, "support", UNTIL), tmp_path, QUICK)


def test_what_is_pulled_by_one_is_not_pulled_by_another_at_once(tmp_path: Path) -> None:
    with locked(tmp_path, "pull"), pytest.raises(Conflict, match="the same is being pulled right now"):  # noqa: SIM117
        with locked(tmp_path, "pull"):
            pass
    with locked(tmp_path, "pull"):
        assert [path.name for path in tmp_path.iterdir()] == ["pull.lock"]


def test_what_a_killed_step_left_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.VARIABLE, f"127.0.0.1={standins.LANGSMITH_TOKEN}")
    with standins.serving(standins.langsmith) as held:
        fill(held, "langsmith")
        whole = fetched(wanted("langsmith", held.url), tmp_path / "whole")
        with pytest.raises(Unreachable):
            fetched(wanted("langsmith", held.url), tmp_path, PullLimits(pages=2))
        with (tmp_path / "pull.jsonl").open("ab") as part:
            part.write(b'{"runs": [{"id": "half')
        assert fetched(wanted("langsmith", held.url), tmp_path) == whole
