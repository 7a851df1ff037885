"""Where a table is: an address without its secrets, a name that is only a name, and a connection that only reads."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote_plus, unquote, urlsplit

from readiness.errors import InputError
from readiness.extras import asked
from readiness.language import tr

BACKENDS = {
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "postgres": "postgres",
    "postgresql": "postgres",
    "snowflake": "snowflake",
    "spark": "pyspark",
    "trino": "trino",
}
"""What begins an address, and what Ibis calls it."""
LOCAL = "local"
SECONDS = 10
"""Until a server must have answered."""
_PART = re.compile(r"[^\W\d][\w$-]{0,127}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LONGEST = 240


@dataclass(frozen=True)
class Address:
    """A table of an engine. `secrets` are shown nowhere; `shown` has neither a user nor parameters."""

    scheme: str
    shown: str
    table: tuple[str, ...]
    parts: SplitResult = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False, default=())

    @property
    def backend(self) -> str:
        return BACKENDS[self.scheme]

    @property
    def name(self) -> str:
        """What the evidence of it is called."""
        return f"{'.'.join(self.table)} of {self.shown}"

    def refusal(self, doing: str, exc: BaseException, expected: str) -> InputError:
        """What the engine says in its first line, without anything that was secret."""
        lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
        said = lines[0] if lines else type(exc).__name__
        for secret in sorted(self.secrets, key=len, reverse=True):
            said = said.replace(secret, "…")
        said = re.sub(r"://[^\s/@]*@", "://…@", said)[:_LONGEST].rstrip(".:")
        return InputError(f"{doing} ({said})", file=self.name, expected=expected)


def parse(url: str, table: str, environment: Mapping[str, str] = os.environ) -> Address:
    """The address with `${NAME}` replaced from the environment. Raises InputError, which never repeats the address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host += f":{parts.port}" if parts.port else ""
    except ValueError as exc:
        raise InputError(tr("the address of the table is malformed"), place="--table", expected="SCHEME://…") from exc
    if parts.scheme not in BACKENDS:
        known = ", ".join(f"{scheme}://" for scheme in BACKENDS)
        raise InputError(
            tr("the address names no engine that is known"), place="--table", expected=tr("one of {known}", known=known)
        )
    names = tuple(table.split("."))
    if len(names) > 3 or not all(map(_PART.fullmatch, names)):
        raise InputError(
            tr("{table!r} is not the name of a table", table=table[:80]),
            place="--table",
            expected=tr("TABLE, SCHEMA.TABLE or CATALOG.SCHEMA.TABLE"),
        )
    secrets: list[str] = []

    def filled(text: str) -> str:
        """With what the environment holds, remembered as a secret."""

        def value(match: re.Match[str]) -> str:
            if match[1] not in environment:
                problem = tr("the environment has no {variable}, which the address names", variable=match[1])
                raise InputError(problem, place="--table", expected=tr("{variable} to be set", variable=match[1]))
            secrets.append(environment[match[1]])
            return environment[match[1]]

        return _VARIABLE.sub(value, text)

    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    user, password = filled(unquote(user)), filled(unquote(password))
    query = {key: filled(values[-1]) for key, values in parse_qs(parts.query).items()}
    secrets += [text for text in (password, *query.values()) if text]
    userinfo = quote_plus(user) + (f":{quote_plus(password)}" if password else "")
    full = parts._replace(
        netloc=f"{userinfo}@{host}" if userinfo else host or parts.netloc,
        query="&".join(f"{quote_plus(key)}={quote_plus(value)}" for key, value in query.items()),
        fragment="",
    )
    shown = f"{parts.scheme}://{host or parts.netloc}{parts.path}"
    return Address(parts.scheme, shown, names, full, tuple(dict.fromkeys(secrets)))


