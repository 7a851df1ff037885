"""Personal data and secrets, replaced before anything is stored.

What is found has a shape: tokens of known services, keys in blocks, addresses, numbers with a check digit. Redaction is
never complete: names, postal addresses, national phone numbers, passwords without a label and secrets without a shape
stay. Patterns only look at a bounded stretch from where they begin, or consume what they looked at, so that the time
grows with the length of the text however hostile it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
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
from phonenumbers import Leniency, PhoneNumberMatcher

Hit = tuple[int, int]
Rule = Callable[[str], Iterable[Hit]]

MARKER = re.compile(r"\[redacted: [a-z-]+\]")

_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""The left edge of a word; the n of an escaped line end is no part of the word after it."""


def _pattern(regex: str, *, group: int = 0, digit: bool = False, flags: int = 0) -> Rule:
    """Hits are what `group` holds; with `digit` only those that contain one."""
    compiled = re.compile(regex, flags)

    def rule(text: str) -> Iterator[Hit]:
        for match in compiled.finditer(text):
            if match[group] and not (digit and not re.search("[0-9]", match[group])):
                yield match.span(group)

    return rule


def _detector(plugin: type[RegexBasedDetector]) -> Rule:
    """The whole match of each pattern: the plugin's own scan gives back groups, which may be a prefix only."""

    def rule(text: str) -> Iterator[Hit]:
        for pattern in plugin.denylist:  # type: ignore[attr-defined]
            yield from (match.span() for match in pattern.finditer(text))

    return rule


def _phones(text: str) -> Iterator[Hit]:
    """International numbers; the matcher is slow, so it only sees what begins with a plus sign and a digit."""
    for window in re.finditer(r"[+＋][0-9(][0-9 ()./\u00a0-]{5,30}", text):
        for found in PhoneNumberMatcher(window[0], None, Leniency.VALID):
            yield window.start() + found.start, window.start() + found.end


_CARD_SHAPES = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)}
_CARD_RUN = re.compile(r"[0-9](?:[ \u00a0-]?[0-9]){12,}+")


def _cards(text: str) -> Iterator[Hit]:
    """A whole run of digits, or the groups within it that are set as on a card."""
    for run in _CARD_RUN.finditer(text):
        if len(set(re.findall("[^0-9]", run[0]))) <= 1 and _is_card(run[0]):
            yield run.span()
            continue
        groups = list(re.finditer("[0-9]+", run[0]))
        for first in range(len(groups)):
            for last in range(first, min(first + 5, len(groups))):
                shape = tuple(len(group[0]) for group in groups[first : last + 1])
                start, end = groups[first].start(), groups[last].end()
                if (len(shape) == 1 or shape in _CARD_SHAPES) and _is_card(run[0][start:end]):
                    yield run.start() + start, run.start() + end


def _is_card(text: str) -> bool:
    """13 to 19 digits with a card's first digits, so that dates and clock readings are left alone, and Luhn's sum."""
    digits = re.sub("[^0-9]", "", text[:64])
    if not 13 <= len(digits) <= 19 or len(text) > 64 or not re.match("[3-6]|2[2-7]", digits):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0


_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        "([A-Z]{2})([0-9]{2})",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
        "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
        "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 "
        "PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 "
        "YE30",
    )
}
_IBAN = re.compile(_EDGE + r"(?=([A-Z]{2}[0-9]{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}))", re.IGNORECASE | re.ASCII)


def _ibans(text: str) -> Iterator[Hit]:
    """As long as the country says, neither cut nor continued, and with a valid check number."""
    for match in _IBAN.finditer(text):
        places = [at for at, character in enumerate(match[1]) if character.isalnum()]
        length = _IBAN_LENGTHS.get(match[1][:2].upper(), 0)
        if not 0 < length <= len(places):
            continue
        end = places[length - 1] + 1
        after = text[match.start() + end : match.start() + end + 1]
        if not (after.isascii() and after.isalnum()) and _is_iban(match[1][:end]):
            yield match.start(), match.start() + end


def _is_iban(text: str) -> bool:
    code = re.sub("[^A-Z0-9]", "", text.upper())
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97 == 1


_NAMED = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|(?:api|access|private|account|secret)[_-]?key"
    r"|(?:auth|access|refresh|session|bearer)[_-]?token|client[_-]?secret)"
)
_SETS = r"\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?"
_JWT = r"eyJ[\w=-]*+(?:\.([\w=-]++)(?:\.[\w+/=-]*+)*+)?"

