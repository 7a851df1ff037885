"""A page as Streamlit runs it, without a browser: its words are read and its widgets are used by their labels."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from readiness import paths
from readiness.store import Store, open_store
from tests.pack import reading

PATIENCE = 60
_WAY = 'class="r-pages"'
_LINK = re.compile(r'<a href="([^"]*)".*?>(.*?)</a>')
PAGES = tuple(sorted(path.stem for path in paths.PAGES.glob("*.py")))


@dataclass
class Screen:
    """What a visitor has before them; `opener` is the button whose dialog is open."""

    app: AppTest
    opener: str = ""

    @property
    def blocks(self) -> list[str]:
        """The pieces of HTML, in order, but for the way to other pages."""
        return [str(piece.body) for piece in self.app.html if _WAY not in str(piece.body)]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The address and the title of each page that the side bar leads to."""
        (block,) = [str(piece.body) for piece in self.app.html if _WAY in str(piece.body)]
        return [(html.unescape(where), reading.text(title)) for where, title in _LINK.findall(block)]

    @property
    def text(self) -> str:
        """Every word of them."""
        return "\n".join(reading.text(block) for block in self.blocks)

    @property
    def answer(self) -> str:
        """The sentence that the page opens with."""
        (block,) = [block for block in self.blocks if 'class="r-answer"' in block]
        return reading.text(block.partition("<h1")[2].partition(">")[2])

    @property
    def rows(self) -> list[str]:
        """The words of each row that has a button beside it."""
        kinds = ('class="r-signal', 'class="r-table r-row"')
        return [reading.text(block) for block in self.blocks if any(kind in block for kind in kinds)]

    def notices(self, role: str) -> list[str]:
        """What was stored (`status`), or what went wrong (`alert`)."""
        return [reading.text(block) for block in self.blocks if f'role="{role}"' in block]

    def table(self, heading: str) -> list[list[str]]:
        """The rows below the headings of the table that has this one."""
        tables = [part for block in self.blocks for part in block.split("<table")[1:]]
        rows = [[reading.cells(row) for row in table.split("<tr")[1:]] for table in tables]
        (wanted,) = [table for table in rows if heading in table[0]]
        return wanted[1:]

    def widget(self, kind: str, label: str) -> Any:
        (wanted,) = [widget for widget in self._widgets(kind) if widget.label == label]
        return wanted

    def labels(self, kind: str) -> list[str]:
        """What the widgets of the page itself are called, the buttons beside every page left out."""
        beside = {widget.key for widget in self.app.sidebar.get("button")}
        return [widget.label for widget in self._widgets(kind) if kind != "button" or widget.key not in beside]

    def _widgets(self, kind: str) -> Sequence[Any]:
        return self.app.get(kind)

    def choose(self, kind: str, label: str, value: object) -> None:
        """Give a widget its value, and let the page follow."""
        self.widget(kind, label).set_value(value)
        self._run()

    def type_into(self, edited: dict[int, dict[str, object]], *added: dict[str, object], at: int = 0) -> None:
        """Write into cells of a table that is edited, by row and column, and into rows below it."""
        table = self.app.data_editor[at]
        self.app.session_state[table.proto.id] = {"edited_rows": edited, "added_rows": list(added), "deleted_rows": []}

    def name(self, label: str, who: str) -> None:
        """Name somebody in a field that takes whoever is typed, which AppTest lets nobody do."""
        field = self.widget("selectbox", label)
        if who not in map(field.format_func, field.options):
            field.options.append(who)
        field.set_value(who)

    def press(self, label: str) -> None:
        self.widget("button", label).click()
        self._run()

    def dialog(self, key: str) -> None:
        """Open the dialog of the button with this key."""
        self.opener = key
        self.app.button(key=key).click()
        self._run()

    def choose_within(self, kind: str, label: str, value: object) -> None:
        """Give a widget of the open dialog its value, and let the dialog follow."""
        self.app.button(key=self.opener).click()
        self.choose(kind, label, value)

    def submit(self, label: str) -> None:
        """Press a button of the open dialog. A browser runs a dialog alone, here its opener is held down for it."""
        self.app.button(key=self.opener).click()
        self.press(label)

    @property
    def faults(self) -> list[str]:
        """What went wrong that nobody foresaw."""
        return [*(str(raised.message) for raised in self.app.exception), *(b for b in self.blocks if "r-fault" in b)]

    def _run(self) -> None:
        self.app.run()
        assert not self.faults


@cache
def _components() -> BidiComponentManager:
    """AppTest looks through every installed package for each page it opens, which takes longer than the page."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@dataclass(frozen=True)
class Dashboard:
    """The dashboard on the store at an address."""

    url: str

    def open(self, page: str, /, **address: str) -> Screen:
        app = AppTest.from_file(paths.MAIN, default_timeout=PATIENCE).switch_page(f"../../pages/{page}.py")
        app._bidi_component_manager = _components()
        app.query_params.update(address)
        app.run()
        screen = Screen(app)
        assert not screen.faults
        return screen

    @contextmanager
    def store(self) -> Iterator[Store]:
        """What is stored, read beside the dashboard."""
        with closing(open_store(self.url)) as opened:
            yield opened
