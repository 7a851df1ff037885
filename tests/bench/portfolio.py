"""The portfolio of many systems, against bare SQL, and what its page costs: `python -m tests.bench.portfolio`.

The bare side sends the statement that the store sends through the driver alone and decodes the same bodies with the
standard library; the two take turns, and what counts is the ratio. The page is asked for again and again over its own
websocket, as a browser does, and its server's processor time is read from the system.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, event
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from readiness import clock
from readiness.model.assessment import Mark
from readiness.services import admin as admin_service
from readiness.services import open_store
from readiness.services import portfolio as portfolio_service
from readiness.store import Store, queries
from readiness.store.tables import AssessmentRow, CellRow, DocumentRow, EvidenceRow, MarkRow, StoreTable, SystemRow
from tests import factories, files
from tests.bench.full_store import KINDS, OWNERS, WORDS
from tests.bench.pages import spent as processor
from tests.serving import cookie, free_port, serving


def make(url: str, systems: int, assessments: int) -> None:
    """Systems with a year of assessments, answers, documents and results, each at its own place on the way."""
    with closing(open_store(url)) as store:
        dice, rows = random.Random(systems), Rows()  # noqa: S311 - reproducible, not secret
        for number in range(1, systems + 1):
            rows.system(number, assessments, dice)
        with store.engine.begin() as connection:
            rows.insert(connection)
        admin_service.keep_fact(store, factories.principal(), "made for", "a benchmark")
        portfolio_service.statuses(store, factories.principal(), as_of=clock.today())


class Rows:
    """What is inserted, table by table."""

    def __init__(self) -> None:
        self.held: dict[type[StoreTable], list[dict[str, Any]]] = {
            table: [] for table in (SystemRow, AssessmentRow, MarkRow, DocumentRow, EvidenceRow, CellRow)
        }

    def add(self, table: type[StoreTable], **fields: Any) -> int:
        self.held[table].append(fields | {"id": len(self.held[table]) + 1})
        return len(self.held[table])

    def insert(self, connection: Connection) -> None:
        for table, rows in self.held.items():
            connection.execute(table.__table__.insert(), rows)  # type: ignore[attr-defined]

    def system(self, number: int, assessments: int, dice: random.Random) -> None:
        name = f"{dice.choice(WORDS)} {dice.choice(KINDS)}"
        slug = f"{name.lower().replace(' ', '-')}-{number}"
        system = self.add(SystemRow, slug=slug, name=name, description="", owner=dice.choice(OWNERS), row_version=1)
        today, quality = clock.today(), dice.random()
        for step in range(assessments):
            day = today - dt.timedelta(days=30 * (assessments - 1 - step) + dice.randrange(25))
            self.assessment(system, step, day, min(quality + 0.04 * step, 0.97), dice)
        self.results(system, assessments, today - dt.timedelta(days=dice.randrange(33)))

    def assessment(self, system: int, step: int, day: dt.date, quality: float, dice: random.Random) -> None:
        stated = {"candidate": f"v{step + 1}", "baseline": f"v{step}", "scope": "", "checklist": "llm-rollout"}
        target = day + dt.timedelta(days=dice.randrange(10, 200))
        own = {"system_id": system, "row_version": 1, "source_digest": "", "author": "dana"}
        row = self.add(AssessmentRow, **stated, **own, assessed_on=day, target_date=target)
        file = files.whole()
        for mark in file.marks:
            given = mark
            if dice.random() > quality:
                due = day + dt.timedelta(days=dice.randrange(5, 90))
                value = dice.choice(("partial", "partial", "yes"))
                given = factories.mark(mark.signal, value, owner=dice.choice(OWNERS), due=due)  # type: ignore[arg-type]
            self.mark(row, given)
        for kind, document in (("policy", file.policy), ("monitoring", file.monitoring)):
            assert document
            at = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
            body = document.model_dump(mode="json")
            self.add(DocumentRow, assessment_id=row, kind=kind, revision=1, body=body, by="dana", at=at)

    def mark(self, assessment: int, mark: Mark) -> None:
        self.add(MarkRow, **mark.model_dump(), assessment_id=assessment, row_version=1)

    def results(self, system: int, assessments: int, day: dt.date) -> None:
        record = factories.evidence(f"results-{system}.csv", measured_on=day).model_dump()
        file = self.add(
            EvidenceRow, **record, system_id=system, row_version=1, added_by="dana", added_at=dt.datetime.now(dt.UTC)
        )
        for version in (f"v{assessments - 1}", f"v{assessments}"):
            for cohort in ("*", "de", "en", "fr", "ja"):
                where: dict[str, Any] = (
                    {} if cohort == "*" else {"workflow": "refund", "dimension": "language", "value": cohort}
                )
                self.add(CellRow, **factories.cell(version, **where).model_dump(), evidence_id=file)


def query(path: Path, turns: int) -> tuple[float, float]:
    """Milliseconds of processor time to read every standing, through the driver alone and through the store."""
    with closing(open_store(f"sqlite:///{path}")) as store, closing(sqlite.connect(str(path))) as driver:
        statement, parameters = sent(store)

        def bare() -> int:
            return len([(row, json.loads(row[-1])) for row in driver.execute(statement, parameters).fetchall()])

        def ours() -> int:
            return len(portfolio_service.statuses(store, factories.principal(), as_of=clock.today()))

        assert bare() == ours()
        gc.collect()
        gc.freeze()  # as the server does before its first visitor; it is for both sides
        pairs = [(milliseconds(bare), milliseconds(ours)) for _ in range(turns)]
        return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def sent(store: Store) -> tuple[str, Any]:
    """The one statement that reads the standings, and its parameters."""
    statements: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2:4]))
    queries.statuses(store)
    (read,) = [one for one in statements if one[0].startswith("SELECT")]
    return read


def milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def page(url: str, turns: int, asked: str = "") -> float:
    """Milliseconds of the server's processor time that a rerun of the portfolio takes, at the median of five rounds."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url]
    for process in serving(command, address):
        stream = f"ws://127.0.0.1:{port}/_stcore/stream"
        with connect(stream, max_size=None, subprotocols=["streamlit"], additional_headers=cookie(address)) as socket:  # type: ignore[list-item]
            rerun(socket, asked, 5)
            rounds = [spent(process.pid, lambda: rerun(socket, asked, turns)) for _ in range(5)]
    return statistics.median(rounds) / turns


