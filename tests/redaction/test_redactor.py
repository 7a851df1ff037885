"""Redaction: what is found, per class, in a labelled corpus; and that it is stable, quick and never touches prose.

Every secret here is made up and put together while the test runs, so that no scanner takes the file for a leak.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import string
import sys
import time
from collections.abc import Callable
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readiness.redaction import vendors
from readiness.redaction.detectors import RULES, SIGNS
from readiness.redaction.redactor import MARKER, Looked, Redactor, redact, redact_all
from readiness.redaction.signs import folded
from tests.soak import sampled, scaled

RANDOM = Random(20261120)  # noqa: S311 - the same corpus on every run, and no secret protects anything
ALNUM = string.ascii_letters + string.digits


def made(length: int, letters: str = ALNUM) -> str:
    """Random characters with a digit among them, as real tokens have."""
    return "".join(RANDOM.choices(letters, k=length - 1)) + RANDOM.choice(string.digits)


def luhn(body: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(body[::-1]))
    return body + str(-total % 10)


def iban(country: str, account: str) -> str:
    number = int("".join(str(int(character, 36)) for character in account + country + "00"))
    return f"{country}{98 - number % 97:02}{account}"


def grouped(text: str, separator: str = " ") -> str:
    return separator.join(text[at : at + 4] for at in range(0, len(text), 4))


def jwt() -> str:
    return ".".join(("eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", made(43)))


def key_block(kind: str, lines: int = 4, newline: str = "\n") -> str:
    body = [made(64) for _ in range(lines)]
    return newline.join([f"-----BEGIN {kind}-----", *body, f"-----END {kind}-----"])


STRUCTURED: dict[str, list[Callable[[], str]]] = {
    "aws-key": [
        lambda: "AKIA" + made(16, string.ascii_uppercase + string.digits),
        lambda: "ASIA" + made(16, string.ascii_uppercase + string.digits),
    ],
    "azure-key": [lambda: "AccountKey=" + made(86) + "=="],
    "discord-token": [lambda: "M" + made(23) + "." + made(6) + "." + made(27)],
    "github-token": [
        *(lambda prefix=prefix: prefix + "_" + made(36) for prefix in ("ghp", "gho", "ghu", "ghs", "ghr")),
        lambda: "github" + "_pat_" + made(22) + "_" + made(59),
    ],
    "gitlab-token": [lambda: "glpat-" + made(20)],
    "google-key": [lambda: "AIza" + made(35)],
    "mailchimp-key": [lambda: made(32, "0123456789abcdef") + "-us14"],
    "npm-token": [lambda: "npm_" + made(36)],
    "pypi-token": [lambda: "pypi-AgEIcHlwaS5vcmc" + made(80)],
    "sendgrid-key": [lambda: "SG." + made(22) + "." + made(43)],
    "slack-token": [
        lambda: "xoxb-" + made(11, string.digits) + "-" + made(12, string.digits) + "-" + made(24),
        lambda: "https://hooks.slack.com/services/T" + made(8) + "/B" + made(8) + "/" + made(24),
        lambda: "xapp-1-" + made(10) + "-" + made(13, string.digits) + "-" + made(40),
    ],
    "square-secret": [lambda: "sq0csp-" + made(43)],
    "stripe-key": [lambda: "sk_live_" + made(24), lambda: "rk_live_" + made(99), lambda: "sk_test_" + made(24)],
    "telegram-token": [lambda: made(10, string.digits) + ":" + made(35)],
    "twilio-key": [lambda: "SK" + made(32, "0123456789abcdef"), lambda: "AC" + made(32, "0123456789abcdef")],
    "api-key": [
        lambda: "sk-" + made(20) + "T3BlbkFJ" + made(20),
        lambda: "sk-proj-" + made(48) + "_" + made(40) + "-" + made(30),
        lambda: "sk-ant-api03-" + made(60) + "-_" + made(30) + "AA",
        lambda: "sk-or-v1-" + made(64, "0123456789abcdef"),
    ],
    "jwt": [jwt],
    "private-key": [
        lambda: key_block("RSA PRIVATE KEY"),
        lambda: key_block("PRIVATE KEY", 30),
        lambda: key_block("OPENSSH PRIVATE KEY", newline="\\n"),
        lambda: key_block("PGP PRIVATE KEY BLOCK", newline="\r\n"),
        lambda: key_block("EC PRIVATE KEY").split("-----END")[0],
    ],
    "basic-auth": [lambda: f"admin:{made(12)}", lambda: f"app:{made(5)}!${made(5)}:x"],
    "bearer-token": [lambda: made(40), lambda: made(30) + "/" + made(20) + "=="],
}
AROUND = {"basic-auth": "see postgres://{}@db.example.com:5432/app", "bearer-token": "Authorization: Bearer {}"}
FRAMES = ("{}", "The key is {}.", 'env: {{"value": "{}"}} and so on', "a line\\n{}\\nand another", "k={}\n", "<{}>")

PERSONAL: dict[str, list[str]] = {
    "email": [
        "dana@example.com",
        "d.o+tickets@mail.example.co.uk",
        "jürgen@bücher.example",
        "x_1%y@sub-domain.example.org",
        "info@xn--bcher-kva.xn--p1ai",
        "dana%40example.com",
    ],
    "phone": ["+49 30 901820", "+1 (212) 555-2368", "+44 20 7946 0958", "+81-3-1234-5678", "+4915112345678"],
    "card": [
        luhn("411111111111111"),
        grouped(luhn("555555555555444")),
        grouped(luhn("222300004841001"), "-"),
        luhn("37828224631000"),
        "3782 822463 10005",
        luhn("601100099013942"),
        luhn("400000000000"),
        luhn("630400000000000000"),
    ],
    "iban": [
        iban("DE", "370400440532013000"),
        grouped(iban("GB", "WEST12345698765432")),
        grouped(iban("FR", "20041010050500013M02606")),
        iban("NO", "86011117947").lower(),
        iban("MT", "MALT011000012345MTLCAST001S"),
    ],
}


@pytest.mark.parametrize("name", STRUCTURED)
def test_every_structured_secret_is_found_wherever_it_stands(name: str) -> None:
    for make in STRUCTURED[name]:
        for frame in FRAMES:
            secret = make()
            text = frame.format(AROUND.get(name, "{}").format(secret))
            shown, counts = redact(text)
            assert secret not in shown, text
            assert counts == {name: 1}, text


@pytest.mark.parametrize("name", PERSONAL)
def test_personal_data_of_a_known_shape_is_found(name: str) -> None:
    for value in PERSONAL[name]:
        for frame in FRAMES:
            shown, counts = redact(frame.format(value))
            assert value not in shown, value
            assert counts == {name: 1}, (frame, value, counts)


def test_only_what_was_found_is_replaced() -> None:
    text = f"Write to dana@example.com or pay {PERSONAL['card'][1]} before noon."
    assert redact(text) == (
        "Write to [redacted: email] or pay [redacted: card] before noon.",
        {"card": 1, "email": 1},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Order 1234567 of 2026-11-20 12:30:45 was shipped; the limit is 4096 tokens.",
        "The risk-assessment-and-mitigation-plan-2026 is a task-based document.",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
        "started at 1763632800000000000 and took 1234.5678 ms",
        "20261120123045 2026-11-20 123045 192.168.100.200",
        '{"id": "a", "end_time": "2026-11-23T10:20:45.843975Z", "session_id": "2026-11-23T10:20:45.920791Z"}',
        "PPSN of the person: none; 2022-10-24T04:44:00Z INFO request sent",
        "Reset your password: follow the instructions on the page.",
        "see https://example.com:8080/path?x=1 and @dana on the forum",
        "4111 1111 1111 1112 fails the check, as does DE00 3704 0044 0532 0130 00",
        "AKIA and ghp_short and sk-short are only beginnings",
        "a bearer of good news, eyJust kidding",
        "Der Kurs stieg um +12,5 Prozent auf 1 234 567 Stück.",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter22", "password=[redacted: password]"),
        ('{"api_key": "0123abcdef"}', '{"api_key": "[redacted: password]"}'),
        ('{\\"client_secret\\": \\"0123abcdef\\"}', '{\\"client_secret\\": \\"[redacted: password]\\"}'),
        ("AWS_SECRET_ACCESS_KEY=" + "wJalr1/" * 5, "AWS_SECRET_ACCESS_KEY=[redacted: password]"),
        ("postgres://app:s3cret@db/x", "postgres://[redacted: basic-auth]@db/x"),
        ("authorization: Basic ZGFuYTpwdw==", "authorization: Basic [redacted: bearer-token]"),
    ],
)
def test_a_secret_under_its_name_goes_and_the_name_stays(text: str, shown: str) -> None:
    assert redact(text)[0] == shown


SHAPES = [(service, shape) for part in vendors.table().values() for service, shapes in part.items() for shape in shapes]


def drawn(shape: str) -> str:
    """A value of a shape of the table: every field of its length, with a digit and letters of both cases if it may."""
    uuid = "-".join(made(length, "0123456789abcdef") for length in (8, 4, 4, 4, 12))
    alphabets = {"d": string.digits, "h": "0123456789abcdef", "x": "0123456789abcdef", "u": string.ascii_uppercase}
    lower = {"l": string.ascii_lowercase + string.digits, "c": string.ascii_lowercase + string.digits}
    text = shape.replace("{uuid}", uuid).replace("*", "team")
    return re.sub(
        r"\{([a-zA-Z])(\d+)\}", lambda field: made(int(field[2]), (alphabets | lower).get(field[1], ALNUM)), text
    )


def test_the_table_of_keys_knows_more_than_a_hundred_and_twenty_services() -> None:
    assert len({service for service, _ in SHAPES}) > 120


@pytest.mark.parametrize(("service", "shape"), SHAPES)
def test_a_key_of_every_shape_of_the_table_is_found_wherever_it_stands(service: str, shape: str) -> None:
    for frame in ("{}", "it is {} today", '{{"value": "{}"}}', "a line\\n{}\\nand another", "k={}\n"):
        value = drawn(shape)
        assert value not in redact(frame.format(value))[0], (service, value)


TOLD = {
    "password": [
        "DB_PASS={}",
        "<password>{}</password>",
        "Passwort: {}",
        "mein Passwort lautet {}",
        "le mot de passe est {}",
        "la contraseña es {}",
        "hasło: {}",
        "пароль: {}",
        "密码：{}",
        "パスワードは{}です",
        "mysql -u root -p'{}' shop",
        "user,password\nops,{}\n",
        "| login | password |\n|---|---|\n| ops | `{}` |\n",
        "- name: DB_PASSWORD\n  value: {}\n",
        "machine db login ops password {}",
        "STRIPE_KEY={}",
        '"apiKey": "{}"',
        "--token {}",
        "x-api-key: {}",
        "https://files.example.com/a?sv=1&sig={}",
        "plink -P {} ops@db",
        "NETWORKCREDENTIAL('OPS', '{}')",
        "LOGIN;PASSWORD\nOPS;{}\n",
    ],
    "cookie": [
        "COOKIE: THEME=DARK; SID={}",
        "Cookie: theme=dark; sid={}",
        "Set-Cookie: PHPSESSID={}; Path=/",
        "GET /page;jsessionid={}?tab=2",
    ],
    "bearer-token": ["AUTHORIZATION: {}", "BEARER {}"],
    "basic-auth": ["curl https://ops:{}@files.example.com/", "amqps://worker:{}@mq.example.com/prod"],
}


@pytest.mark.parametrize(("name", "frame"), [(name, frame) for name, frames in TOLD.items() for frame in frames])
def test_what_a_name_a_command_or_a_table_tells_is_found(name: str, frame: str) -> None:
    value = "vK7" + made(17)
    shown, counts = redact(frame.format(value))
    assert value not in shown
    assert counts == {name: 1}


@pytest.mark.parametrize(
    "text",
    [
        "password: ********",
        "password=${DB_PASSWORD}",
        "api_key: <your-api-key>",
        'token = os.environ["TOKEN"]',
        "def check(password: str, token: Token) -> bool:",
        "primary_key=user_id_2 sort_key: created_at",
        "max_tokens: 4096, prompt_tokens=1234",
        "the password must have 12 characters",
        "redis-cli -h cache -p 6379",
        "traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "Bestellnummer 8912462789, Sendung 00340434161094042557",
        "version 1.2.3.4 of the runtime, listening on 127.0.0.1 and 0.0.0.0",
        "He arrived at example.com at some point last week",
        "git@github.com:team/app.git and icon@2x.png",
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert redact(text) == (text, {})


ENCODED: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of an address": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "URL": lambda text: quote(text, safe=""),
    "JSON": lambda text: json.dumps({"é": text}),
    "JSON in JSON": lambda text: json.dumps({"a": json.dumps({"b": text})}),
    "escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "full width": lambda text: "".join(
        chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text
    ),
}


@pytest.mark.parametrize("way", ENCODED)
def test_what_is_encoded_is_found_and_what_stands_around_it_stays(way: str) -> None:
    for secret in ("ghp_" + made(36), "amara.okafor@example.org", luhn("411111111111111"), key_block("EC PRIVATE KEY")):
        inside = ENCODED[way](f"see {secret} there")
        shown, counts = redact(f"before {inside} after")
        assert sum(counts.values()) == 1, (way, secret, shown)
        assert ENCODED[way](secret)[4:-4] not in shown
        assert shown.startswith("before ")
        assert shown.endswith(" after")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DNI 12345678Z", "national-id"),
        ("SSN: 219-09-9999", "national-id"),
        ("BSN: 111222333", "national-id"),
        ("CPF 390.533.447-05", "national-id"),
        ("codice fiscale RCCMNL83S18D969H", "national-id"),
        ("from 91.22.33.44", "ip"),
        ("from 2a02:810a:8c0:1::17", "ip"),
        ("device 3c:22:fb:0a:11:9e", "mac"),
        ("tel. 030 901820", "phone"),
        ("amara [at] example [dot] com", "email"),
        ("AMARA [AT] EXAMPLE [DOT] COM", "email"),
        ("card 4111.1111.1111.1111", "card"),
    ],
)
def test_personal_numbers_and_addresses_are_found(text: str, name: str) -> None:
    assert redact(text)[1] == {name: 1}


def test_a_marker_that_already_stands_in_the_text_stays_and_is_not_counted() -> None:
    assert redact("[redacted: email] and a@b.example") == ("[redacted: email] and [redacted: email]", {"email": 1})


def test_what_only_stands_on_its_own_once_something_else_went_goes_too() -> None:
    key, account = "AKIA" + "Q7" * 8, iban("NO", "86011117947")
    assert redact(f"{key}sk-{'a1' * 12}") == ("[redacted: aws-key][redacted: api-key]", {"api-key": 1, "aws-key": 1})
    assert redact(f"{account}{key}") == ("[redacted: iban][redacted: aws-key]", {"aws-key": 1, "iban": 1})


def test_where_findings_overlap_all_of_it_goes() -> None:
    key = "AKIA" + made(16, string.ascii_uppercase)
    assert redact(f"{key}@example.com") == ("[redacted: aws-key]", {"aws-key": 1})


PIECES = [
    *(make() for makes in STRUCTURED.values() for make in makes),
    *(value for values in PERSONAL.values() for value in values),
    *("+", "@", ".", " ", "-", "://", ":", "\\n", "password=", "Bearer ", "[redacted: ", "[redacted: email]", "4", "]"),
]


TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=12).map("".join)


@settings(max_examples=scaled(35))
@given(TEXTS)
def test_redacting_again_changes_nothing(text: str) -> None:
    shown, _ = redact(text)
    assert redact(shown) == (shown, {})


ODD_CASES = {"i": "İı", "k": "\u212a", "s": "ſ"}
"""Letters that a pattern without regard to case takes for one of a to z."""


def disguised(text: str) -> str:
    """The text with the case of its letters changed, some of them oddly."""
    return "".join(
        RANDOM.choice((letter.lower(), letter.upper(), *ODD_CASES.get(letter.lower(), ""))) for letter in text
    )


@settings(max_examples=scaled(50))
@given(st.one_of(TEXTS, TEXTS.map(disguised)))
def test_a_rule_finds_nothing_where_none_of_its_signs_stands_and_no_run_is_long_enough(text: str) -> None:
    looked_at = SIGNS.read(text)
    for rule in RULES:
        short = rule.run > looked_at.longest_run or rule.digits > looked_at.longest_digits
        if short or looked_at.stood.isdisjoint(rule.signs):
            assert list(rule.find(looked_at)) == [], rule.name


def test_every_letter_that_a_pattern_takes_for_another_is_folded_to_it() -> None:
    taken = [chr(code) for code in range(sys.maxunicode) if re.fullmatch("[a-z]", chr(code), re.IGNORECASE)]
    assert set("".join(ODD_CASES.values())) <= set(taken)
    for character in taken:
        assert re.fullmatch(folded(character), character, re.IGNORECASE), character
        assert folded(f"é{character}") == f"é{folded(character)}"


@settings(max_examples=scaled(35))
@given(st.lists(TEXTS, max_size=5))
def test_a_text_that_was_seen_before_is_redacted_and_counted_as_if_it_was_not(texts: list[str]) -> None:
    remembering = Redactor()
    for text in texts * 2:
        fresh = Redactor()
        before = remembering.counts.copy()
        assert remembering.text(text) == fresh.text(text)
        assert remembering.counts - before == fresh.counts


def test_what_was_seen_is_forgotten_before_it_grows_large() -> None:
    redactor = Redactor(looked=Looked({f"value {number}": ("", {}) for number in range(9_999)}))
    redactor.text("one more")
    assert len(redactor.looked.known) == 10_000
    redactor.text("one too many")
    assert redactor.looked.known.keys() == {"one too many"}


def test_texts_that_are_looked_through_together_stay_known_until_the_next_ones() -> None:
    looked, long = Looked(), "Write to ana@example.com, " * 5
    looked.through(["short", long, "long and clean " * 9, "x" * 30_000], cap=100)
    assert list(looked.known) == ["short", long, "long and clean " * 9, "x" * 1_100]
    assert looked.of(long) == redact(long) != (long, {})
    looked.through(["other"])
    assert list(looked.known) == ["short", "other"]
    assert looked.of(long) == redact(long)


@settings(max_examples=scaled(35))
@given(st.lists(TEXTS, max_size=5))
def test_together_texts_are_redacted_as_each_by_itself(texts: list[str]) -> None:
    assert redact_all(texts) == [redact(text) for text in texts]


def test_only_texts_of_up_to_eighty_characters_are_remembered() -> None:
    redactor = Redactor()
    for length in (0, 79, 80, 81, 82):
        redactor.text("." * length)
    assert [len(text) for text in redactor.looked.known] == [0, 79, 80]


@settings(max_examples=scaled(35))
@given(st.text(max_size=300))
def test_the_counts_are_those_of_the_markers_that_were_added(text: str) -> None:
    shown, counts = redact(text)
    assert len(MARKER.findall(shown)) - len(MARKER.findall(text)) == sum(counts.values())


HOSTILE = [
    *("sk-", "sk-a", "eyJ", "eyJ.", "a@", "a", "a.a-@", "a@b.co@", "4", "4 ", "4444 ", "+1 ", "+49", "+49301234567 "),
    *("-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "password=", "password: ", "aws", "awskey '", "bearer ", "DE89 "),
    *("authorization:", "://", "://a:", "://a:b", "xoxb-1-", "1-", "12345678:", "glagent-", "SG.", "0", "AC", "npm_"),
    *("[redacted: ", "[redacted: a]", "%40", "github_pat_", "secret_key", "\n", "\\n", " ", "é", "+4930123456 4111 "),
]


def spent(piece: str, before: str, length: int) -> float:
    """What redacting so long a text takes, and never less than can be measured."""
    text = before + (piece * (length // len(piece) + 1))[:length]
    began = time.thread_time()
    redact(text)
    return max(time.thread_time() - began, 0.001)


BEFORE = ["", "xoxb-", "eyJ", "aws", "key", "a@"]


@pytest.mark.parametrize(("before", "piece"), sampled(itertools.product(BEFORE, HOSTILE), 5))
def test_four_times_the_length_is_not_sixteen_times_the_work(before: str, piece: str) -> None:
    assert any(spent(piece, before, 10_000) < 10 * spent(piece, before, 2_500) for _ in range(5))


def test_a_long_text_is_cut_without_leaving_half_a_secret() -> None:
    secret = "ghp_" + made(36)
    for before in range(960, 1001):
        redactor = Redactor(cap=1000)
        shown = redactor.text("." * before + secret + "." * 5_000)
        assert len(shown) <= 1000
        assert secret[:8] not in shown
        assert redactor.cut == 1


def test_secrets_that_shorten_a_long_text_leave_no_half_of_the_last() -> None:
    secrets = ["sk-" + made(180) for _ in range(20)]
    shown = Redactor(cap=1000).text(" ".join(secrets))
    assert not any(secret[:12] in shown for secret in secrets)


def test_a_text_that_grows_past_the_cap_by_its_markers_is_cut_too() -> None:
    redactor = Redactor(cap=100)
    assert len(redactor.text("a@b.co " * 14)) == 100
    assert redactor.cut == 1


@pytest.mark.parametrize("begins", ["", "a@b.co"])
def test_what_is_as_long_as_the_cap_is_kept_whole_and_what_is_longer_is_cut(begins: str) -> None:
    redactor = Redactor()
    fits = begins.ljust(20_000 - len("[redacted: email]" if begins else "") + len(begins), ".")
    assert (len(redactor.text(fits)), redactor.cut) == (20_000, 0)
    for number, text in enumerate(
        (f"{fits}.", f"{fits}{'.' * 999}", f"{fits}{'.' * 1_000}", f"{fits}{'.' * 1_001}"), 1
    ):
        assert (len(redactor.text(text)), redactor.cut) == (20_000, number)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "opaque"),
        ("password." + "x" * 55, "opaque"),
        ("Cookie", "opaque"),
        ("request.set-cookie", "opaque"),
        ("client_secret", "0123abcdef"),
        ("signing_key", "0123abcdef"),
        ("salt", "a1b2C3d4e5F6g7H8"),
    ],
)
def test_a_value_goes_whole_because_of_the_key_it_stands_under(key: str, value: str) -> None:
    redactor = Redactor()
    assert redactor.value({key: value}) == {key: "[redacted: password]"}
    assert redactor.counts == {"password": 1}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", ""),
        ("password", "*** •••."),
        ("password", "[redacted: email]"),
        ("password." + "x" * 56, "opaque"),
        ("cookie_policy", "opaque"),
        ("client_secret", "opaque"),
        ("client_secret", "as step 2 says"),
        ("salt", "0123abcdef"),
        ("answer", "0123abcdef"),
        ("answer", "a1b2C3d4e5F6g7H8"),
    ],
)
def test_a_value_stays_under_a_key_where_it_is_no_secret(key: str, value: str) -> None:
    redactor = Redactor()
    assert redactor.value({key: value}) == {key: value}
    assert not redactor.counts


def test_values_are_redacted_at_every_depth_and_under_names_that_mean_a_secret() -> None:
    redactor = Redactor()
    value = {
        "password": "opaque",
        "http": {"request.header.authorization": ["opaque"], "note": "to dana@example.com", "n": 4, "on": True},
        "max_tokens": "4096",
    }
    assert redactor.value(value) == {
        "password": "[redacted: password]",
        "http": {
            "request.header.authorization": ["[redacted: password]"],
            "note": "to [redacted: email]",
            "n": 4,
            "on": True,
        },
        "max_tokens": "4096",
    }
    assert redactor.counts == {"password": 2, "email": 1}


def test_keys_that_hold_personal_data_are_redacted_without_losing_a_value() -> None:
    shown = Redactor().value({"a@b.example": 1, "c@d.example": 2, "e@f.example": 3})
    assert shown == {"[redacted: email]": 1, "[redacted: email] 2": 2, "[redacted: email] 3": 3}
    assert json.dumps(shown)
