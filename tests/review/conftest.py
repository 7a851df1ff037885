"""What is written in these tests is written on the day they ask about."""

from __future__ import annotations

import datetime as dt

import pytest


@pytest.fixture(autouse=True)
def today(noon: dt.datetime) -> None:
    """Everything happens at noon of one day."""
