"""A Chromium for the browser tests: found on the machine, else installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_QUIET = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a browser: READINESS_CHROMIUM, one on the PATH, or the one that Playwright keeps."""
    named = os.environ.get("READINESS_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """The distribution's package where we may install one, else Playwright's download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-noto-color-emoji"]):
            subprocess.run(["apt-get", "-qq", *command], check=False, stdout=subprocess.DEVNULL, env=_QUIET)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


if __name__ == "__main__":
    found = find() or install()
    if not found:
        sys.exit("No Chromium was found or could be installed; set READINESS_CHROMIUM to one.")
    print(f"Browser tests use {found}")
