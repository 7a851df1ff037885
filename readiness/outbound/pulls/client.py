"""How a server is asked for evidence: patiently within limits, never led elsewhere, and in one sentence where it fails.

What it answers may be hostile: it is unpacked in small pieces and counted, and no answer takes longer than a limit.
"""

from __future__ import annotations

import random
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import orjson

from readiness import formatting
from readiness.errors import Denied, NotFound, ReadinessError, Unreachable
from readiness.language import tr
from readiness.outbound import reach

from . import tokens
from .asked import PullLimits

TEMPORARY = frozenset({429, 500, 502, 503, 504})
_PIECE = 64 * 1024


class PullClient:
    """Raises InputError for an address that may not be asked, and Denied for one inside the machine's own network."""

    def __init__(self, url: str, limits: PullLimits) -> None:
        self._parts = reach.asked_address(url, place="--url" if not url else "URL")
        self.host, self.token = self._parts.hostname or "", tokens.of(self._parts)
        self.headers: dict[str, str] = {}
        self._limits, self._waited = limits, 0.0
        self._ends, self._bytes = time.monotonic() + limits.seconds, 0
        patience = httpx.Timeout(limits.idle_seconds, connect=min(10, limits.idle_seconds))
        self._client = httpx.Client(base_url=url.rstrip("/"), timeout=patience, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def ask(self, method: str, path: str, **sent: Any) -> tuple[bytes, Any]:
        """The answer as it came, and what it holds. Raises Denied, NotFound and Unreachable."""
        body = self._body(method, path, sent)
        try:
            return body, orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise self.odd(path, tr("what is no JSON")) from exc

    def lines(self, method: str, path: str, **sent: Any) -> tuple[bytes, list[Any]]:
        """The same of an answer with a document in each line."""
        body = self._body(method, path, sent)
        try:
            return body, [orjson.loads(line) for line in body.splitlines() if line.strip()]
        except orjson.JSONDecodeError as exc:
            raise self.odd(path, tr("what is no JSON")) from exc

    def odd(self, path: str, what: str) -> Unreachable:
        return self._failed(path, tr("the server answered {what}", what=what), expected=tr("what its API documents"))

    def _body(self, method: str, path: str, sent: Mapping[str, Any]) -> bytes:
        for tried in range(1, self._limits.tries + 1):
            reach.refuse_inner(self._parts)
            try:
                return self._asked(method, path, sent)
            except _Again as again:
                if tried == self._limits.tries or not self._waits(again.seconds, tried):
                    raise again.failure from again.__cause__
        raise self._failed(path, tr("the server does not answer"), expected=tr("an answer"))

    def _asked(self, method: str, path: str, sent: Mapping[str, Any]) -> bytes:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **self.headers, **sent.get("headers", {})}
        try:
            with self._client.stream(method, path, **{**sent, "headers": headers}) as answer:
                self._refuse_peer(answer)
                self._refuse(path, answer)
                return self._read(path, answer)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise self._unanswered(path, exc) from None  # the exception may hold headers

    def _refuse_peer(self, answer: httpx.Response) -> None:
        stream = answer.extensions.get("network_stream")
        address = stream.get_extra_info("server_addr") if stream is not None else None
        if address:
            reach.refuse_peer(self.host, str(address[0]))

    def _refuse(self, path: str, answer: httpx.Response) -> None:
        """Raises what a status other than a success means, before anything else of the answer is read."""
        status = answer.status_code
        if answer.is_success:
            return
        if status in TEMPORARY:
            raise _Again(self._failed(path, *_temporary(status, answer)), _asked_to_wait(answer))
        if status in (401, 403):
            expected = tr(
                "one in {variable}, or in {file} under {table}, that may read it",
                variable=tokens.VARIABLE,
                file=tokens.FILE,
                table=tokens.TABLE,
            )
            have = (
                tr("does not take the token") if self.token else tr("asks for a token, and there is none for its host")
            )
            raise Denied(
                tr("the server {have} ({status})", have=have, status=status),
                file=self.host,
                place=path,
                expected=expected,
            )
        if status == 404:
            expected = tr("a project or an experiment that is there, and an address of its API")
            raise NotFound(tr("the server does not find this"), file=self.host, place=path, expected=expected)
        if 300 <= status < 400:
            where = _host(urljoin(str(answer.request.url), answer.headers.get("location", "")))
            problem = tr("the server sends on to {where}, which is not followed", where=where)
            raise self._failed(path, problem, expected=tr("the address that it answers at itself"))
        raise self._failed(
            path, tr("the server answered {status}", status=status), expected=tr("an answer that its API documents")
        )

    def _read(self, path: str, answer: httpx.Response) -> bytes:
        ends = min(self._ends, time.monotonic() + self._limits.answer_seconds)
        room = min(self._limits.answer_bytes, self._limits.total_bytes - self._bytes)
        parts, size = [], 0
        for part in _unpacked(answer):
            size += len(part)
            if size > room:
                most = formatting.whole(size - 1 if size < room else room)
                problem = tr("the server answered with more than {most} bytes", most=most)
                expected = tr(
                    "at most {answer} in one answer and {all} in all",
                    answer=formatting.whole(self._limits.answer_bytes),
                    all=formatting.whole(self._limits.total_bytes),
                )
                raise self._failed(path, problem, expected=tr("{expected}; --since asks for less", expected=expected))
            if time.monotonic() > ends:
                raise self._too_long(path)
            parts.append(part)
        self._bytes += size
        return b"".join(parts)

    def _too_long(self, path: str) -> Unreachable:
        if time.monotonic() > self._ends:
            problem = tr("the pull takes longer than {seconds:,.0f} s", seconds=self._limits.seconds)
            return self._failed(path, problem, expected=tr("another pull, which goes on from here"))
        expected = tr("less than {seconds:.0f} s", seconds=self._limits.answer_seconds)
        return self._failed(path, tr("the server takes too long for one answer"), expected=expected)

    def _waits(self, asked: float | None, tried: int) -> bool:
        """Whether it was waited, for as long as the server asked or else ever longer."""
        pause = self._limits.pause * 2 ** (tried - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads, hides nothing
        seconds = max(pause, asked or 0)
        if self._waited + seconds > self._limits.wait or time.monotonic() + seconds > self._ends:
            return False
        self._waited += seconds
        time.sleep(seconds)
        return True

    def _unanswered(self, path: str, exc: Exception) -> Exception:
        why = exc.__cause__ or exc.__context__
        while why is not None and not isinstance(why, ssl.SSLError):
            why = why.__cause__ or why.__context__
        if isinstance(why, ssl.SSLError):
            told = getattr(why, "verify_message", "") or why.reason or "TLS"
            problem = tr("no safe connection can be made ({told})", told=told)
            return self._failed(path, problem, expected=tr("a certificate that is trusted"))
        if isinstance(exc, httpx.DecodingError):
            return self.odd(path, tr("what cannot be unpacked"))
        failure = self._failed(
            path, tr("the server does not answer ({kind})", kind=type(exc).__name__), expected=tr("an answer")
        )
        return _Again(failure, None)

    def _failed(self, path: str, problem: str, expected: str) -> Unreachable:
        return Unreachable(problem, file=self.host, place=path, expected=expected)


class _Again(Exception):
    """What may work when it is asked again; `failure` is what is said where it does not."""

    def __init__(self, failure: ReadinessError, seconds: float | None) -> None:
        super().__init__(failure.problem)
        self.failure, self.seconds = failure, seconds


def _temporary(status: int, answer: httpx.Response) -> tuple[str, str]:
    if status != 429:
        return tr("the server answered {status}", status=status), tr("an answer that its API documents")
    seconds = _asked_to_wait(answer)
    wait = tr(" and said to wait {seconds:,.0f} s", seconds=seconds) if seconds else ""
    return tr("the server limits how often it is asked{wait}", wait=wait), tr(
        "another pull later, which goes on from here"
    )


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds, as Retry-After says by their number or by a date."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0) if text else None
    except (ValueError, TypeError, OverflowError):
        return None


def _unpacked(answer: httpx.Response) -> Iterator[bytes]:
    """The bytes in pieces of which none is large, whatever they were packed from. Raises httpx.DecodingError."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        yield from answer.iter_raw()  # as they come: gathered into larger pieces, what drips would never be seen
        return
    if coding not in ("gzip", "x-gzip"):
        raise httpx.DecodingError(f"an encoding that was not asked for, {coding[:20]}")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        for packed in answer.iter_raw():
            rest = packed
            while rest:
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unconsumed_tail
        if not unpacker.eof:
            raise httpx.DecodingError("the answer breaks off")
    except zlib.error as exc:
        raise httpx.DecodingError("the answer is no gzip") from exc


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or tr("another address")
    except ValueError:
        return tr("another address")
