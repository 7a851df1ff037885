"""The ways by which digests leave, as far as the environment sets them up."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from readiness.errors import InputError
from readiness.language import tr
from readiness.portfolio.digest import Digest

from . import mail, webhook


class Sender(Protocol):
    """One way out. `needs_address` where somebody without an address cannot be told by it."""

    channel: ClassVar[str]
    needs_address: ClassVar[bool]

    def send(self, digest: Digest) -> None:
        """Returns once it was accepted. Raises Unreachable."""


_MADE: dict[str, tuple[str, Callable[[], Sender]]] = {
    "mail": (mail.VARIABLE, mail.Mail.from_environment),
    "webhook": (webhook.VARIABLE, webhook.Webhook.from_environment),
}
CHANNELS = tuple(_MADE)


def configured() -> list[str]:
    """The channels whose variable is set."""
    return [name for name, (variable, _) in _MADE.items() if os.environ.get(variable, "").strip()]


def checked(wanted: Sequence[str]) -> list[str]:
    """The channels as they are named. Raises InputError for one that there is not."""
    if unknown := [name for name in wanted if name not in _MADE]:
        raise InputError(
            tr("there is no way {unknown!r}", unknown=unknown[0]), place="--by", expected=f" {tr('or')} ".join(CHANNELS)
        )
    return list(dict.fromkeys(wanted))


def senders(wanted: Sequence[str] = ()) -> list[Sender]:
    """Those that are asked for, else all that are set up. Raises InputError where there is none, or is set up badly."""
    names = checked(wanted) or configured()
    if not names:
        expected = f" {tr('or')} ".join(variable for variable, _ in _MADE.values())
        raise InputError(tr("nothing says where reminders go"), place=tr("the environment"), expected=expected)
    return [_MADE[name][1]() for name in names]
