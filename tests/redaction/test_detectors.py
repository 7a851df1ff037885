"""Each rule finds its own shapes, all of them, and leaves alone what only looks like one.

Every secret here is made up and put together while the test runs, so that no scanner takes the file for a leak.
"""

from __future__ import annotations

import pytest

from readiness.redaction.detectors import RULES
from readiness.redaction.redactor import redact
from tests.redaction.test_redactor import grouped, iban, luhn

LETTERS = "abcdefghijklmnopqrstuvwxyz"
UPPER = LETTERS.upper()
MIXED = (LETTERS + UPPER) * 3

FOUND = [
    *[("aws-key", begins + "Q7" * 8) for begins in ("A3TX", "ABIA", "ACCA", "AKIA", "ASIA")],
    *[("github-token", f"{begins}_{MIXED[:36]}") for begins in ("ghp", "gho", "ghu", "ghs", "ghr", "github_pat")],
    *[("gitlab-token", begins + MIXED[:20]) for begins in ("glpat-", "gldt-", "glrt-", "GR1348941")],
    ("gitlab-token", f"glpat-{MIXED[:24]}.01.{LETTERS[:9]}"),
    ("discord-token", f"M{MIXED[:23]}.{MIXED[:6]}.{MIXED[:27]}"),
    ("google-key", "AIza" + MIXED[:35]),
    ("npm-token", "npm_" + MIXED[:36]),
    ("mailchimp-key", "0123456789abcdef" * 2 + "-us1"),
    ("sendgrid-key", f"SG.{MIXED[:22]}.{MIXED[:43]}"),
    ("slack-token", "xoxb-123456789012-abcdef"),
    ("slack-token", "XOXP-123456789012-ABCDEF"),
    ("slack-token", "https://hooks.slack.com/services/T1/B2/" + MIXED[:24]),
    ("slack-token", "xapp-1-" + UPPER[:20]),
    ("square-secret", "sq0csp-" + MIXED[:43]),
    ("square-secret", "sq0atp-" + MIXED[:22]),
    *[("stripe-key", f"{begins}_{MIXED[:24]}") for begins in ("sk_live", "rk_live", "sk_test", "rk_test", "whsec")],
    ("telegram-token", f"12345678:{MIXED[:35]}"),
    ("twilio-key", "AC" + "0123456789abcdef" * 2),
    ("twilio-key", "SK" + "0123456789abcdef" * 2),
    ("azure-key", f"AccountKey={MIXED[:86]}=="),
    ("jwt", f"eyJ{MIXED[:12]}.{MIXED[:20]}.{MIXED[:30]}"),
    ("private-key", "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc" + MIXED[:70]),
    ("email", "dana%40example.com"),
    ("email", "dana@example.com"),
    ("phone", "+49 30 901820"),
    ("phone", "＋49 30 901820"),
    ("card", luhn("411111111111111")),
    ("iban", iban("DE", "370400440532013000")),
]


@pytest.mark.parametrize(("name", "secret"), FOUND)
def test_each_shape_that_a_class_has_is_found_and_goes_whole(name: str, secret: str) -> None:
    assert redact(f"see {secret} there") == (f"see [redacted: {name}] there", {name: 1})


def test_of_a_key_file_without_an_end_nothing_is_left() -> None:
    assert redact("a PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none") == (
        "a [redacted: private-key]",
        {"private-key": 1},
    )


def test_every_class_has_an_example() -> None:
    in_the_corpus = {"vendor-key", "cookie", "ip", "mac", "national-id", "token"}
    elsewhere = {"api-key", "basic-auth", "bearer-token", "password"} | in_the_corpus
    assert {rule.name for rule in RULES} == {name for name, _ in FOUND} | elsewhere


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *[
            (f"{named}={{}}", "password")
            for named in ("password", "passwd", "passphrase", "PWD", "secret", "Client-Secret")
        ],
        *[(f"{kind}_key: {{}}", "password") for kind in ("api", "access", "private", "account", "secret")],
        *[(f'"{kind}_token": "{{}}"', "password") for kind in ("auth", "access", "refresh", "session")],
        ("Bearer {}", "bearer-token"),
        ("bearer  {}", "bearer-token"),
        ("Authorization: Token {}", "bearer-token"),
        ("AUTHORIZATION=basic {}", "bearer-token"),
        ("https://{}@db/x", "basic-auth"),
    ],
)
def test_what_stands_behind_a_name_goes_and_the_name_stays(text: str, name: str) -> None:
    secret = "app:hunter22" if name == "basic-auth" else "hunter22hunter22"
    assert redact(text.format(secret)) == (text.format(f"[redacted: {name}]"), {name: 1})


@pytest.mark.parametrize(
    "text",
    [
        "password=********",
        "password=${DB_PASSWORD}",
        "Bearer abcdefghijklmnopqrstuvwxyz",
        "Bearer short1",
        "sk-abcdefghijklmnopqrstuvwxyz",
        "sk-short1",
        "task-0123456789012345678901",
        "eyJabcdef",
        "//user:name without a host",
    ],
)
def test_words_behind_a_name_that_are_no_secret_stay(text: str) -> None:
    assert redact(text) == (text, {})


