"""Figures that are nearly equal."""

from __future__ import annotations

from typing import Any

import pytest


def near(figure: float, *, rel: float | None = None, abs: float | None = None) -> Any:
    """`pytest.approx` as a figure: what it returns stands where one is expected, which its own type does not say."""
    return pytest.approx(figure, rel=rel, abs=abs)
