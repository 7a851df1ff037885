"""A client of the HTTP API: so that a pipeline needs a token and no password of the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from readiness.errors import Denied, InputError, ReadinessError, StoreError
from readiness.language import tr

VARIABLE = "READINESS_API_TOKEN"
PATIENCE = httpx.Timeout(10, read=600)
"""Seconds; a large file takes a while to be read there."""


class Remote:
    """A dashboard elsewhere. Every method raises what the service there raised, in its words."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        private = parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")
        if parts.scheme not in ("http", "https") or not parts.hostname or not private:
            expected = tr("an address with https, or one of this machine")
            raise InputError(
                tr("{url!r} would show the token on the way", url=url), place="--remote", expected=expected
            )
        token = os.environ.get(VARIABLE, "").strip()
        if not token:
            raise InputError(
                tr("there is no token"), place=VARIABLE, expected=tr("one that readiness token issue gave")
            )
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            base_url=f"{self.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
        )

    def get(self, *path: str, **asked: object) -> Any:
        return self._ask("GET", path, asked).json()

    def download(self, *path: str, **asked: object) -> tuple[str, bytes]:
        """A file and its name."""
        answer = self._ask("GET", path, asked)
        name = answer.headers.get("content-disposition", "").partition('filename="')[2].rstrip('"')
        return name or path[-1], answer.content

    def patch(self, *path: str, body: Mapping[str, object]) -> Any:
        return self._ask("PATCH", path, {}, json=body).json()

    def upload(self, path: Path, **asked: object) -> Any:
        """Send one file. Raises InputError where it cannot be read."""
        try:
            with path.open("rb") as file:
                return self._ask("POST", ("imports",), {"name": path.name, **asked}, content=file).json()
        except OSError as exc:
            raise InputError(tr("the file cannot be read ({why})", why=exc.strerror), file=str(path)) from exc

    def _ask(self, method: str, path: tuple[str, ...], asked: Mapping[str, object], **sent: Any) -> httpx.Response:
        wanted = {name: value for name, value in asked.items() if value not in ("", None, False, [])}
        try:
            answer = self._client.request(
                method,
                "/" + "/".join(quote(part, safe="") for part in path),
                params={name: _asked(value) for name, value in wanted.items()},
                **sent,
            )
        except httpx.HTTPError as exc:
            told = str(exc) or type(exc).__name__
            raise StoreError(tr("{url} does not answer ({told})", url=self.url, told=told), place="--remote") from exc
        if answer.is_success:
            return answer
        raise _failure(self.url, answer)


def _asked(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return "true" if value is True else str(value)


def _failure(url: str, answer: httpx.Response) -> ReadinessError:
    try:
        told: dict[str, Any] = answer.json()
        where = {name: str(told[name]) for name in ("file", "place", "expected")}
        kind = Denied if answer.status_code in (401, 403) else InputError
        return kind(str(told["problem"]), **where)
    except (ValueError, KeyError, TypeError):
        return StoreError(
            tr("{url} answered {status_code}", url=url, status_code=answer.status_code),
            place="--remote",
            expected=tr("a readiness dashboard"),
        )
