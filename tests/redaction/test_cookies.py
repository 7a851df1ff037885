"""Which values of cookies are a session's: by their names, their looks, and whether a header carries them."""

from __future__ import annotations

import pytest

from readiness.redaction.cookies import cookies
from readiness.redaction.detectors import SIGNS

DRAWN = "a1b2c3d4e5f6a7b8"


NAMES = [
    *("sess", "sid", "xsrf", "csrf", "login", "remember", "ticket", "saml", "sso", "my_cookie"),
    *("token_id", "auth_id", "jwt_id"),
]


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in sorted(set(cookies(SIGNS.read(text))))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Cookie: theme=dark; sid=abcdefgh", ["abcdefgh"]),
        ("Cookie: sid=abcdefg", []),
        (f"Cookie: x={DRAWN}", [DRAWN]),
        (f"Cookie: x={DRAWN[:15]}", []),
        ("Cookie: theme=abcdefgh", []),
        ("Cookie: sid=your-session", []),
        ("Cookie: sid=your-session; csrf=abcdefgh", ["abcdefgh"]),
        ("Set-Cookie: PHPSESSID=abcdefgh; Path=/", ["abcdefgh"]),
        ("Cookie: my_session_2=abcdefgh", ["abcdefgh"]),
        ("Cookie: shopsid=abcdefgh", ["abcdefgh"]),
        *(
            (f"Cookie: my{word}value=abcdefgh", ["abcdefgh"])
            for word in ("sess", "csrf", "xsrf", "token", "auth", "cookie")
        ),
        ("Cookie: myticketvalue=abcdefgh", []),
        ("Cookie: =abcdefgh; sid=hgfedcba", ["hgfedcba"]),
        ("curl -b sid=abcdefgh https://db", ["abcdefgh"]),
        (f"curl -b x={DRAWN} https://db", [DRAWN]),
        ("Cookie: a=b\nsid=abcdefgh", []),
        (f"Cookie: a=b\nx={DRAWN}", []),
        (f"Cookie: a=b\nCookie: x={DRAWN}", [DRAWN]),
        (f"Cookie: x={DRAWN}; Cookie: y={DRAWN[::-1]}", [DRAWN, DRAWN[::-1]]),
        (f"Cookie: a=b; Cookie: x={DRAWN}\nCookie: y={DRAWN[::-1]}", [DRAWN, DRAWN[::-1]]),
        ('Cookie: {"x": "' + DRAWN + '"}', [DRAWN]),
    ],
)
def test_in_a_header_a_value_goes_by_its_name_or_its_looks(text: str, values: list[str]) -> None:
    assert told(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"sid={DRAWN[:12]}", [DRAWN[:12]]),
        (f"sid={DRAWN[:11]}", []),
        ("sid=abcdefghijkl", []),
        (f"sid={DRAWN[:12]} and csrf={DRAWN}", [DRAWN[:12], DRAWN]),
        (f"PHPSESSID={DRAWN[:12]}", [DRAWN[:12]]),
        (f"ASP.NET_SessionId={DRAWN[:12]}", [DRAWN[:12]]),
        (f"session_id={DRAWN}", []),
        (f"sessionId={DRAWN}", []),
        (f"token={DRAWN}", []),
        (f"side={DRAWN}", []),
        (f"sid: {DRAWN[:12]}", [DRAWN[:12]]),
        (f'"sid": "{DRAWN[:12]}"', [DRAWN[:12]]),
        (f'"name": "sid", "value": "{DRAWN[:12]}"', [DRAWN[:12]]),
        (f"sid\t{DRAWN[:12]}", [DRAWN[:12]]),
        *((f"{name}={DRAWN[:12]}", [DRAWN[:12]]) for name in NAMES),
    ],
)
def test_elsewhere_a_drawn_value_goes_by_a_name_that_says_session(text: str, values: list[str]) -> None:
    assert told(text) == values


@pytest.mark.parametrize(("length", "values"), [(8_190, ["abcdefgh"]), (8_191, ["abcdefgh"]), (8_192, []), (8_193, [])])
def test_a_header_reaches_eight_thousand_characters(length: int, values: list[str]) -> None:
    assert told(f"Cookie: {'sid'.rjust(length, 'x')}=abcdefgh") == values
    assert told(f"Cookie: {'sid'.rjust(length, 'x')}=abcdefgh\n") == values


def test_headers_on_one_line_reach_as_far_as_the_last_of_them() -> None:
    assert told(f"Cookie: {'x' * 5_000}; Cookie: {'sid'.rjust(8_000, 'x')}=abcdefgh") == ["abcdefgh"]


def test_headers_that_touch_are_one() -> None:
    first, second = "Cookie: ", "; sid=abcdefgh-Cookie:"
    between = "x" * (8_192 - len(second))
    assert told(f"{first}{between}{second}sid=hgfedcba") == ["abcdefgh-Cookie:sid=hgfedcba"]


def test_a_value_is_found_once_however_many_words_its_name_has() -> None:
    assert len(list(cookies(SIGNS.read(f"sess_sid_csrf={DRAWN}")))) == 1


def test_a_long_value_goes_whole_where_its_header_ends() -> None:
    value = DRAWN * 250
    assert told(f"Cookie: {'sid'.rjust(8_191, 'x')}={value}") == [value]
