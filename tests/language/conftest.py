"""The dashboard without a browser, as its own tests have it."""

from __future__ import annotations

from tests.pages.conftest import dashboard, empty_dashboard

__all__ = ["dashboard", "empty_dashboard"]
