"""One pull: step by step into a file, from where an earlier one was killed, within its limits."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from readiness import formatting
from readiness.errors import ReadinessError, Unreachable
from readiness.language import tr
from readiness.model.sources import SourceKind

from . import langfuse, langsmith, mlflow, opik, phoenix
from .asked import PullLimits, PullStep, Wanted
from .client import PullClient
from .spool import Spool, SpoolState

_ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What comes of an answer that is not as it is documented."""


class PulledApi(Protocol):
    """A kind of server: how a token is shown to it, what is found out once, and one step of many."""

    def authorise(self, client: PullClient) -> None: ...

    def begin(self, client: PullClient, wanted: Wanted) -> str: ...

    def step(self, client: PullClient, wanted: Wanted, begun: str, at: str) -> PullStep: ...


APIS: dict[SourceKind, PulledApi] = {
    "mlflow": mlflow,
    "phoenix": phoenix,
    "langfuse": langfuse,
    "langsmith": langsmith,
    "opik": opik,
}


@dataclass(frozen=True)
class Pulled:
    """A file with what a server answered, and all of what was asked; `records` are traces, or cases."""

    path: Path
    wanted: Wanted
    records: int
    pages: int
    digest: str
    notes: tuple[str, ...]
    done: Spool

    @property
    def name(self) -> str:
        """What the file is called: the same for what is asked for the same span of time."""
        named = "".join(
            sign if sign.isalnum() or sign in "-._" else "-" for sign in self.wanted.run or self.wanted.project
        )
        return f"{self.wanted.kind}-{named[:80]}-{self.wanted.until:%Y-%m-%dT%H%M%SZ}.jsonl"


def pull(wanted: Wanted, kept: Spool, limits: PullLimits | None = None, *, exact: bool = False) -> Pulled:
    """What a server has, as a file that is there until `done.clear()`; a pull that failed or was killed goes on.

    It goes on up to the time that was asked for first, unless `exact` says that only the same time will do.

    Raises Denied, NotFound, Unreachable and InputError.
    """
    limits = limits or PullLimits()
    client = PullClient(wanted.url, limits)
    try:
        state = kept.state(f"{wanted.key} {wanted.until if exact else ''}", wanted.until)
        wanted = replace(wanted, until=dt.datetime.fromisoformat(state.until))
        if not state.whole:
            state = _go_on(client, wanted, kept, state, limits)
    except _ODD as exc:
        raise client.odd("", tr("what cannot be read ({kind})", kind=type(exc).__name__)) from exc
    finally:
        client.close()
    return Pulled(kept.path, wanted, state.records, state.pages, kept.digest, tuple(state.notes), kept)


def _go_on(client: PullClient, wanted: Wanted, kept: Spool, state: SpoolState, limits: PullLimits) -> SpoolState:
    api, ends, seen = APIS[wanted.kind], time.monotonic() + limits.seconds, {state.further}
    api.authorise(client)
    begun = state.begun or api.begin(client, wanted)
    while not state.whole:
        if state.pages >= limits.pages or time.monotonic() > ends:
            problem = tr("the pull was ended after {pages} pages", pages=formatting.whole(state.pages))
            expected = tr(
                "at most {pages} in {seconds:,.0f} s; another pull goes on from here",
                pages=formatting.whole(limits.pages),
                seconds=limits.seconds,
            )
            raise Unreachable(problem, file=client.host, expected=expected)
        step = api.step(client, wanted, begun, state.further)
        if step.further and step.further in seen:
            kept.clear()
            raise client.odd("", tr("the same page again"))
        seen.add(step.further)
        _refuse_size(kept, state, step, limits, client.host)
        state = kept.add(
            state,
            step.bodies,
            records=state.records + step.records,
            pages=state.pages + 1,
            further=step.further,
            begun=begun,
            whole=not step.further,
            notes=[*state.notes, *([step.note] if step.note else [])],
        )
    return state


def _refuse_size(kept: Spool, state: SpoolState, step: PullStep, limits: PullLimits, host: str) -> None:
    size = state.size + sum(len(body) + 1 for body in step.bodies)
    if size > limits.total_bytes:
        kept.clear()
        failure: ReadinessError = Unreachable(
            tr("the server has more than {most} bytes of this", most=formatting.whole(limits.total_bytes)),
            file=host,
            expected=tr("less at once: a later --since, or a project with less"),
        )
        raise failure
