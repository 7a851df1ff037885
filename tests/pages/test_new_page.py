"""The answer of a page goes ahead of the rest, once to each who opens it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from readiness.web import widgets
from tests.pages.dashboard import Dashboard


def test_the_answer_goes_ahead_where_a_page_is_opened_and_not_where_it_is_rerun(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr(widgets, "time", SimpleNamespace(sleep=waits.append))
    screen = dashboard.open("verdict", system="claims-intake")
    assert waits == [widgets.AHEAD]
    screen.app.run()
    assert waits == [widgets.AHEAD]
    dashboard.open("gaps")
    assert waits == [widgets.AHEAD] * 2
