"""The head of the chain kept outside, and a chain that was cut off or worked out anew held against it."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session, select

from readiness.store import connect
from readiness.store.audit import GENESIS, digest
from readiness.store.tables import EventRow

from .conftest import Run
from .test_admin import change

CONFIG = """
[ tsa ]
default_tsa = own
[ own ]
dir = .
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ stamping ]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([shutil.which("openssl") or "openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root and a certificate for stamps that it signed."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "openssl.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    root = ["-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "9"]
    extensions = ["-addext", "keyUsage=critical,keyCertSign", "-addext", "basicConstraints=critical,CA:true"]
    openssl(folder, "req", *root, "-subj", "/CN=Root of the tests", *extensions)
    stamping = ["-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Clock"]
    openssl(folder, "req", *stamping)
    signing = ["-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.pem"]
    openssl(folder, "x509", *signing, "-days", "9", "-extfile", "openssl.cnf", "-extensions", "stamping")
    return folder


@contextmanager
def clock_server(folder: Path) -> Iterator[str]:
    """A timestamp server on this machine, which answers as OpenSSL does."""

    class Stamps(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            openssl(folder, "ts", "-reply", "-config", "openssl.cnf", "-queryfile", "query", "-out", "answer")
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "answer").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stamps) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def says(run: Run, *arguments: object) -> tuple[bool, str]:
    said = run("doctor", "--json", *arguments)
    (check,) = [check for check in said.json if check["check"] == "anchors"]
    assert said.status == int(not all(other["ok"] for other in said.json))
    return check["ok"], check["says"]


def remake(path: Path, *, without_last: int = 0, actor: str = "") -> None:
    """Work the whole chain out anew, as somebody would who has the store and knows how it is made."""
    with closing(connect(f"sqlite:///{path}")) as store, Session(store.engine) as session:
        for name in ("event_no_update", "event_no_delete"):
            session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
        events = session.exec(select(EventRow).order_by(EventRow.seq)).all()  # type: ignore[arg-type]
        previous = GENESIS
        for event in events[: len(events) - without_last]:
            event.actor, event.previous = actor or event.actor, previous
            previous = event.hash = digest(event)
        for event in events[len(events) - without_last :]:
            session.delete(event)
        session.commit()


def test_a_chain_goes_on_from_what_was_anchored(portfolio: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    said = run("anchor", file)
    assert said.status == 0
    (line,) = file.read_text().splitlines()
    assert said.out == f"Anchored event {json.loads(line)['event']} in {file}.\n"
    assert json.loads(line)["head"] in run("doctor").out
    run("gap", "due", "1", "2027-01-20", "--reason", "sooner than it was")
    assert run("anchor", file, "--json").json["event"] >= json.loads(line)["event"]
    assert says(run, "--anchors", file) == (True, "the chain goes on from each of 2")


def test_a_chain_that_was_cut_off_or_worked_out_anew_is_whole_and_does_not_fit_its_anchor(
    portfolio: Path, run: Run, tmp_path: Path
) -> None:
    file, copy = tmp_path / "anchors.jsonl", tmp_path / "copy.db"
    anchored = run("anchor", file, "--json").json["event"]
    shutil.copy(portfolio, copy)
    remake(portfolio, without_last=1)
    ok, told = says(run, "--anchors", file)
    assert (ok, told.startswith(f"line 1: event {anchored}, anchored on ")) == (False, True)
    assert told.endswith("is gone: the chain was cut off")
    remake(copy, actor="nobody")
    ok, told = says(run, "--anchors", file, "--db", f"sqlite:///{copy}")
    assert (ok, told.endswith("has another hash now: the chain was worked out anew")) == (False, True)
    chain = next(c for c in run("doctor", "--json", "--db", f"sqlite:///{copy}").json if c["check"] == "audit chain")
    assert chain["ok"]


def test_a_stamp_of_a_server_is_kept_and_held_against_its_root(
    portfolio: Path, run: Run, tmp_path: Path, authority: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    with clock_server(authority) as address:
        said = run("anchor", file, "--timestamp-server", address)
    assert (said.err, said.out.endswith(f", stamped by {address}.\n")) == ("", True)
    unsure = "the chain goes on from each of 1, 1 of them stamped; --certificate holds the stamps against their server"
    assert says(run, "--anchors", file) == (True, unsure)
    root = ("--certificate", authority / "root.pem")
    assert says(run, "--anchors", file, *root) == (True, "the chain goes on from each of 1, 1 of them stamped")
    other = tmp_path / "other.pem"
    openssl(
        tmp_path,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "o.key",
        "-out",
        str(other),
        "-subj",
        "/CN=O",
    )
    ok, told = says(run, "--anchors", file, "--certificate", other)
    assert (ok, told.startswith("line 1: the stamp does not hold (")) == (False, True)
    remake(portfolio, actor="nobody")
    with closing(connect(f"sqlite:///{portfolio}")) as store, Session(store.engine) as session:
        newest = session.exec(select(EventRow).order_by(EventRow.seq.desc())).first()  # type: ignore[attr-defined]
    assert newest
    forged = json.loads(file.read_text()) | {"head": newest.hash}
    file.write_text(json.dumps(forged))
    assert says(run, "--anchors", file, *root) == (False, "line 1: the stamp is over another hash")


def test_what_is_no_timestamp_server_is_told_and_nothing_is_kept(portfolio: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    addresses = {"ftp://127.0.0.1/": "is no address of a timestamp server", "http://127.0.0.1:1/": "did not answer"}
    for address, problem in addresses.items():
        said = run("anchor", file, "--timestamp-server", address)
        assert (said.status, said.out) == (2, "")
        assert problem in said.err
    assert not file.exists()


LINES = ["", "{", "[]", '{"at": "2026-01-01", "event": 1}', '{"at": 1, "event": 1, "head": ""}']


@pytest.mark.parametrize("line", LINES)
def test_a_file_that_holds_no_anchors_is_refused_with_its_line(
    portfolio: Path, run: Run, tmp_path: Path, line: str
) -> None:
    file = tmp_path / "anchors.jsonl"
    run("anchor", file)
    file.write_text(file.read_text() + line + "\n")
    said = run("doctor", "--anchors", file)
    assert said.status == 2
    assert said.err == f"readiness: {file}, line 2: the line is no anchor; expected one that readiness anchor wrote.\n"


def test_a_broken_or_an_empty_chain_is_not_anchored(portfolio: Path, run: Run, tmp_path: Path) -> None:
    change(portfolio, "UPDATE event SET actor = 'somebody' WHERE seq = 5")
    assert "the audit chain is broken at event 5" in run("anchor", tmp_path / "a").err
    assert "there is no event yet" in run("anchor", tmp_path / "a", "--db", f"sqlite:///{tmp_path / 'new.db'}").err
    assert not (tmp_path / "a").exists()
