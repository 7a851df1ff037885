"""The token for a host, from the environment or `secrets.toml`: one that is meant for a host is sent to no other."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import SplitResult

from readiness import strict_toml
from readiness.errors import InputError
from readiness.language import marked, tr

VARIABLE = "READINESS_PULL_TOKENS"
FILE = Path(".streamlit/secrets.toml")
TABLE = "pull_tokens"
_EXPECTED = marked("HOST=TOKEN, with blanks between several")
_DEPTH = 8


def of(parts: SplitResult) -> str:
    """The token for the host with its port, or else for the host; empty where there is none. Raises InputError."""
    known = _of_file() | _of_environment()
    host = parts.hostname or ""
    names = [f"{host}:{parts.port}", host] if parts.port else [host]
    return next((known[name] for name in names if name in known), "")


def _of_environment() -> dict[str, str]:
    known = {}
    for pair in os.environ.get(VARIABLE, "").split():
        host, _, token = pair.partition("=")
        if not host or not _is_token(token):
            raise InputError(tr("a token does not say which host it is for"), place=VARIABLE, expected=tr(_EXPECTED))
        known[host.lower()] = token
    return known


def _of_file() -> dict[str, str]:
    try:
        text = FILE.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(tr("the file cannot be read"), file=str(FILE), expected=tr("a TOML file")) from exc
    try:
        table = strict_toml.loads(text, depth=_DEPTH).get(TABLE, {})
    except InputError:
        raise InputError(
            tr("the file is no TOML"), file=str(FILE), expected=tr("a TOML file")
        ) from None  # it may quote it
    if not isinstance(table, dict) or not all(isinstance(token, str) and _is_token(token) for token in table.values()):
        expected = tr('"HOST" = "TOKEN" in each line')
        raise InputError(tr("the tokens cannot be told"), file=str(FILE), place=TABLE, expected=expected)
    return {host.lower(): token for host, token in table.items()}


def _is_token(text: str) -> bool:
    """Whether it can stand in a header."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