def rerun(socket: ClientConnection, asked: str, turns: int) -> None:
    for _ in range(turns):
        _rerun_once(socket, asked)


def _rerun_once(socket: ClientConnection, asked: str) -> None:
    message = BackMsg()
    message.rerun_script.query_string = asked
    message.rerun_script.page_name = ""
    socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(timeout=60))
        if answer.WhichOneof("type") == "script_finished":
            return


def spent(pid: int, work: Callable[[], object]) -> float:
    """Milliseconds of processor time that a server takes for some work."""
    before = processor(pid)
    work()
    return (processor(pid) - before) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", type=int, nargs="*", default=[100, 500])
    parser.add_argument("--assessments", type=int, nargs="*", default=[2, 12])
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--make", metavar="FILE", type=Path, help="only write the largest store, to look at")
    asked = parser.parse_args()
    if asked.make:
        make(f"sqlite:///{asked.make}", max(asked.systems), max(asked.assessments))
        return
    print("| systems | assessments of each | bare | readiness | ratio | rerun of the page |\n|---|---|---|---|---|---|")
    for systems in asked.systems:
        for assessments in asked.assessments:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "bench.db"
                make(f"sqlite:///{path}", systems, assessments)
                bare, ours = query(path, asked.turns)
                cpu = page(f"sqlite:///{path}", asked.turns)
                times = f"{bare:.1f} ms | {ours:.1f} ms | **{ours / bare:.2f}** | {cpu:.0f} ms"
                print(f"| {systems} | {assessments} | {times} |", flush=True)


if __name__ == "__main__":
    main()
