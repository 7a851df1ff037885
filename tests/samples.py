"""Where sample files are: those of the suite, and the larger set beside the checkout, where somebody put one.

What every clone can run uses `DATA`. Tests of the larger set have the mark `shared_samples`: without it they are
deselected, and the last lines of pytest say how many files there were.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from readiness import paths

DATA = paths.ROOT / "tests" / "data"
VARIABLE = "READINESS_SAMPLES"
"""Names another folder with the larger set."""
SHARED = Path(os.environ.get(VARIABLE) or paths.ROOT.parent / "shared" / "samples")


def shared(*names: str) -> list[Any]:
    """Files of the larger set by their path in it, as parameters of a test. One that is missing there fails."""
    return [pytest.param(SHARED / name, id=name, marks=pytest.mark.shared_samples) for name in names]


def own(*names: str) -> list[Any]:
    """Files of the suite by their path in `DATA`, as parameters of a test."""
    return [pytest.param(DATA / name, id=name) for name in names]


def expected() -> bool:
    """Whether tests of the larger set run: it is there, or somebody named a folder that should hold it."""
    return SHARED.is_dir() or bool(os.environ.get(VARIABLE))


def told() -> str:
    """How many files the larger set has, for the last lines of pytest."""
    if not expected():
        return f"none here, so their tests did not run ({VARIABLE} names a folder with some)"
    return f"{sum(path.is_file() for path in SHARED.rglob('*'))} files in {SHARED}"
