"""A Chromium for the browser tests: found on the machine, else installed; so is what other tests run beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_QUIET = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
"""Asks nothing, and starts no service that a package brings."""
_PLAYWRIGHT = [sys.executable, "-m", "playwright"]
VARIABLE = "READINESS_CHROMIUM"
PROGRAMS = {"openssl": "openssl", "nginx": "nginx-light", "java": "default-jre-headless"}
"""What plays the timestamp server and makes certificates, stands in front of replicas, runs Spark: their packages."""
SHELL = "chromium-headless-shell"
"""Draws pages and no window around them: half the processor time of a whole browser without a screen."""
EMOJI = "fonts-noto-color-emoji"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The path of a browser: READINESS_CHROMIUM, one on the PATH, or the one that Playwright keeps."""
    if named := os.environ.get(VARIABLE):
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
    _install_packages("chromium", EMOJI)
    if not find():
        subprocess.run([*_PLAYWRIGHT, "install", "chromium"], check=False)
    return find()


def _install_packages(*names: str) -> None:
    """Debian's packages of these names, where we are root on a Debian; elsewhere nothing happens."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            subprocess.run(["apt-get", "-qq", *command], check=False, stdout=subprocess.DEVNULL, env=_QUIET)


def _driver_starts() -> bool:
    """Whether Playwright's own Node.js runs here: the smallest Debian lacks libatomic, which it is linked to."""
    return subprocess.run([*_PLAYWRIGHT, "--version"], check=False, capture_output=True).returncode == 0


def main() -> str:
    """The path of a browser that the tests can drive; exits with what to install where there is none."""
    if not _driver_starts():
        _install_packages("libatomic1")
        if not _driver_starts():
            sys.exit("Playwright does not start here; install the library that it needs: sudo apt install libatomic1")
    for program, package in PROGRAMS.items():
        if not shutil.which(program):
            _install_packages(package)
    if not (os.environ.get(VARIABLE) or shutil.which(SHELL)):
        _install_packages(SHELL, EMOJI)
    path = find() or install()
    if not path:
        sys.exit("No Chromium was found or could be installed; set READINESS_CHROMIUM to one.")
    return path


if __name__ == "__main__":
    print(f"Browser tests use {main()}")
