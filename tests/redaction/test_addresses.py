"""Addresses of people and machines: where they begin and end, and which lead nowhere."""

from __future__ import annotations

import pytest

from readiness.redaction.addresses import emails, ips, macs
from readiness.redaction.detectors import SIGNS
from readiness.redaction.shapes import Finder


def told(finder: Finder, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(SIGNS.read(text))]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("to dana@example.com.", ["dana@example.com"]),
        ("to dana%40example.com.", ["dana%40example.com"]),
        ('to "dana o"@example.com', ['"dana o"@example.com']),
        (f'to "{"d" * 64}"@example.com', [f'"{"d" * 64}"@example.com']),
        (f"to {'d' * 64}@example.com", [f"{'d' * 64}@example.com"]),
        ("dana@[91.22.33.44]", ["dana@[91.22.33.44]"]),
        ("a@b.example, c@d.example", ["a@b.example", "c@d.example"]),
        ("a@b.example@c.example", ["a@b.example"]),
        ("@b.example a@c.example", ["a@c.example"]),
        ("icon@2x.png dana@example.com", ["dana@example.com"]),
        ("git@example.com:team/app dana@example.com", ["dana@example.com"]),
        ("git@example.com", ["git@example.com"]),
        ("dana@example.com: hello", ["dana@example.com"]),
        ("https://ops:opaque@example.com", []),
        ("https://example.com/dana@example.com", ["dana@example.com"]),
        ("see https://example.com dana@example.com", ["dana@example.com"]),
        (f"://{'x' * 76}:opaque@example.com", []),
        (f"://{'x' * 77}:opaque@example.com", ["opaque@example.com"]),
    ],
)
def test_an_address_with_its_sign_is_found_whole(text: str, addresses: list[str]) -> None:
    assert told(emails, text) == addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("dana [at] example [dot] com", ["dana [at] example [dot] com"]),
        ("dana at example<dot>com", ["dana at example<dot>com"]),
        ("dana at example dot com", ["dana at example dot com"]),
        ("dana (at) example.com", ["dana (at) example.com"]),
        ("dana at mail.example dot com", []),
        ("dana (at) mail.example", ["dana (at) mail.example"]),
        ("dana at mail.example", []),
        ("dana arroba example punto es", ["dana arroba example punto es"]),
        (
            "dana [at] example [dot] com, noor [at] example [dot] com",
            ["dana [at] example [dot] com", "noor [at] example [dot] com"],
        ),
        (
            f"dana [at] example [dot] com {'and so on ' * 20}noor [at] example [dot] com",
            ["dana [at] example [dot] com", "noor [at] example [dot] com"],
        ),
        ("dana at example.com at some dot on the map", []),
        ("look {at} this [dot] there", []),
        (f"{'d' * 40} [at] example.com", [f"{'d' * 40} [at] example.com"]),
        (f"dana [at] {'e' * 63} [dot] com", [f"dana [at] {'e' * 63} [dot] com"]),
        ("dana [at] example [dot] com and noor@example.com", ["noor@example.com", "dana [at] example [dot] com"]),
    ],
)
def test_an_address_that_is_spelt_out_is_found_whole(text: str, addresses: list[str]) -> None:
    assert told(emails, text) == addresses


MARKS = ["[]", "[  ]", "()", "(  )", "{}", "{  }", "<>", "<  >"]
AT = ["at", "ät", "arroba", "chiocciola", "klammeraffe", "chez", "snabela", "zavináč", "собака", "@", "a", "et"]
DOT = ["dot", "punkt", "punto", "point", "ponto", "точка"]


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("word", AT)
def test_the_sign_is_spelt_out_between_marks_in_many_languages(word: str, marks: str) -> None:
    half = len(marks) // 2
    address = f"dana {marks[:half]}{word}{marks[half:]} example.com"
    assert told(emails, f"to {address}, or") == [address]
    assert told(emails, f"to {address.upper()}, or") == [address.upper()]


@pytest.mark.parametrize("marks", [*MARKS[:6], "<  >", "  "])
@pytest.mark.parametrize("word", DOT)
def test_the_dot_is_spelt_out_with_marks_and_without_in_many_languages(word: str, marks: str) -> None:
    half = len(marks) // 2
    address = f"dana at example{marks[:half]}{word}{marks[half:]}com"
    assert told(emails, f"to {address}, or") == [address]


@pytest.mark.parametrize(
    "address",
    [
        "1.2.3.4",
        "9.255.255.255",
        "11.0.0.0",
        "91.22.33.44",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "223.255.255.255",
        "2a02:810a:8c0:1::17",
        "2a02:810a:8c0:1:2:3:4:17",
        "1::2:34",
    ],
)
def test_an_address_that_leads_somewhere_is_found(address: str) -> None:
    assert told(ips, f"from {address}, and") == [address]


@pytest.mark.parametrize(
    "text",
    [
        "0.1.2.3",
        "10.0.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "91.22.33.256",
        "::1",
        "::",
        "0:0:0:0:0:0:0:0",
        "0:0:0:0:0:0:0:1",
        "1::2:3",
        "fe80::1:2:3:4",
        "ff02::1:2:3:4",
        "2a02:810a::8c0::17",
        "10:20:30",
        "version 91.22.33.44",
        "versions: 91.22.33.44",
        "chrome/91.22.33.44",
        ">=91.22.33.44",
    ],
)
def test_an_address_that_leads_nowhere_and_a_version_stay(text: str) -> None:
    assert told(ips, f"see {text}, and") == []


def test_every_address_in_a_text_is_found() -> None:
    text = "10.0.0.1 https://91.22.33.44/ v1.2.3.4 91.22.33.45 and ::1 2a02:810a:8c0:1::17"
    assert told(ips, text) == ["91.22.33.44", "91.22.33.45", "2a02:810a:8c0:1::17"]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("device 3c:22:fb:0a:11:9e up", ["3c:22:fb:0a:11:9e"]),
        ("device 3C-22-FB-0A-11-9E up", ["3C-22-FB-0A-11-9E"]),
        ("device 12:22:34:10:11:90 up", ["12:22:34:10:11:90"]),
        ("device 3c22.fb0a.119e up", ["3c22.fb0a.119e"]),
        ("device 3c22.fb0a.119e, 3c:22:fb:0a:11:9e", ["3c22.fb0a.119e", "3c:22:fb:0a:11:9e"]),
        ("device 1222.3410.1190 up", []),
        ("device 00:00:00:00:00:00 up", []),
        ("device ff:ff:ff:ff:ff:ff up", []),
        ("device ffff.ffff.ffff up", []),
        ("device 3c:22:fb:0a:11 up", []),
    ],
)
def test_an_address_of_a_network_card_is_found_where_it_is_one(text: str, addresses: list[str]) -> None:
    assert told(macs, text) == addresses