_RULES: tuple[tuple[str, Rule], ...] = (
    (
        "private-key",
        _pattern(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*+(?:-----END[^-]{0,60}-----)?"
            r"|PuTTY-User-Key-File-[23][\s\S]*+"
        ),
    ),
    ("aws-key", _detector(AWSKeyDetector)),
    ("azure-key", _detector(AzureStorageKeyDetector)),
    ("discord-token", _detector(DiscordBotTokenDetector)),
    ("github-token", _detector(GitHubTokenDetector)),
    ("github-token", _pattern(r"github_pat_[A-Za-z0-9_]{36,255}")),
    ("gitlab-token", _detector(GitLabTokenDetector)),
    ("google-key", _pattern(r"AIza[A-Za-z0-9_-]{35}")),
    ("mailchimp-key", _detector(MailchimpDetector)),
    ("npm-token", _pattern(r"npm_[A-Za-z0-9]{36}")),
    ("pypi-token", _detector(PypiTokenDetector)),
    ("sendgrid-key", _detector(SendGridDetector)),
    ("slack-token", _detector(SlackDetector)),
    ("slack-token", _pattern(r"xapp-[0-9]-[A-Za-z0-9-]{20,200}")),
    ("square-secret", _detector(SquareOAuthDetector)),
    ("stripe-key", _detector(StripeDetector)),
    ("stripe-key", _pattern(r"(?:[rs]k_(?:live|test)|whsec)_[A-Za-z0-9]{24,250}")),
    ("telegram-token", _detector(TelegramBotTokenDetector)),
    ("twilio-key", _detector(TwilioKeyDetector)),
    ("api-key", _pattern(_EDGE + r"(?=sk-[\w-]{20})sk-[\w-]++", digit=True, flags=re.ASCII)),
    ("jwt", lambda text: (match.span() for match in re.finditer(_JWT, text, re.ASCII) if match[1])),
    ("basic-auth", _pattern(r"(?<=://)[^\s/?#@:]{0,256}:[^\s/?#@]{1,256}(?=@)")),
    ("bearer-token", _pattern(r"\bbearer\s{1,3}([\w.~+/-]{16,}+={0,2})", group=1, digit=True, flags=re.I | re.ASCII)),
    (
        "bearer-token",
        _pattern(rf"authorization{_SETS}(?:bearer|basic|token)\s{{1,3}}([^\s\"'\\\[]{{6,}}+)", group=1, flags=re.I),
    ),
    ("password", _pattern(rf"{_NAMED}{_SETS}([^\s\"',;\\\[]{{6,}}+)", group=1, digit=True, flags=re.I)),
    ("email", _pattern(r"[\w.%+-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})")),
    ("iban", _ibans),
    ("phone", _phones),
    ("card", _cards),
)


def redact(text: str) -> tuple[str, dict[str, int]]:
    """The text with `[redacted: CLASS]` in place of what was found, and how often each class was.

    Redacting the result again changes nothing: what is left between two markers is searched on its own until nothing
    more is found there.
    """
    counts: Counter[str] = Counter()
    done: list[str] = []
    waiting = _fragments(text)
    while waiting:
        fragment, is_marker = waiting.pop()
        hits = [] if is_marker else _hits(fragment)
        if not hits:
            done.append(fragment)
            continue
        counts.update(name for _, _, name in hits)
        waiting += _cut(fragment, hits)[::-1]
    return "".join(done), dict(sorted(counts.items()))


def _fragments(text: str) -> list[tuple[str, bool]]:
    """The text cut at markers that already stand in it, last piece first."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in MARKER.finditer(text):
        pieces += [(text[at : match.start()], False), (match[0], True)]
        at = match.end()
    return [*pieces, (text[at:], False)][::-1]


def _cut(fragment: str, hits: list[tuple[int, int, str]]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end, name in hits:
        pieces += [(fragment[at:start], False), (f"[redacted: {name}]", True)]
        at = end
    return [*pieces, (fragment[at:], False)]


def _hits(text: str) -> list[tuple[int, int, str]]:
    """What every rule found; where hits overlap all of it goes, under the name of the rule that stands first."""
    found = sorted((start, end, rank) for rank, (_, rule) in enumerate(_RULES) for start, end in rule(text))
    merged: list[tuple[int, int, int]] = []
    for start, end, rank in found:
        if merged and start < merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(before[1], end), min(before[2], rank)))
        else:
            merged.append((start, end, rank))
    return [(start, end, _RULES[rank][0]) for start, end, rank in merged]


_SECRET_NAME = re.compile(rf"(?:{_NAMED}|(?:^|[_.-])(?:authorization|(?:set-)?cookie|api-?key))$", re.IGNORECASE)
_OVERHANG = 1_000


@dataclass
class Redactor:
    """Redacts the texts of one record; counts what it found, and how many texts it cut at `cap` characters."""

    cap: int = 20_000
    counts: Counter[str] = field(default_factory=Counter)
    cut: int = 0

    def text(self, text: str) -> str:
        """A long text is redacted a little past the cap, so that no half of a secret is left where it is cut."""
        shown, found = redact(text[: self.cap + _OVERHANG])
        self.counts.update(found)
        if len(text) > self.cap:
            shown = shown[:-_OVERHANG]
        elif len(shown) <= self.cap:
            return shown
        self.cut += 1
        return shown[: self.cap]

    def value(self, value: Any, key: str = "") -> Any:
        """Every text in a JSON value, keys included; a text whose key names a secret goes whole."""
        if isinstance(value, str):
            if value and _SECRET_NAME.search(key) and not MARKER.fullmatch(value):
                self.counts["password"] += 1
                return "[redacted: password]"
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        return self._keyed(value) if isinstance(value, dict) else value

    def _keyed(self, value: dict[str, Any]) -> dict[str, Any]:
        """Keys that become the same by redaction are numbered, so that no value is lost."""
        result: dict[str, Any] = {}
        for key, item in value.items():
            name = shown = self.text(key)
            number = 1
            while shown in result:
                number += 1
                shown = f"{name} {number}"
            result[shown] = self.value(item, key)
        return result
