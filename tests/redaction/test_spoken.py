"""Passwords and tokens that a command, a call, a header, an address or the head of a column tells."""

from __future__ import annotations

import pytest

from readiness.redaction.detectors import SIGNS
from readiness.redaction.shapes import Finder
from readiness.redaction.spoken import alone, columns, commands, headers, logins

DRAWN = "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2"


BEFORE = [
    *(f"mysql -{option} " for option in ("p", "P", "a", "w", "k", "pw", "pass", "storepass", "keypass")),
    *(f"net use /{option}:" for option in ("p", "P")),
    *(f"curl {option} ops:" for option in ("-u", "-U", "-a", "--user", "--auth", "--basic", "--proxy-user")),
    *(f"{call}('ops', '" for call in ("auth=", "login", "setCredentials", "UsernamePasswordToken", "authenticate")),
    *(f"{call}('ops', '" for call in ("NetworkCredential", "credentials=", "BasicAuth", "BasicCredentials")),
    *(f"db:{port}:shop:ops:" for port in ("5432", "5433", "*")),
    "machine db login ops password ",
]
BEFORE_A_HOST = [
    f"{before}ops/"
    for before in ("thin:", "oci:", "sqlplus ", "userid=", "impdp ", "expdp ", "sqlldr ", "imp ", "exp ")
]


def told(finder: Finder, text: str) -> list[str]:
    return [text[start:end] for start, end in finder(SIGNS.read(text))]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("mysql -u root -phunter22 shop", ["hunter22"]),
        ("mysql -u root -p 'hunter22 two'", ["hunter22 two"]),
        ('mysql -u root -p "hunter22 two"', ["hunter22 two"]),
        ("keytool -storepass hunter22", ["hunter22"]),
        ("mysql -phunter shop", []),
        ("redis-cli -p 6379", []),
        ("redis-cli -p 63790", []),
        ("redis-cli -p 637901", ["637901"]),
        ("redis-cli -p 6379\nredis-cli -a hunter22", ["hunter22"]),
        ("mysql -p${PASS1}\nmysql -phunter22", ["hunter22"]),
        ("curl -u ops:hunter22 https://db", ["hunter22"]),
        ("curl -u ops:6379 https://db", ["6379"]),
        ("curl -u ops:${PASS1} https://db", []),
        ("curl -u ops:hunter https://db", []),
        ('get(url, auth=("ops", "hunter22"))', ["hunter22"]),
        ('get(url, auth=("ops", "hunter"))', ["hunter"]),
        ('get(url, auth=("ops", "password"))', []),
        ("machine db login ops password hunter22", ["hunter22"]),
        ("db:5432:shop:ops:hunter22", ["hunter22"]),
        ("db:*:shop:ops:hunter22", ["hunter22"]),
        ("sqlplus ops/hunter22@db", ["hunter22"]),
        *((f"{before}hunter22", ["hunter22"]) for before in BEFORE),
        *((f"{before}hunter22@db", ["hunter22"]) for before in BEFORE_A_HOST),
    ],
)
def test_commands_and_calls_tell_passwords(text: str, secrets: list[str]) -> None:
    assert told(commands, text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("Authorization: abcdefghijkl", ["abcdefghijkl"]),
        ("Authorization: abcdefghijk", []),
        ("Authorization: abcde1", ["abcde1"]),
        ("Authorization: abcde=", ["abcde="]),
        ("Authorization: your-own-token1", []),
        ("a bearer abcdefghijkl1", ["abcdefghijkl1"]),
        ("a bearer abcdefghijklm", []),
        ("a bearer your-own-token1", []),
    ],
)
def test_schemes_of_authentication_tell_tokens(text: str, secrets: list[str]) -> None:
    assert told(headers, text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("https://ops:opaque@db/x", ["ops:opaque"]),
        ("https://a1b2c3d4e5f6g7h8@db/x", ["a1b2c3d4e5f6g7h8"]),
        ("https://a-repository-name@db/x", []),
        ("https://a1b2c3d4e5f6g7h@db/x", []),
    ],
)
def test_addresses_tell_a_login_or_a_drawn_token(text: str, secrets: list[str]) -> None:
    assert told(logins, text) == secrets


# Columns


