"""Sources on the page of evidence: set up, pulled from, changed and removed, by whoever may import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.access import Principal
from readiness.model.sources import StoredSource
from readiness.services import sources
from readiness.store import queries
from readiness.web import session
from tests import factories, standins
from tests.pages.dashboard import Dashboard, Screen
from tests.standins import LANGSMITH_TOKEN, TRACES, Standin

SYSTEM = "claims-intake"
DANA = factories.principal()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Standin]:
    with standins.project_of_langsmith(monkeypatch, tmp_path) as held:
        yield held


def stored(dashboard: Dashboard) -> list[StoredSource]:
    with dashboard.store() as store:
        return sources.every(store, DANA, SYSTEM)


def set_up(dashboard: Dashboard, url: str, project: str = "support") -> Screen:
    screen = dashboard.open("evidence", system=SYSTEM)
    screen.dialog("source_add")
    screen.widget("selectbox", "Server").set_value("langsmith")
    screen.widget("text_input", "Address").set_value(url)
    screen.widget("text_input", "Project or experiment").set_value(project)
    screen.widget("text_input", "Version").set_value("2026.11")
    screen.submit("Store the source")
    return screen


def test_a_source_is_set_up_and_pulled_from_where_the_files_are(dashboard: Dashboard, server: Standin) -> None:
    screen = set_up(dashboard, server.url)
    assert screen.notices("status") == ["✓ Set up the source 1, traces of support in LangSmith."]
    assert "traces of support in LangSmith not pulled yet" in screen.text
    screen.press("Pull now")
    assert "traces of support in LangSmith ✓ up to date" in screen.text
    (said,) = screen.notices("status")
    assert said.startswith(f"✓ Pulled {TRACES} traces from 127.0.0.1: Stored {TRACES} traces of {SYSTEM} from ")
    with dashboard.store() as store:
        files = queries.dossier(store, SYSTEM).evidence.values()
    assert [file.record.format for file in files if file.record.name.startswith("langsmith-")] == ["langsmith"]
    assert LANGSMITH_TOKEN not in "".join(screen.blocks)


def test_a_pull_that_fails_is_said_and_the_portfolio_names_it(dashboard: Dashboard, server: Standin) -> None:
    screen = set_up(dashboard, server.url, "nowhere")
    screen.press("Pull now")
    assert "there is no project 'nowhere'" in screen.notices("alert")[0]
    assert "traces of nowhere in LangSmith the last pull failed" in screen.text
    assert screen.text.count("there is no project 'nowhere'") == 2
    assert "traces of nowhere in LangSmith the last pull failed" in dashboard.open("evidence", system=SYSTEM).text
    assert "Traces of nowhere in LangSmith: the last pull failed" in dashboard.open("portfolio").text


def test_an_address_that_may_not_be_asked_is_refused_in_the_dialog(dashboard: Dashboard) -> None:
    screen = set_up(dashboard, "http://traces.example")
    assert "what is asked there could be read on the way" in screen.notices("alert")[0]
    assert stored(dashboard) == []


def test_a_source_is_changed_and_removed(dashboard: Dashboard, server: Standin) -> None:
    screen = set_up(dashboard, server.url)
    screen.dialog("source_edit_1")
    screen.widget("number_input", "Every … hours").set_value(6)
    screen.widget("text_area", "Fields").set_value("workflow=metadata.flow\nversion:a=b=c")
    screen.submit("Store the source")
    (source,) = stored(dashboard)
    assert (source.record.every_hours, source.record.version) == (6, "2026.11")
    assert source.record.mapping == {"workflow": "metadata.flow", "version:a=b": "c"}
    [button] = [one for one in screen.app.button if one.key == "source_remove_1"]
    button.click().run()
    assert stored(dashboard) == []


def test_whoever_may_not_import_sees_sources_and_no_button(
    dashboard: Dashboard, server: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(dashboard, server.url)
    monkeypatch.setattr(session, "principal", lambda: Principal.of("eve", {"viewer"}))
    screen = dashboard.open("evidence", system=SYSTEM)
    assert "traces of support in LangSmith" in screen.text
    assert not {"Pull now", "Add a source"} & set(screen.labels("button"))
