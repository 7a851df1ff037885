"""Builds the site in `site/`: `python -m tests.site.build`. A link that leads nowhere fails it, as any warning does."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from readiness import paths

from .layout import lay_out

SITE = paths.ROOT / "site"


def build(site: Path) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as made:
        lay_out(Path(made))
        return rendered(Path(made), site)


def rendered(pages: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Sphinx, ended: with 0, or with what it complained of."""
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--no-color"]
        command += ["-c", str(paths.ROOT / "docs"), "-d", kept, str(pages), str(site)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> int:
    shutil.rmtree(SITE, ignore_errors=True)
    ended = build(SITE)
    print(ended.stderr or SITE / "index.html")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