@contextmanager
def connected(address: Address) -> Iterator[Any]:
    """An Ibis backend that reads, within one transaction where the engine has such; closed afterwards.

    Raises InputError where the driver is missing or the engine cannot be reached.
    """
    with asked():
        import ibis
    with ExitStack() as stack:
        try:
            backend = _OPENERS.get(address.backend, _by_url)(ibis, address, stack)
        except InputError:
            raise
        except ImportError as exc:
            raise _no_driver(address) from exc
        except Exception as exc:  # each driver has errors of its own
            expected = tr("an address that answers")
            if address.backend == "pyspark":
                expected = tr("Java 17 or newer, and an address that answers")
            raise address.refusal(tr("the engine cannot be reached"), exc, expected) from exc
        yield backend


def _no_driver(address: Address) -> InputError:
    extra = "spark" if address.backend == "pyspark" else address.backend
    needed = tr("{scheme}:// needs a driver that is not installed", scheme=address.scheme)
    return InputError(needed, file=address.name, expected=tr('pip install "readiness[warehouse,{extra}]"', extra=extra))


def _duckdb(ibis: Any, address: Address, stack: ExitStack) -> Any:
    path = Path(unquote(address.parts.netloc + address.parts.path))
    if not path.is_file():
        raise InputError(tr("there is no such database"), file=address.name, expected=tr("duckdb:///PATH of a file"))
    settings = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "enable_external_access": False,
    }
    return _until_closed(ibis.duckdb.connect(path, read_only=True, **settings), stack)


def _postgres(ibis: Any, address: Address, stack: ExitStack) -> Any:
    """One repeatable read for all of it, which may not write."""
    parts, query = address.parts, parse_qs(address.parts.query)
    host = parts.hostname or query.get("host", [None])[-1]
    others = {key: query[key][-1] for key in ("sslmode", "sslrootcert", "sslcert", "sslkey") if key in query}
    backend = ibis.postgres.connect(
        host=host,
        user=unquote(parts.username) if parts.username else None,
        password=_unquoted(parts.password),
        port=parts.port,
        database=unquote(parts.path.strip("/")) or None,
        connect_timeout=SECONDS,
        options=r"-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\ read",
        **others,
    )
    _until_closed(backend, stack)
    stack.enter_context(backend.con.transaction())
    return backend


def _unquoted(text: str | None) -> str | None:
    return unquote(text.replace("+", " ")) if text else None


def _spark(ibis: Any, address: Address, stack: ExitStack) -> Any:
    """The session of this process where there is one; else one of the master in the address, or of Spark's settings."""
    from pyspark.sql import SparkSession

    host = address.parts.netloc.rpartition("@")[2]
    there = SparkSession.getActiveSession()
    builder: Any = SparkSession.builder
    if host == LOCAL:
        builder = builder.master("local[*]")
    elif host:
        builder = builder.master(f"spark://{host}")
    session = there or builder.appName("readiness").getOrCreate()
    if there is None:
        stack.callback(session.stop)
    return ibis.pyspark.connect(session)


def _databricks(ibis: Any, address: Address, stack: ExitStack) -> Any:
    """`databricks://token:TOKEN@HOST/HTTP/PATH`."""
    parts = address.parts
    return _until_closed(
        ibis.databricks.connect(
            server_hostname=parts.hostname, http_path=parts.path, access_token=_unquoted(parts.password)
        ),
        stack,
    )


def _snowflake(ibis: Any, address: Address, stack: ExitStack) -> Any:
    """Without the functions that Ibis would create there."""
    return _until_closed(ibis.connect(address.parts.geturl(), create_object_udfs=False), stack)


def _by_url(ibis: Any, address: Address, stack: ExitStack) -> Any:
    return _until_closed(ibis.connect(address.parts.geturl()), stack)


def _until_closed(backend: Any, stack: ExitStack) -> Any:
    stack.callback(_close, backend)
    return backend


def _close(backend: Any) -> None:
    with suppress(Exception):  # what was read does not depend on it
        backend.disconnect()


_OPENERS: dict[str, Callable[[Any, Address, ExitStack], Any]] = {
    "databricks": _databricks,
    "duckdb": _duckdb,
    "postgres": _postgres,
    "pyspark": _spark,
    "snowflake": _snowflake,
}
