"""How a tracker is asked: with its token, patiently where it asks for patience, and in one sentence where it fails."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx

from readiness.errors import Denied, NotFound, ReadinessError, Unanswered, Unreachable
from readiness.language import tr
from readiness.outbound import reach

PATIENCE = httpx.Timeout(30)
LONGEST_WAIT = 60.0
"""Seconds that are waited in all where a tracker limits how often it is asked."""
PAGE = 100
MOST_PAGES = 1_000


class TrackerClient:
    """Raises InputError for an address on which others could read the token."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = reach.address(url, place="--url")
        self.host, self.address = parts.hostname or "", parts.netloc.rpartition("@")[2] + parts.path.rstrip("/")
        self._client = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=PATIENCE)
        self._waited = 0.0

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Raises Denied, NotFound, Unreachable, and Unanswered where it may have been done."""
        while True:
            try:
                answer = self._client.request(method, path, **sent)
            except (httpx.HTTPError, httpx.InvalidURL) as exc:
                raise Unanswered(
                    tr("the tracker does not answer ({kind})", kind=type(exc).__name__), place=self.host
                ) from exc
            if answer.is_success:
                return answer
            if not self._waits(answer):
                raise self._failure(answer)

    def json(self, method: str, path: str, **sent: Any) -> Any:
        answer = self.ask(method, path, **sent)
        try:
            return answer.json()
        except ValueError as exc:
            raise self.odd(tr("what is no JSON")) from exc

    def odd(self, what: str) -> Unanswered:
        return Unanswered(
            tr("the tracker answered {what}", what=what), place=self.host, expected=tr("what its API documents")
        )

    def _waits(self, answer: httpx.Response) -> bool:
        """Whether it was waited for as long as the tracker asked, which is done for a minute in all."""
        seconds = _asked_to_wait(answer)
        if seconds is None or self._waited + seconds > LONGEST_WAIT:
            return False
        pause = max(seconds, 0.1)  # so that a tracker that says 0 for ever is not asked for ever
        self._waited += pause
        time.sleep(pause)
        return True

    def _failure(self, answer: httpx.Response) -> ReadinessError:
        status = answer.status_code
        if (seconds := _asked_to_wait(answer)) is not None:
            problem = tr("the tracker limits how often it is asked and said to wait {seconds:.0f} s", seconds=seconds)
            return Unreachable(problem, place=self.host, expected=tr("another run later"))
        if status in (401, 403):
            return Denied(tr("the tracker does not take the token ({status})", status=status), place=self.host)
        if status == 404:
            expected = tr("one that is there and that the token may see")
            return NotFound(tr("the tracker does not find the project"), place=self.host, expected=expected)
        failed = Unanswered if status >= 500 else Unreachable
        return failed(tr("the tracker answered {status}", status=status), place=self.host)


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds, where this is a limit: by Retry-After, or as GitHub says it, by when the limit is over."""
    if answer.status_code not in (403, 429):
        return None
    after, reset = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-reset", "")
    if after.isdecimal():
        return float(after)
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(float(reset) - time.time(), 0)
    return LONGEST_WAIT + 1 if answer.status_code == 429 else None