def test_a_key_that_begins_after_an_escaped_line_end_is_found_whole() -> None:
    key = "sk-" + "a1" * 12
    assert redact(f"a\\n{key}") == ("a\\n[redacted: api-key]", {"api-key": 1})


# Cards

VISA, MAESTRO = luhn("411111111111111"), luhn("630400000000000000")
AMEX, DINERS = luhn("37828224631000"), luhn("3056930902590")


@pytest.mark.parametrize(
    "card",
    [
        grouped(VISA),
        grouped(MAESTRO),
        f"{AMEX[:4]} {AMEX[4:10]} {AMEX[10:]}",
        f"{DINERS[:4]} {DINERS[4:10]} {DINERS[10:]}",
        VISA,
    ],
)
@pytest.mark.parametrize("frame", ["{}", "12 {} 9", "{} 2026", "7 {}", "no. 1-{}"])
def test_a_card_is_found_by_the_groups_it_is_set_in_among_other_numbers(card: str, frame: str) -> None:
    assert redact(frame.format(card)) == (frame.format("[redacted: card]"), {"card": 1})


@pytest.mark.parametrize(
    "text",
    [
        luhn("41111111111"),
        luhn("4111111111111111111"),
        luhn("711111111111111"),
        luhn("211111111111111"),
        luhn("281111111111111"),
        VISA[:-1] + str((int(VISA[-1]) + 1) % 10),
        f"{VISA[:3]} {VISA[3:8]}-{VISA[8:]}",
        f"12 {VISA[:5]} {VISA[5:10]} {VISA[10:]} 9",
        f"12 {VISA[:4]} {VISA[4:8]} {VISA[8:12]} {int(VISA[12:]) + 1} 9",
    ],
)
def test_numbers_that_are_no_card_stay(text: str) -> None:
    assert redact(text) == (text, {})


def test_cards_of_every_first_digit_and_length_are_found() -> None:
    for begins in ("3", "4", "5", "6", "22", "27"):
        for length in (13, 16, 19):
            card = luhn(begins.ljust(length - 1, "1"))
            assert redact(card) == ("[redacted: card]", {"card": 1}), card


def test_each_card_of_several_in_a_row_is_found() -> None:
    assert redact(f"{grouped(VISA)} {VISA} {grouped(VISA)}") == (" ".join(["[redacted: card]"] * 3), {"card": 3})


# Accounts

GERMAN = iban("DE", "370400440532013000")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (GERMAN, "{}"),
        (f"to {GERMAN}.", "to {}."),
        (f"{grouped(GERMAN)} now", "{} now"),
        (f"{grouped(GERMAN, '-')}é", "{}é"),
        (GERMAN.lower(), "{}"),
        (f"a\\n{GERMAN}", "a\\n{}"),
        (iban("NO", "86011117947"), "{}"),
        (f"{iban('NO', '86011117947')} 12", "{} 12"),
        (iban("MT", "MALT011000012345MTLCAST001S"), "{}"),
        (iban("RU", "044525600407028104125" + "00000000"), "{}"),
    ],
)
def test_an_account_is_found_as_long_as_its_country_says(text: str, shown: str) -> None:
    assert redact(text) == (shown.format("[redacted: iban]"), {"iban": 1})


@pytest.mark.parametrize(
    "text",
    [
        GERMAN[:-1],
        GERMAN + "7",
        GERMAN + "x",
        "x" + GERMAN,
        GERMAN[:-1] + str((int(GERMAN[-1]) + 1) % 10),
        iban("ZZ", "370400440532013000"),
    ],
)
def test_what_is_cut_continued_or_of_no_country_is_no_account(text: str) -> None:
    assert "iban" not in redact(text)[1]


# Telephones


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call +49 30 901820 now", "call {} now"),
        ("+1 (212) 555-2368, or", "{}, or"),
        ("+49 30 901820 or +44 20 7946 0958", "{} or {}"),
        ("+12,5 and +7 times", "+12,5 and +7 times"),
        ("+1 111 111 1111", "+1 111 111 1111"),
    ],
)
def test_international_numbers_that_can_be_called_are_found_where_they_stand(text: str, shown: str) -> None:
    assert redact(text)[0] == shown.replace("{}", "[redacted: phone]")


def test_secrets_that_touch_each_other_are_counted_apart_and_those_that_overlap_as_one() -> None:
    key = "AKIA" + "Q7" * 8
    assert redact(f"{key},{key}") == ("[redacted: aws-key],[redacted: aws-key]", {"aws-key": 2})
    assert redact(key * 2) == ("[redacted: aws-key]", {"aws-key": 1})
    assert redact(f"see {key}@{key.lower()}.example {key}") == (
        "see [redacted: aws-key] [redacted: aws-key]",
        {"aws-key": 2},
    )


def test_markers_stay_as_they_are_wherever_they_stand() -> None:
    for text in ("[redacted: email]", "a [redacted: card] b", "[redacted: email][redacted: jwt]", "[redacted: x"):
        assert redact(text) == (text, {})
    assert redact("a [redacted: card] b@c.example [redacted: jwt] d") == (
        "a [redacted: card] [redacted: email] [redacted: jwt] d",
        {"email": 1},
    )
