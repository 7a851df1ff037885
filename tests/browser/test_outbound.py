"""Nothing is ever asked of another machine, neither by the server nor by a page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.reliability import outbound


def test_all_pages_an_upload_and_a_download_ask_nobody_else_and_break_no_policy(
    browser: Browser, tmp_path: Path, loaded: Path
) -> None:
    run = outbound.walk(browser, tmp_path, loaded)
    assert run.requests > 300
    assert run.outside == []
    assert run.errors == []


def test_a_server_that_asks_somebody_is_noticed(tmp_path: Path) -> None:
    asking = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.create_connection(('192.0.2.1', 80))"
    start = f"WRITTEN = {str(tmp_path / 'asked')!r}\n{outbound.ALONE}\n{asking}"
    subprocess.run([sys.executable, "-c", start], check=True)
    assert "192.0.2.1" in (tmp_path / "asked").read_text("utf-8")
