"""Evidence that arrives signed: who made it is kept, what is forged is refused, and nothing passes for signed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.importers import Batch, Options
from readiness.importers.source import limits
from readiness.model.evidence import Evidence
from readiness.review import summaries
from readiness.seal import canonical
from readiness.services import _signed, imports, reviews
from readiness.store import Store, queries
from tests import factories, files
from tests.factories import SLUG, TODAY

from .signing import IN_TOTO, VARIABLE, envelope, lab, statement, trust

DANA = factories.principal()
ACME, OTHER = lab(), lab("Other Lab", b"o")


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(trust(tmp_path, ACME)))


@pytest.fixture
def stored(sqlite_store: Store, tmp_path: Path) -> Store:
    files.keep(sqlite_store, files.assessment(tmp_path))
    return sqlite_store


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return files.results(tmp_path).read_bytes()


def written(folder: Path, stated: Any, name: str = "results.csv.dsse.json") -> Path:
    path = folder / name
    path.write_bytes(stated if isinstance(stated, bytes) else json.dumps(stated).encode())
    return path


def read(store: Store, path: Path) -> Batch:
    return imports.read(store, DANA, imports.ImportRequest(path=path, system=SLUG))


def file(store: Store) -> Evidence:
    (found,) = queries.dossier(store, SLUG).evidence.values()
    return found.record


def zipped(folder: Path, members: dict[str, bytes]) -> Path:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, member in members.items():
            made.writestr(name, member)
    return written(folder, data.getvalue(), "signed.zip")


def test_a_file_within_an_envelope_is_stored_as_itself_with_its_producer(
    stored: Store, tmp_path: Path, body: bytes
) -> None:
    files.keep(stored, written(tmp_path, ACME.sign(body)))
    kept = file(stored)
    assert (kept.producer, kept.digest, kept.size) == ("Acme Lab", canonical.digest(body), len(body))
    assert "signed by Acme Lab" in kept.warnings
    assert kept.name == "results.csv"
    told = [event.detail for event in queries.events(stored) if event.subject.startswith("evidence")]
    assert [detail["producer"] for detail in told] == ["Acme Lab"]


def test_a_key_that_nobody_trusts_makes_it_unsigned_and_says_so(stored: Store, tmp_path: Path, body: bytes) -> None:
    batch = read(stored, written(tmp_path, OTHER.sign(body)))
    assert batch.evidence
    assert batch.evidence.producer == ""
    assert batch.warnings[0] == "it is signed by a key that nobody here trusts, and counts as unsigned"


def test_without_a_file_of_producers_nobody_is_trusted(
    stored: Store, tmp_path: Path, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    batch = read(stored, written(tmp_path, ACME.sign(body)))
    assert batch.evidence
    assert batch.evidence.producer == ""


def refused(store: Store, path: Path, match: str) -> None:
    before = queries.events(store)
    with pytest.raises(InputError, match=match):
        files.keep(store, path)
    assert queries.events(store) == before
    assert not queries.dossier(store, SLUG).evidence


def test_a_bad_signature_is_refused_and_nothing_is_stored(stored: Store, tmp_path: Path, body: bytes) -> None:
    forged = ACME.sign(body) | {"payload": OTHER.sign(body.replace(b"0.9", b"1.0", 1) + b"\n")["payload"]}
    refused(
        stored, written(tmp_path, forged), r"results\.csv\.dsse\.json: the signature is not one of Acme Lab, whose key"
    )


def test_one_bad_signature_among_good_ones_is_refused(stored: Store, tmp_path: Path, body: bytes) -> None:
    signatures = [ACME.signature("text/csv", body), ACME.signature("text/csv", body + b"x")]
    refused(stored, written(tmp_path, envelope(body, signatures)), "the signature is not one of Acme Lab")


def test_a_statement_tells_the_producer_of_the_file_beside_it(stored: Store, tmp_path: Path, body: bytes) -> None:
    results = files.results(tmp_path)
    for order in ((results, written(tmp_path, ACME.about(body))), (written(tmp_path, ACME.about(body)), results)):
        requests = [imports.ImportRequest(path=path, system=SLUG) for path in order]
        (parcel,) = imports.read_all(stored, DANA, requests)
        assert parcel.batch.evidence
        assert (parcel.batch.name, parcel.batch.evidence.producer) == ("results.csv", "Acme Lab")


def test_a_bundle_has_a_statement_on_each_line(stored: Store, tmp_path: Path, body: bytes) -> None:
    lines = [OTHER.about(b"another file"), ACME.about(body, b"x")]
    bundle = written(tmp_path, "\n".join(map(json.dumps, lines)).encode(), "results.intoto.jsonl")
    requests = [imports.ImportRequest(path=path, system=SLUG) for path in (files.results(tmp_path), bundle)]
    (parcel,) = imports.read_all(stored, DANA, requests)
    assert parcel.batch.evidence
    assert parcel.batch.evidence.producer == "Acme Lab"


def test_a_statement_alone_or_about_another_file_is_refused(stored: Store, tmp_path: Path, body: bytes) -> None:
    alone = (
        "this signs files that did not come with it; expected the signed file in the same import, or both in one zip"
    )
    about = written(tmp_path, ACME.about(body + b"x"))
    refused(stored, about, alone)
    with pytest.raises(InputError, match=alone):
        read(stored, about)
    requests = [imports.ImportRequest(path=path, system=SLUG) for path in (files.results(tmp_path), about)]
    with pytest.raises(InputError, match=alone):
        imports.read_all(stored, DANA, requests)


def test_a_forged_statement_is_refused(stored: Store, tmp_path: Path, body: bytes) -> None:
    forged = ACME.about(b"another") | {"payload": OTHER.about(body)["payload"]}
    paths = (files.results(tmp_path), written(tmp_path, forged))
    requests = [imports.ImportRequest(path=path, system=SLUG) for path in paths]
    with pytest.raises(InputError, match="the signature is not one of Acme Lab"):
        imports.read_all(stored, DANA, requests)


def test_a_zip_brings_a_file_and_what_signs_it(stored: Store, tmp_path: Path, body: bytes) -> None:
    about = json.dumps(ACME.about(body)).encode()
    for members in ({"a/results.csv": body, "b.json": about}, {"b.json": about, "a/results.csv": body}):
        batch = read(stored, zipped(tmp_path, members))
        assert batch.evidence
        assert (batch.name, batch.evidence.producer, batch.digest) == (
            "results.csv",
            "Acme Lab",
            canonical.digest(body),
        )
    with pytest.raises(InputError, match=r"signed\.zip: this signs files that did not come with it"):
        read(stored, zipped(tmp_path, {"results.csv": body + b"\n", "b.json": about}))


def test_an_assessment_that_is_signed_is_read_and_its_producer_told(sqlite_store: Store, tmp_path: Path) -> None:
    body = files.assessment(tmp_path).read_bytes()
    path = written(tmp_path, ACME.sign(body, "application/toml"), "assessment.dsse.json")
    requests = [imports.ImportRequest(path=files.results(tmp_path)), imports.ImportRequest(path=path)]
    stated, results = imports.read_all(sqlite_store, DANA, requests)
    results, stated = sorted([stated, results], key=lambda parcel: parcel.batch.assessment is not None)
    assert stated.batch.assessment
    assert stated.batch.warnings[0] == "signed by Acme Lab"
    assert results.system == SLUG


def test_the_same_bytes_unsigned_do_not_take_the_producer_away(stored: Store, tmp_path: Path, body: bytes) -> None:
    signed, plain = written(tmp_path, ACME.sign(body)), files.results(tmp_path)
    files.keep(stored, plain)
    assert file(stored).producer == ""
    files.keep(stored, signed)
    assert file(stored).producer == "Acme Lab"
    files.keep(stored, plain)
    assert file(stored).producer == "Acme Lab"


DEEP = b"[" * 200 + b"]" * 200
NO_STATEMENTS = (b"{}", b"[]", b"x", statement(), DEEP, statement(b"x").replace(b"sha256", b"sha1"))


@pytest.mark.parametrize("payload", NO_STATEMENTS)
def test_what_is_signed_as_a_statement_and_is_none_is_refused(stored: Store, tmp_path: Path, payload: bytes) -> None:
    refused(stored, written(tmp_path, ACME.sign(payload, IN_TOTO)), "in-toto statement|JSON|nested")


def test_hostile_envelopes_are_refused_in_one_sentence(stored: Store, tmp_path: Path, body: bytes) -> None:
    inner = json.dumps(ACME.sign(body)).encode()
    good = json.dumps(ACME.sign(body))
    cases = {
        "the envelope holds another one": json.dumps(ACME.sign(inner, "application/json")).encode(),
        "nested too deeply": b'{"payload":' + DEEP + b',"payloadType":"x","signatures":[]}',
        "stands twice": good.replace('{"payload"', '{"payload":"","payload"', 1).encode(),
        "breaks off or is malformed": good[:-5].encode(),
        "this is not a signed envelope": json.dumps(ACME.sign(body) | {"payload": 3}).encode(),
        "the envelope has 11 signatures": json.dumps(envelope(body, [{"sig": "YQ=="}] * 11)).encode(),
        "the bundle has 21 envelopes": "\n".join([json.dumps(ACME.about(body))] * 21).encode(),
        "the format is not recognised": json.dumps(ACME.sign(b"\x00\x01", "x/y")).encode(),
    }
    for sentence, data in cases.items():
        refused(stored, written(tmp_path, data), sentence)


def test_more_than_a_document_may_have_is_not_read(
    stored: Store, tmp_path: Path, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_signed, "DOCUMENT_CAP", 100)
    refused(stored, written(tmp_path, ACME.sign(body)), "the format is not recognised")
    assert _signed.LARGEST_STATEMENT < limits.DOCUMENT_CAP


def test_a_file_that_only_begins_like_one_is_a_file_like_others(stored: Store, tmp_path: Path) -> None:
    refused(stored, written(tmp_path, {"payload": "x", "results": []}), "the format is not recognised")


def test_evidence_of_one_producer_says_so_and_the_verdict_stays(stored: Store, tmp_path: Path, body: bytes) -> None:
    files.keep(stored, files.results(tmp_path))
    before = reviews.load(stored, DANA, SLUG, as_of=TODAY)
    assert summaries.one_producer(before) == ""
    signed = imports.ImportRequest(written(tmp_path, ACME.sign(body)), system=SLUG, options=Options(measured_on=TODAY))
    imports.keep(stored, DANA, imports.read(stored, DANA, signed), system=SLUG, as_of=TODAY)
    after = reviews.load(stored, DANA, SLUG, as_of=TODAY)
    assert summaries.from_one(summaries.one_producer(after)) == (
        "All evidence of these versions comes from one producer, Acme Lab."
    )
    assert after.verdict == before.verdict
    files.keep(stored, files.spans(tmp_path))
    assert summaries.one_producer(reviews.load(stored, DANA, SLUG, as_of=TODAY)) == ""
