"""Pages that are opened and left, each over a socket of its own: whether descriptors and memory grow with them."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.reliability.served import FEW, Served, dashboard
from tests.reliability.table import Figure, record
from tests.serving import cookie, in_own_loop

AT_ONCE = 4
WARM = 40
"""Sessions after which all that is made once is there: more than are kept for their page to come back."""


def descriptors(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def memory(process: int) -> int:
    """MiB that a process has in memory."""
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def asking() -> bytes:
    """What a browser sends to have the page drawn."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    return bytes(message.SerializeToString())


def name_in(raw: bytes) -> str:
    """The name of the session, if this message holds it."""
    return str(ForwardMsg.FromString(raw).new_session.initialize.session_id)


async def visit(served: Served) -> None:
    """Open the first page, wait until it is drawn, and leave."""
    stream = f"ws://127.0.0.1:{served.port}/_stcore/stream"
    asked = {"max_size": None, "compression": None, "subprotocols": ["streamlit"]}
    async with connect(stream, additional_headers=cookie(served.address), **asked) as socket:  # type: ignore[arg-type]
        await socket.send(asking())
        async with asyncio.timeout(120):
            while ForwardMsg.FromString(await socket.recv(decode=False)).WhichOneof("type") != "script_finished":
                pass


async def visits(served: Served, count: int) -> None:
    async def some(number: int) -> None:
        for _ in range(number):
            await visit(served)

    await asyncio.gather(*(some(count // AT_ONCE) for _ in range(AT_ONCE)))
    await asyncio.sleep(1)  # what was closed last is closed on the other side too


def growth(served: Served, count: int) -> tuple[int, int, int]:
    """Descriptors after some sessions, after `count` more, and MiB that were added meanwhile."""
    in_own_loop(visits(served, WARM))
    before, held = descriptors(served.process), memory(served.process)
    in_own_loop(visits(served, count))
    return before, descriptors(served.process), memory(served.process) - held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    count = parser.parse_args().sessions
    with tempfile.TemporaryDirectory() as folder, dashboard(Path(folder), before=FEW) as served:
        before, after, added = growth(served, count)
        lines = len(served.log.read_text("utf-8").splitlines())
    tried = f"sessions opened over a socket, drawn and left, {AT_ONCE} at a time, of a process with 256 descriptors"
    through = f"{after - before:+} descriptors ({before} before, {after} after), {added:+} MiB, {lines} lines of log"
    record(Figure("sessions", tried, count, through))


if __name__ == "__main__":
    main()
