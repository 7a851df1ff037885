"""What secrets and personal data look like: a rule for each class, by its shape, its surroundings or its check digit.

Patterns only look at a bounded stretch from where they begin, or consume what they looked at, so that the time grows
with the length of the text however hostile it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from .addresses import MAIL_SIGNS, emails, ips, macs
from .cookies import COOKIE_SIGNS, cookies
from .named import SIGNS as NAME_SIGNS
from .named import passwords
from .national import national_ids
from .numbers import FEWEST_OF_CARD, cards, ibans, international_phones, national_phones
from .shapes import EDGE as _EDGE
from .shapes import Finder
from .shapes import pattern as _pattern
from .signs import ANY_DIGIT, SHORTEST_RUN, Hit, Signs, Text
from .spoken import COMMAND_SIGNS, alone, columns, commands, headers, logins
from .vendors import keys, prefixed


def _detector(plugin: type[RegexBasedDetector]) -> Finder:
    """The whole match of each pattern: the plugin's own scan gives back groups, which may be a prefix only."""

    def find(text: Text) -> Iterator[Hit]:
        for pattern in plugin.denylist:  # type: ignore[attr-defined]
            yield from (match.span() for match in pattern.finditer(text.raw))

    return find


_JWT = r"eyJ[\w=-]*+(?:\.([\w=-]++)(?:\.[\w+/=-]*+)*+)?"


@dataclass(frozen=True)
class Detector:
    """What is found under a name. Where none of the `signs` stands in a text, nothing is, and nobody need look.

    Signs are looked for as they are written, or with `any_case` in small letters as well as large ones. Nor is there
    anything where no `run` of so many characters of tokens stands, or no number of so many `digits`, with all that is
    between them.
    """

    name: str
    find: Finder
    signs: tuple[str, ...]
    any_case: bool = False
    run: int = 0
    digits: int = 0


RULES: tuple[Detector, ...] = (
    Detector(
        "private-key",
        _pattern(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END[^-]{0,60}-----|(?=-----END)|\Z)"
            r"|PuTTY-User-Key-File-[23][\s\S]*+"
        ),
        ("-----BEGIN ", "PuTTY-User-Key-File-"),
    ),
    Detector(
        "aws-key", _pattern(r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}"), ("A3T", "ABIA", "ACCA", "AKIA", "ASIA")
    ),
    Detector(
        "aws-key",
        _pattern(
            r"aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?[\"']([A-Za-z0-9/+]{40})[\"'\\]",
            group=1,
            flags=re.IGNORECASE,
        ),
        ("aws",),
        any_case=True,
    ),
    Detector("azure-key", _detector(AzureStorageKeyDetector), ("AccountKey=",)),
    Detector(
        "discord-token", _pattern(r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"), (".",), run=58
    ),
    Detector("github-token", _detector(GitHubTokenDetector), ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Detector("github-token", _pattern(r"github_pat_[A-Za-z0-9_]{36,255}"), ("github_pat_",)),
    Detector("gitlab-token", _detector(GitLabTokenDetector), ("gl", "GR1348941")),
    Detector("gitlab-token", _pattern(r"gl[a-z]{2,6}-[A-Za-z0-9_-]{20,300}\.[0-9a-z]{2}\.[0-9a-z]{9}"), ("gl",)),
    Detector("google-key", _pattern(r"AIza[A-Za-z0-9_-]{35}"), ("AIza",)),
    Detector("mailchimp-key", _detector(MailchimpDetector), ("-us",), run=36),
    Detector("npm-token", _pattern(r"npm_[A-Za-z0-9]{36}"), ("npm_",)),
    Detector("pypi-token", _detector(PypiTokenDetector), ("pypi-",)),
    Detector("sendgrid-key", _detector(SendGridDetector), ("SG.",)),
    Detector("slack-token", _detector(SlackDetector), ("xox", "hooks.slack.com"), any_case=True),
    Detector("slack-token", _pattern(r"xapp-[0-9]-[A-Za-z0-9-]{20,200}"), ("xapp-",)),
    Detector("square-secret", _detector(SquareOAuthDetector), ("sq0csp-",)),
    Detector("square-secret", _pattern(r"sq0atp-[A-Za-z0-9_-]{22,60}"), ("sq0atp-",)),
    Detector("stripe-key", _detector(StripeDetector), ("k_live_",)),
    Detector(
        "stripe-key", _pattern(r"(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{24,250}"), ("k_live_", "k_test_", "whsec_")
    ),
    Detector("telegram-token", _detector(TelegramBotTokenDetector), (":",), run=44),
    Detector("twilio-key", _detector(TwilioKeyDetector), ("AC", "SK")),
    Detector("api-key", _pattern(_EDGE + r"(?=sk-[\w-]{20})sk-[\w-]++", digit=True, flags=re.ASCII), ("sk-",)),
    Detector(
        "jwt", lambda text: (match.span() for match in re.finditer(_JWT, text.raw, re.ASCII) if match[1]), ("eyJ",)
    ),
    Detector("basic-auth", logins, ("@",)),
    Detector("bearer-token", headers, ("bearer", "authorization"), any_case=True),
    Detector("vendor-key", keys, (ANY_DIGIT, "_"), run=SHORTEST_RUN),
    Detector("vendor-key", prefixed, (ANY_DIGIT,), run=24),
    Detector("cookie", cookies, COOKIE_SIGNS, any_case=True),
    Detector("email", emails, MAIL_SIGNS, any_case=True),
    Detector("iban", ibans, (ANY_DIGIT,)),
    Detector("phone", international_phones, ("+", "＋")),
    Detector("phone", national_phones, (ANY_DIGIT,), digits=7),
    Detector("card", cards, (ANY_DIGIT,), digits=FEWEST_OF_CARD),
    Detector("ip", ips, (".", ":")),
    Detector("mac", macs, ("-", ":", ".")),
    Detector("national-id", national_ids, (ANY_DIGIT,)),
    Detector("password", passwords, NAME_SIGNS, any_case=True),
    Detector("password", commands, COMMAND_SIGNS, any_case=True),
    Detector("password", columns, NAME_SIGNS, any_case=True),
    Detector("token", alone, (ANY_DIGIT,), run=36),
)

SIGNS = Signs(
    (sign for rule in RULES if not rule.any_case for sign in rule.signs),
    (sign for rule in RULES if rule.any_case for sign in rule.signs),
)
_RULES_OF: dict[str, list[int]] = defaultdict(list)
for _rank, _rule in enumerate(RULES):
    for _sign in _rule.signs:
        _RULES_OF[_sign].append(_rank)


@lru_cache(maxsize=4096)
def _asked_for(stood: frozenset[str]) -> tuple[tuple[int, Detector], ...]:
    """The rules that one of these signs calls for, by their numbers."""
    return tuple((rank, RULES[rank]) for rank in sorted(set().union(*map(_RULES_OF.__getitem__, stood))))


def found(text: Text) -> list[tuple[int, int, int]]:
    """What the rules find: where it begins and ends, and the number of the rule."""
    return [
        (start, end, rank)
        for rank, rule in _asked_for(text.stood)
        if not (rule.run and rule.run > text.longest_run) and not (rule.digits and rule.digits > text.longest_digits)
        for start, end in rule.find(text)
    ]