@pytest.mark.parametrize("separator", ["|", "\t", ",", ";"])
def test_cells_go_under_a_head_that_names_a_secret(separator: str) -> None:
    text = "user,password,note\nops,opaque,none\ndev,`hunter22`,\n\nqa,****,x\nqa,,x\nend".replace(",", separator)
    assert told(columns, text) == ["opaque", "hunter22"]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("token,user\n0123abcdef,ops\n", ["0123abcdef"]),
        ("client secret,user\n0123abcdef,ops\n", ["0123abcdef"]),
        ("salt,user\n0123abcdef,ops\na1b2C3d4e5F6g7H8,dev\n", ["a1b2C3d4e5F6g7H8"]),
        ("user,password\nops,opaque\nthe end\nops,second1\n", ["opaque"]),
        ("user,password\nops,opaque\nno,table,here\nops,second1\n", ["opaque"]),
        ("user,password\nops,opaque\n\nlogin,password\ndev,second1\n", ["opaque", "second1"]),
        ("a line before\nuser,password\nops,opaque\n", ["opaque"]),
        ("password\nopaque1\n", []),
        ("user = password, token\nops,0123abcdef\n", []),
        ("{user,password}\nops,opaque\n", []),
        ("user,(password)\nops,opaque\n", []),
        ("user,password", []),
        ("\nuser,password,ops,opaque\n", []),
        ("ab,password\nab,ab\nopaque,opaque\n", ["opaque"]),
        ("password,password\nopaque,opaque\n", ["opaque", "opaque"]),
    ],
)
def test_a_table_begins_with_its_head_and_ends_where_a_row_has_other_cells(text: str, secrets: list[str]) -> None:
    assert told(columns, text) == secrets


def test_every_cell_is_found_where_it_stands() -> None:
    text = "password | user | token\nopaque | opaque1 | 0123abcdef\nopaque2 | x | 4567abcdef"
    assert list(columns(SIGNS.read(text))) == [(24, 30), (43, 53), (54, 61), (68, 78)]


def test_two_hundred_rows_are_looked_at() -> None:
    text = "user,password\n" + "".join(f"ops,opaque{row}\n" for row in range(1, 203))
    assert told(columns, text)[-1] == "opaque200"


@pytest.mark.parametrize(("length", "secrets"), [(399, ["opaque"]), (400, ["opaque"]), (401, []), (402, [])])
@pytest.mark.parametrize("before", ["", "a line\n", "a line\n" * 60])
def test_a_head_is_looked_at_up_to_four_hundred_characters(before: str, length: int, secrets: list[str]) -> None:
    names = "user,password".rjust(length, "x")
    assert told(columns, f"{before}{names}\nops,opaque\n") == secrets
    assert told(columns, f"{before}{names[::-1].replace('drowssap', 'password')}\nopaque,ops\n") == secrets


def test_a_row_is_looked_at_up_to_four_thousand_characters() -> None:
    head, last = "user,password\n", "\nops,opaque\n"
    assert told(columns, f"{head}{'x' * 3_993},covert{last}") == ["covert", "opaque"]
    assert told(columns, f"{head}{'x' * 3_999},covert{last}") == ["opaque"]
    assert told(columns, f"{head}{'x' * 4_000},covert{last}") == []


# Alone


@pytest.mark.parametrize("frame", ["{}", "id {}, and", '"{}"', "x.y {}", "({})"])
def test_a_long_drawn_run_goes_on_its_own(frame: str) -> None:
    assert told(alone, frame.format(DRAWN)) == [DRAWN]


@pytest.mark.parametrize(
    "text",
    [
        DRAWN[:35],
        DRAWN.lower(),
        DRAWN.upper(),
        *(f"{mark}{DRAWN}" for mark in "+/=.%"),
        *(f"{DRAWN}{mark}rest" for mark in "+/=%"),
        *(f"{mark}{DRAWN}" for mark in ("base64,", "sha256:", "sha512:")),
        f"msg_{DRAWN}",
        f"one-two-three-four-{DRAWN}",
        "aB1cD2eF3" * 4,
        "aB1cD2eF3gH4iJ5kL6" * 2,
    ],
)
def test_ids_digests_paths_and_what_repeats_itself_stay(text: str) -> None:
    assert told(alone, text) == []


def test_a_run_of_nineteen_different_characters_goes() -> None:
    run = "aB1cD2eF3gH4iJ5kL6m" * 2
    assert (len(set(run)), told(alone, run)) == (19, [run])


def test_a_run_in_base64_that_says_a_text_is_left_to_its_reading() -> None:
    assert told(alone, "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyAxMg") == []
