"""Spans that come in over OTLP/HTTP: what is answered, what is kept, and what becomes of it."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from readiness import clock, paths
from readiness.api import otlp as answers
from readiness.api.traces import MOST_BYTES, Receiver
from readiness.importers.otlp.received import plain
from readiness.importers.source.limits import REQUEST_CAP, REQUEST_SPANS
from readiness.model.traces import Trace
from readiness.services import Store, open_store, reviews
from readiness.store import queries
from readiness.store.tables import SpanBatchRow
from tests import otlp
from tests.otlp import JSON, PROTOBUF
from tests.tokens import DANA, shown

CLAIMS, FREIGHT = "claims-intake", "freight-support"
PATH = "/v1/traces"
CANARY = "ann.canary@example.com"


@pytest.fixture(scope="module")
def store(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("traces") / "readiness.db"
    path.write_bytes(loaded.read_bytes())
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def receiver(store: Store) -> Receiver:
    return Receiver(lambda: store)


@pytest.fixture(scope="module")
def client(receiver: Receiver) -> Iterator[TestClient]:
    app = Starlette(routes=[receiver.route()], lifespan=lambda _: receiver.running())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def importing(store: Store) -> dict[str, str]:
    return shown(store, "import")


@pytest.fixture(scope="module")
def of_claims(store: Store) -> dict[str, str]:
    return shown(store, "import", systems=(CLAIMS,))


def kept(store: Store) -> int:
    """Spans that are kept."""
    with store.reading() as session:
        return sum(session.exec(select(SpanBatchRow.spans)))


def live(store: Store, slug: str) -> list[Any]:
    review = reviews.load(store, DANA, slug, as_of=clock.today())
    return [item for item in review.items.values() if item.evidence.name.startswith("live ")]


def traces(store: Store, slug: str, number: int) -> list[Trace]:
    """The trace with this number, of all that are kept whole."""
    stored = [trace.record for _, trace in queries.dossier(store, slug).traces]
    return [trace for trace in stored if trace.trace_id == f"{number:032x}"]


def until(there: Callable[[], Any], seconds: float = 60) -> Any:
    """What is there in the end."""
    ends = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < ends:
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
@pytest.mark.parametrize("gzip", [False, True])
def test_a_request_is_kept_and_answered_in_its_own_encoding(
    client: TestClient, store: Store, of_claims: dict[str, str], encoding: str, *, gzip: bool
) -> None:
    before = kept(store)
    sent = otlp.request([otlp.span(1 + gzip, 7 + len(encoding), name="ask")])
    body = otlp.as_json(sent) if encoding == "json" else otlp.as_protobuf(sent)
    headers = of_claims | (JSON if encoding == "json" else PROTOBUF)
    if gzip:
        body, headers = otlp.packed(body), headers | {"Content-Encoding": "gzip"}
    answer = client.post(PATH, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, headers["Content-Type"])
    assert answer.content == (b"{}" if encoding == "json" else b"")
    assert kept(store) == before + 1


def test_spans_of_one_trace_in_several_requests_are_one_trace(
    client: TestClient, store: Store, of_claims: dict[str, str]
) -> None:
    headers = of_claims | JSON
    for first in (100, 200):
        root = otlp.span(first, 1, ms=500, name="POST /chat")
        late = otlp.span(first, 2, parent=1, ms=200, name="search", status={"code": 2, "message": "timed out"})
        for sent in (otlp.request([late]), otlp.request([root]), otlp.request([root])):
            assert client.post(PATH, content=otlp.as_json(sent), headers=headers).status_code == 200

        def whole(number: int = first) -> list[Trace]:
            return [trace for trace in traces(store, CLAIMS, number) if len(trace.spans) == 2]

        (trace,) = until(whole)
        (item,) = live(store, CLAIMS)
        assert (item.evidence.format, item.added_by, item.evidence.measured_on) == ("otlp", DANA.name, clock.today())
        assert (trace.version, [span.name for span in trace.spans]) == ("2026.11", ["search", "POST /chat"])
        assert item.evidence.skipped >= 1  # what was sent again is told, and counts once


def test_nothing_unredacted_is_kept_anywhere(client: TestClient, store: Store, of_claims: dict[str, str]) -> None:
    secret = "AKIA" + "QYLPMN5HFWTB7XZD"  # the shape of a key, and none
    attributes = otlp.pairs({"input.value": f"I am {CANARY}", "password": "hunter2-canary", f"to.{CANARY}": secret})
    event = {"timeUnixNano": "5", "name": f"mail to {CANARY}", "attributes": otlp.pairs({"exception.message": secret})}
    span = otlp.span(
        300, 1, name=CANARY, attributes=attributes, events=[event], status={"code": 2, "message": f"no {CANARY}"}
    )
    span["links"] = [{"traceId": f"{301:032x}", "spanId": f"{5:016x}", "attributes": otlp.pairs({"of": CANARY})}]
    sent = otlp.request([span], user_mail=CANARY)
    for body, kind in ((otlp.as_json(sent), JSON), (otlp.as_protobuf(sent), PROTOBUF)):
        assert client.post(PATH, content=body, headers=of_claims | kind).status_code == 200
    with store.reading() as session:
        lines = b"".join(map(plain, session.exec(select(SpanBatchRow.body))))
    assert f"{300:032x}".encode() in lines
    assert lines.count(b"[redacted: email]") >= 12
    (trace,) = until(lambda: traces(store, CLAIMS, 300))
    assert trace.redacted["email"] >= 6
    assert trace.redacted["password"] == 1
    on_disk = b"".join(path.read_bytes() for path in Path(str(store.path)).parent.glob("readiness.db*"))
    for canary in (CANARY, "hunter2-canary", secret):
        assert canary.encode() not in lines
        assert canary.encode() not in on_disk


def test_a_resource_says_whose_its_spans_are(client: TestClient, store: Store, importing: dict[str, str]) -> None:
    sent = {
        "resourceSpans": [
            *otlp.request([otlp.span(400)], service_name=FREIGHT)["resourceSpans"],
            *otlp.request([otlp.span(401)], service_name="gateway", readiness_system=FREIGHT)["resourceSpans"],
            *otlp.request([otlp.span(402), otlp.span(403)], service_name="nobody-knows-it")["resourceSpans"],
        ]
    }
    before = kept(store)
    answer = client.post(PATH, content=otlp.as_protobuf(sent), headers=importing | PROTOBUF)
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 2)
    assert partial.error_message.startswith("2 spans: the system 'nobody-knows-it' is not in the store")
    assert kept(store) == before + 2
    (item,) = until(lambda: live(store, FREIGHT))
    assert item.evidence.kept == 2


def test_spans_that_cannot_be_any_are_told_and_the_others_kept(
    client: TestClient, store: Store, of_claims: dict[str, str]
) -> None:
    later = str(time.time_ns() + 3 * 86_400 * 10**9)
    wrong = [
        otlp.span(500) | {"traceId": "0" * 32},
        otlp.span(501) | {"startTimeUnixNano": "0"},
        otlp.span(502) | {"startTimeUnixNano": later},
        otlp.span(503) | {"name": "n" * 30_000},
    ]
    before = kept(store)
    sent = otlp.request([otlp.span(504), *wrong])
    answer = client.post(PATH, content=otlp.as_json(sent), headers=of_claims | JSON).json()
    assert answer["partialSuccess"]["rejectedSpans"] == "4"
    assert answer["partialSuccess"]["errorMessage"].startswith("4 spans: the trace id is '0000")
    answer = client.post(PATH, content=otlp.as_protobuf(sent), headers=of_claims | PROTOBUF)
    assert ExportTraceServiceResponse.FromString(answer.content).partial_success.rejected_spans == 4
    assert kept(store) == before + 2


ONE = otlp.request([otlp.span(600)])
MANY = otlp.request([otlp.span(600, number) for number in range(1, REQUEST_SPANS + 2)])
BOMB = zlib.compress(b"\0" * (3 * REQUEST_CAP), 9, 16 + zlib.MAX_WBITS)
HOSTILE: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "another media type": (otlp.as_json(ONE), {"Content-Type": "text/plain"}, 415, "the body is 'text/plain'"),
    "no media type": (otlp.as_json(ONE), {"Content-Type": ""}, 415, "the body is ''"),
    "another packing": (otlp.as_json(ONE), JSON | {"Content-Encoding": "br"}, 415, "the body is packed as 'br'"),
    "half a message": (otlp.as_protobuf(ONE)[:-3], PROTOBUF, 400, "the protobuf breaks off"),
    "JSON as protobuf": (otlp.as_json(ONE), PROTOBUF, 400, "the protobuf breaks off"),
    "protobuf as JSON": (otlp.as_protobuf(ONE), JSON, 400, "the JSON breaks off"),
    "half a JSON": (otlp.as_json(ONE)[:-3], JSON, 400, "the JSON breaks off"),
    "a list": (b"[]", JSON, 400, "there is no list of resourceSpans"),
    "text for spans": (b'{"resourceSpans": "x"}', JSON, 400, "there is no list of resourceSpans"),
    "a bare number": (b'{"resourceSpans": [1]}', JSON, 400, "there is no list of scopeSpans"),
    "a resource that is none": (b'{"resourceSpans": [{"resource": 1}]}', JSON, 400, "a resource cannot be read"),
    "deep JSON": (b'{"resourceSpans": ' + b"[" * 5000 + b"]" * 5000 + b"}", JSON, 400, "the JSON breaks off"),
    "no gzip": (otlp.as_json(ONE), JSON | {"Content-Encoding": "gzip"}, 400, "the body is not gzip"),
    "half a gzip": (
        otlp.packed(otlp.as_json(ONE))[:-9],
        JSON | {"Content-Encoding": "gzip"},
        400,
        "the gzip breaks off",
    ),
    "a bomb": (BOMB, PROTOBUF | {"Content-Encoding": "gzip"}, 413, "the request is too large"),
    "too many bytes": (b"\0" * (REQUEST_CAP + 1), PROTOBUF, 413, "the request is too large"),
    "too many spans": (otlp.as_json(MANY), JSON, 413, f"the request has {REQUEST_SPANS + 1:,} spans"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_request_is_refused_in_one_sentence(
    client: TestClient, store: Store, of_claims: dict[str, str], what: str
) -> None:
    body, headers, status, sentence = HOSTILE[what]
    before = kept(store)
    answer = client.post(PATH, content=body, headers=of_claims | headers)
    assert (answer.status_code, kept(store)) == (status, before)
    assert sentence in told(answer)


def told(answer: Any) -> str:
    """What is wrong, of a Status in either encoding."""
    if answer.headers["content-type"] == "application/json":
        assert set(answer.json()) == {"code", "message"}
        return str(answer.json()["message"])
    assert answer.headers["content-type"] == "application/x-protobuf"
    return str(Status.FromString(answer.content).message)


def test_a_text_of_ten_mebibytes_is_cut(client: TestClient, store: Store, of_claims: dict[str, str]) -> None:
    long = otlp.span(700, attributes=otlp.pairs({"input.value": "word " * 2_000_000}))
    for body, kind in ((otlp.as_json(otlp.request([long])), JSON), (otlp.as_protobuf(otlp.request([long])), PROTOBUF)):
        assert client.post(PATH, content=body, headers=of_claims | kind).status_code == 200
    (trace,) = until(lambda: traces(store, CLAIMS, 700))
    assert len(trace.spans[0].input) == 20_000
    assert "1 text cut after 20,000 characters" in trace.flags


@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
def test_who_may_not_import_is_told_so_before_anything_is_read(
    client: TestClient, store: Store, kind: dict[str, str]
) -> None:
    body, before = b"no request at all", kept(store)
    for headers in ({}, {"Authorization": "Bearer readiness_x"}, {"Authorization": "Basic YTpi"}):
        answer = client.post(PATH, content=body, headers=kind | headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert told(answer).startswith(("no token was shown", "the token does not hold"))
    reader = shown(store, "read")
    answer = client.post(PATH, content=body, headers=kind | reader)
    assert (answer.status_code, "may not import evidence" in told(answer)) == (403, True)
    assert kept(store) == before


def test_a_token_for_other_systems_brings_nothing_into_this_one(client: TestClient, store: Store) -> None:
    others = shown(store, "import", systems=(FREIGHT, "policy-answers"))
    before = kept(store)
    for slug in (CLAIMS, "not-there"):
        sent = otlp.as_json(otlp.request([otlp.span(800)], service_name=slug))
        answer = client.post(PATH, content=sent, headers=others | JSON)
        assert (answer.status_code, told(answer).startswith("dana@example.com may not import evidence")) == (403, True)
    sent = otlp.as_json(otlp.request([otlp.span(800)]))
    answer = client.post(PATH, content=sent, headers=others | JSON)
    assert answer.status_code == 404
    assert told(answer).startswith("it is not said which system the spans are of; expected a token for one system")
    assert kept(store) == before


def test_other_paths_and_methods_hold_nothing(client: TestClient, of_claims: dict[str, str]) -> None:
    for method, path in (("GET", PATH), ("PUT", PATH), ("POST", "/v1/metrics"), ("POST", "/v1/traces/x")):
        assert client.request(method, path, headers=of_claims | JSON).status_code == 404
        assert client.request(method, path, headers=JSON).status_code == 401


def test_more_than_can_be_read_is_to_be_sent_again(
    client: TestClient, receiver: Receiver, of_claims: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = otlp.as_protobuf(ONE)
    for name, full in (("_bytes", MOST_BYTES), ("_behind", 10**9)):
        with monkeypatch.context() as patch:
            patch.setattr(receiver, name, full)
            answer = client.post(PATH, content=body, headers=of_claims | PROTOBUF)
            assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
            assert told(answer).startswith("more is sent than can be read at the moment")
    assert client.post(PATH, content=body, headers=of_claims | PROTOBUF).status_code == 200


def test_an_archived_system_takes_nothing(client: TestClient, store: Store, importing: dict[str, str]) -> None:
    from readiness.services import systems

    stored = systems.one(store, DANA, "policy-answers")
    systems.archive(store, DANA, "policy-answers", "not used any more", seen=stored.row_version)
    sent = otlp.as_json(otlp.request([otlp.span(900)], service_name="policy-answers"))
    answer = client.post(PATH, content=sent, headers=importing | JSON)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, 3)
    assert "was archived on" in told(answer)


def test_every_answer_stands_in_the_documentation() -> None:
    rows = (
        (paths.ROOT / "docs" / "importing.md").read_text("utf-8").partition("| answer | when |")[2].partition("\n\n")[0]
    )
    told = {int(status) for row in rows.splitlines()[2:] for status in row.split("|")[1].split(",")}
    assert told == {200, *(status for _, status, _ in answers._CODES)}
