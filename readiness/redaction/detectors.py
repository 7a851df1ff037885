"""What secrets and personal data look like: a rule for each class, by its shape, its surroundings or its check digit.

Patterns only look at a bounded stretch from where they begin, or consume what they looked at, so that the time grows
with the length of the text however hostile it is.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from detect_secrets.plugins.aws import AWSKeyDetector
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
from phonenumbers import Leniency, PhoneNumberMatcher

Hit = tuple[int, int]
Finder = Callable[[str], Iterable[Hit]]

_EDGE = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""The left edge of a word; the n of an escaped line end is no part of the word after it."""


def _pattern(regex: str, *, group: int = 0, digit: bool = False, flags: int = 0) -> Finder:
    """Hits are what `group` holds; with `digit` only those that contain one."""
    compiled = re.compile(regex, flags)

    def find(text: str) -> Iterator[Hit]:
        for match in compiled.finditer(text):
            if match[group] and not (digit and not re.search("[0-9]", match[group])):
                yield match.span(group)

    return find


def _detector(plugin: type[RegexBasedDetector]) -> Finder:
    """The whole match of each pattern: the plugin's own scan gives back groups, which may be a prefix only."""

    def find(text: str) -> Iterator[Hit]:
        for pattern in plugin.denylist:  # type: ignore[attr-defined]
            yield from (match.span() for match in pattern.finditer(text))

    return find


def _phones(text: str) -> Iterator[Hit]:
    """International numbers; the matcher is slow, so it only sees what begins with a plus sign and a digit."""
    for window in re.finditer(r"[+＋][0-9(][0-9 ()./\u00a0-]{5,30}", text):
        for match in PhoneNumberMatcher(window[0], None, Leniency.VALID):
            yield window.start() + match.start, window.start() + match.end


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
    if not 13 <= len(digits) <= 19 or not re.match("[3-6]|2[2-7]", digits):
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

_IBAN_BEGINS = re.compile("[0-9](?<=[A-Za-z]{2}[0-9])[0-9]")
"""Begins at a digit, of which most texts have few, so that they are soon looked through."""


def _ibans(text: str) -> Iterator[Hit]:
    """As long as the country says, neither cut nor continued, and with a valid check number."""
    if not _IBAN_BEGINS.search(text):
        return
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


NAMED = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|(?:api|access|private|account|secret)[_-]?key"
    r"|(?:auth|access|refresh|session|bearer)[_-]?token|client[_-]?secret)"
)
_NAMED_SIGNS = ("passw", "passphrase", "pwd", "secret", "key", "token")
_SETS = r"\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?"
_JWT = r"eyJ[\w=-]*+(?:\.([\w=-]++)(?:\.[\w+/=-]*+)*+)?"


@dataclass(frozen=True)
class Detector:
    """What is found under a name. Where none of the `signs` stands in a text, nothing is, and nobody need look.

    Signs are looked for as they are written, or with `any_case` in the text as `folded` gives it.
    """

    name: str
    find: Finder
    signs: tuple[str, ...]
    any_case: bool = False


RULES: tuple[Detector, ...] = (
    Detector(
        "private-key",
        _pattern(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*+(?:-----END[^-]{0,60}-----)?"
            r"|PuTTY-User-Key-File-[23][\s\S]*+"
        ),
        ("-----BEGIN ", "PuTTY-User-Key-File-"),
    ),
    Detector("aws-key", _detector(AWSKeyDetector), ("a3t", "abia", "acca", "akia", "asia", "aws"), any_case=True),
    Detector("azure-key", _detector(AzureStorageKeyDetector), ("AccountKey=",)),
    Detector("discord-token", _pattern(r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"), (".",)),
    Detector("github-token", _detector(GitHubTokenDetector), ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Detector("github-token", _pattern(r"github_pat_[A-Za-z0-9_]{36,255}"), ("github_pat_",)),
    Detector("gitlab-token", _detector(GitLabTokenDetector), ("gl", "GR1348941")),
    Detector("gitlab-token", _pattern(r"gl[a-z]{2,6}-[A-Za-z0-9_-]{20,300}\.[0-9a-z]{2}\.[0-9a-z]{9}"), ("gl",)),
    Detector("google-key", _pattern(r"AIza[A-Za-z0-9_-]{35}"), ("AIza",)),
    Detector("mailchimp-key", _detector(MailchimpDetector), ("-us",)),
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
    Detector("telegram-token", _detector(TelegramBotTokenDetector), (":",)),
    Detector("twilio-key", _detector(TwilioKeyDetector), ("AC", "SK")),
    Detector("api-key", _pattern(_EDGE + r"(?=sk-[\w-]{20})sk-[\w-]++", digit=True, flags=re.ASCII), ("sk-",)),
    Detector("jwt", lambda text: (match.span() for match in re.finditer(_JWT, text, re.ASCII) if match[1]), ("eyJ",)),
    Detector("basic-auth", _pattern(r"(?<=://)[^\s/?#@:]{0,256}:[^\s/?#@]{1,256}(?=@)"), ("@",)),
    Detector(
        "bearer-token",
        _pattern(r"\bbearer\s{1,3}([\w.~+/-]{16,}+={0,2})", group=1, digit=True, flags=re.IGNORECASE | re.ASCII),
        ("bearer",),
        any_case=True,
    ),
    Detector(
        "bearer-token",
        _pattern(
            rf"authorization{_SETS}(?:bearer|basic|token)\s{{1,3}}([^\s\"'\\\[]{{6,}}+)", group=1, flags=re.IGNORECASE
        ),
        ("authorization",),
        any_case=True,
    ),
    Detector(
        "password",
        _pattern(rf"{NAMED}{_SETS}([^\s\"',;\\\[]{{6,}}+)", group=1, digit=True, flags=re.IGNORECASE),
        _NAMED_SIGNS,
        any_case=True,
    ),
    Detector(
        "email",
        _pattern(r"[\w.%+-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})"),
        ("@", "%40"),
    ),
    Detector("iban", _ibans, tuple(string.digits)),
    Detector("phone", _phones, ("+", "＋")),
    Detector("card", _cards, tuple(string.digits)),
)


def folded(text: str) -> str:
    """A text in which every letter that a pattern takes for one of a to z, whatever its case, is that letter."""
    return text.lower() if text.isascii() else text.casefold().translate({0x131: "i", 0x307: None})
