"""Digests to a chat: `{"text": …}` by HTTP, which incoming webhooks of Slack, Mattermost and Teams take.

The address is a secret, so that a failure names its host alone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import ClassVar, Self

import httpx

from readiness import formatting
from readiness.errors import Unreachable
from readiness.language import tr
from readiness.portfolio.digest import Digest

from . import reach

VARIABLE = "READINESS_WEBHOOK_URL"
PATIENCE = 15
"""Seconds."""
_NOTHING = "\u200b"
"""A character without width, between what would be acted upon."""
_ACTIVE = re.compile(r"(?<!\w)@(?=\w)|\](?=\()")


@dataclass(frozen=True)
class Webhook:
    channel: ClassVar[str] = "webhook"
    needs_address: ClassVar[bool] = False
    host: str
    url: str = field(repr=False)

    @classmethod
    def from_environment(cls) -> Self:
        """Raises InputError."""
        url = os.environ.get(VARIABLE, "").strip()
        return cls(reach.address(url, place=VARIABLE).hostname or "", url)

    def send(self, digest: Digest) -> None:
        """Raises Unreachable."""
        try:
            answer = httpx.post(self.url, json=body(digest), timeout=PATIENCE)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            problem = tr("the webhook does not answer ({kind})", kind=type(exc).__name__)
            raise Unreachable(problem, place=self.host) from None  # which holds the address
        if not answer.is_success:
            raise Unreachable(tr("the webhook answered {status_code}", status_code=answer.status_code), place=self.host)


def body(digest: Digest) -> dict[str, str]:
    return {"text": harmless(f"{formatting.plain(digest.subject)}\n{digest.text}")}


def harmless(text: str) -> str:
    """A text that calls nobody and links nowhere: `<!channel>`, `@here` and `[label](address)` are only seen."""
    escaped = formatting.visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(lambda match: match[0] + _NOTHING, escaped)
