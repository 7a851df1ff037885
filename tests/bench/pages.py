"""What each page costs at a full store, against an empty page served in the same way: `python -m tests.bench.pages`.

A client speaks the protocol of the dashboard over its websocket, as a browser does: it asks for a page by name, checks
that what came back is that page, and asks again. Processor time is that of the whole server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from readiness import clock
from readiness.services import open_store, portfolio
from tests import factories
from tests.bench import full_store
from tests.serving import cookie, free_port, serving

SHORT = 100
"""Bytes of a message that can be the end of a script: the client is not to use more of the processors than it must."""
EMPTY = 'import streamlit as st\n\nst.title("An empty page")\n'
SERVE_EMPTY = """
import sys
import uvicorn
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from readiness.web import serve

serve._settle()
serve.warm()
app = st.App(sys.argv[1], routes=[Route("/health", serve._health)])
uvicorn.run(app, port=int(sys.argv[2]), ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning")
"""
LARGE = f"system={full_store.LARGE}"


@dataclass(frozen=True)
class Page:
    """A page, what is asked of it, and a text that only it shows."""

    name: str
    query: str
    holds: str


PAGES = (
    Page("portfolio", "", "Portfolio on"),
    Page("verdict", LARGE, "What would change it"),
    Page("pack", LARGE, "All that leaves, as the reader will see it."),
    Page("checklist", LARGE, "Each question asks whether a risk is real"),
    Page("scorecard", LARGE, "A dot is the change, the line its"),
    Page("traces", LARGE, "Plain text as it was stored"),
    Page("release", LARGE, "Every save of the policy and of the plan"),
    Page("work", "", "Work of"),
    Page("gaps", "", "show where a date was moved"),
    Page("evidence", LARGE, "results.csv"),
    Page("activity", LARGE, "Every write, in the order it happened"),
)


@dataclass
class Client:
    """Somebody on a page, who asks for it again and again."""

    socket: ClientConnection
    page: str
    query: str
    holds: str

    async def again(self) -> float:
        """Seconds from asking to the end of the script."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        began, shown = time.perf_counter(), False
        await self.socket.send(message.SerializeToString())
        while True:
            raw = await self.socket.recv(decode=False)
            shown |= self.holds.encode() in raw
            if len(raw) < SHORT and ForwardMsg.FromString(raw).WhichOneof("type") == "script_finished":
                if not shown:
                    raise SystemExit(f"the page {self.page!r} did not show {self.holds!r}")
                return time.perf_counter() - began


def family(process: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return [process, *(member for child in children for member in family(int(child)))]


def spent(process: int) -> float:
    """Seconds of processor time of a process, and of those that it started, so far."""
    stats = [Path(f"/proc/{member}/stat").read_text("utf-8").rpartition(")")[2].split() for member in family(process)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> float:
    """MiB that they hold."""
    pages = (int(Path(f"/proc/{member}/statm").read_text("utf-8").split()[1]) for member in family(process))
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextlib.contextmanager
def served(command: list[str], port: int, **environment: Any) -> Iterator[int]:
    for process in serving(command, f"http://127.0.0.1:{port}", **environment):
        yield process.pid


def cookies(port: int) -> str:
    """Those of somebody who opened a page: of several processes one is named."""
    own = cookie(f"http://127.0.0.1:{port}")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers=own)
    answer = connection.getresponse()
    named = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    connection.close()
    return f"{own['Cookie']}; {named}"


@contextlib.asynccontextmanager
async def client(port: int, page: Page) -> AsyncIterator[Client]:
    headers = {"Cookie": await asyncio.to_thread(cookies, port)}
    async with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None, compression=None, additional_headers=headers
    ) as socket:
        yield Client(socket, "" if page.name == "portfolio" else page.name, page.query, page.holds)


async def reruns(port: int, process: int, page: Page, runs: int) -> tuple[float, float, float]:
    """Milliseconds: of the first run, of a rerun (median), and of processor time for a rerun (mean)."""
    async with client(port, page) as one:
        first = await one.again()
        for _ in range(3):
            await one.again()
        before = spent(process)
        walls = [await one.again() for _ in range(runs)]
        return first * 1000, statistics.median(walls) * 1000, (spent(process) - before) / runs * 1000


async def crowd(port: int, page: Page, people: int, seconds: float) -> float:
    """The 95th percentile, in seconds, of what so many people wait who each ask once a second."""
    async with contextlib.AsyncExitStack() as stack:
        own = [await stack.enter_async_context(client(port, page)) for _ in range(people)]
        for one in own:
            await one.again()
        waits: list[float] = []

        async def person(one: Client, after: float) -> None:
            await asyncio.sleep(after)
            ends = time.perf_counter() + seconds
            while (begins := time.perf_counter()) < ends:
                waits.append(await one.again())
                await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - begins)))

        await asyncio.gather(*(person(one, number / people) for number, one in enumerate(own)))
        return statistics.quantiles(waits, n=20)[-1]


async def measure(url: str, empty: Path, runs: int, people: int, workers: int, names: list[str]) -> None:
    first, second = free_port(), free_port()
    ours = [sys.executable, "-m", "readiness", "serve", "--port", str(first), "--db", url, "--workers", str(workers)]
    floor = [sys.executable, "-c", SERVE_EMPTY, str(empty), str(second)]
    with served(ours, first) as process, served(floor, second) as alone:
        _, wall, cpu = await reruns(second, alone, Page("portfolio", "", "An empty page"), runs)
        print(f"empty page: {wall:.1f} ms, {cpu:.1f} ms of processor time\n")
        print("| page | first | rerun | CPU | people | p95 |\n|---|---|---|---|---|---|")
        for page in PAGES:
            if names and page.name not in names:
                continue
            once, wall, cpu = await reruns(first, process, page, runs)
            p95 = f"{await crowd(first, page, people, 10) * 1000:.0f} ms" if people else "–"
            print(f"| {page.name} | {once:.0f} ms | {wall:.1f} ms | {cpu:.1f} ms | {people} | {p95} |", flush=True)
        print(f"\n{resident(process):.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--store", type=Path, help="a store that tests.bench.full_store wrote")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        empty = Path(name) / "empty.py"
        empty.write_text(EMPTY, "utf-8")
        store = asked.store or Path(name) / "full.db"
        if not asked.store:
            full_store.make(f"sqlite:///{store}")
        with closing(open_store(f"sqlite:///{store}")) as opened:  # what is worked out behind is not measured here
            portfolio.statuses(opened, factories.principal(), as_of=clock.today())
        asyncio.run(measure(f"sqlite:///{store}", empty, asked.runs, asked.people, asked.workers, asked.pages))


if __name__ == "__main__":
    main()
