"""What a name says of its value, which values look like a secret, and how a value may be set beside a name."""

from __future__ import annotations

import pytest

from readiness.redaction.detectors import SIGNS
from readiness.redaction.named import KEY, PASSWORD, SECRET, is_placeholder, kind_of, parts_of, passwords, tells


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in passwords(SIGNS.read(text))]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DB_PASS", PASSWORD),
        ("userPassword", PASSWORD),
        ("password.hint", None),
        ("hint.password", PASSWORD),
        ("password_name", PASSWORD),
        ("password" + "x" * 16, PASSWORD),
        ("password" + "x" * 17, None),
        ("api_key", SECRET),
        ("apiKey", SECRET),
        ("X-Auth-Token", SECRET),
        ("o-t-p", SECRET),
        ("o_tp", SECRET),
        ("token_count", None),
        ("secret_name", None),
        ("access_key_id", SECRET),
        ("key_id", None),
        ("access_id", None),
        ("token_id", None),
        ("id_token", SECRET),
        ("signing_key", SECRET),
        ("salt", KEY),
        ("my_key", KEY),
        ("primary_key", None),
        ("note", None),
        ("", None),
    ],
)
def test_a_name_says_what_its_value_is(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


def test_a_name_has_the_parts_that_its_case_and_its_marks_set_apart() -> None:
    assert parts_of("dbPassword2_of-userID") == ("db", "password", "of", "user", "id")


@pytest.mark.parametrize(
    "value",
    ["Null", "(none)", "Your-own", "$HOME", "%USER%", "xxxx", "os.environ['A']", "f(x)", "a.b.c", "is [redacted: x]"],
)
def test_what_stands_for_a_value_or_gives_one_is_none(value: str) -> None:
    assert is_placeholder(value)
    assert not any(tells(kind, value, tight=True) for kind in (PASSWORD, SECRET, KEY))


@pytest.mark.parametrize("value", ["opaque", "hunter22", "yonder", "$home", "nullify"])
def test_what_is_no_placeholder_is_a_value(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("kind", "value", "tight", "loose"),
    [
        (PASSWORD, "abc1", True, False),
        (PASSWORD, "1234", True, False),
        (PASSWORD, "ab1", False, False),
        (PASSWORD, "abcd1", True, False),
        (PASSWORD, "abcd12", True, True),
        (PASSWORD, "123456", True, True),
        (PASSWORD, "opaque", True, False),
        (PASSWORD, "opaqu", False, False),
        (PASSWORD, "opaque one", False, False),
        (PASSWORD, "o!aque", True, True),
        (PASSWORD, "opaq!e", True, True),
        (PASSWORD, "!opaqu", True, False),
        (PASSWORD, "opaqu!", True, False),
        (PASSWORD, "op!qu", False, False),
        (PASSWORD, "a-b-cdef", True, False),
        (PASSWORD, "a-b-c-de", True, True),
        (PASSWORD, "opaQue", True, True),
        (SECRET, "abcdef12", True, False),
        (SECRET, "abcdef1", False, False),
        (SECRET, "a1b2c3d4e5f6", True, True),
        (SECRET, "a1b2c3d4e5f", True, False),
        (SECRET, "Abcdefghijklmnopqrstuvwx", True, True),
        (SECRET, "Abcdefghijklmnopqrstuvw", False, False),
        (SECRET, "abcdefghijklmnopqrstuvwx", False, False),
        (SECRET, "Abcdefghijk mnopqrstuvwx", False, False),
        (SECRET, "db://a1b2c3d4e5f6", False, False),
        (KEY, "a1b2c3d4e5f6a7b8", True, True),
        (KEY, "a1b2c3d4e5f6a7b", False, False),
        (KEY, "a1b2c3d4e5f6 a7b8", False, False),
        (KEY, "Abcdefghijklmnopqrstuvwx", False, False),
        (KEY, "db://a1b2c3d4e5f6a7b8", False, False),
    ],
)
def test_a_value_looks_like_a_secret_sooner_where_it_is_set_tightly(
    kind: str, value: str, tight: bool, loose: bool
) -> None:
    assert (tells(kind, value, tight=True), tells(kind, value, tight=False)) == (tight, loose)


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("password=hunter22", ["hunter22"]),
        ("password=hunter22 password=second22", ["hunter22", "second22"]),
        ("a password and password=hunter22", ["hunter22"]),
        ("password=ab12", ["ab12"]),
        ("password=opaque", ["opaque"]),
        ("password = opaque", []),
        ("password == opaque", []),
        ("password = opa!que", ["opa!que"]),
        ('password = "opaque"', ["opaque"]),
        ("password := opaque", ["opaque"]),
        ("password = ab12", ["ab12"]),
        ("token = Abcdefghijklmnopqrstuvwx", []),
        ("token = Abcdefgh!jklmnopqrstuvwx", []),
        ("token=Abcdefghijklmnopqrstuvwx", ["Abcdefghijklmnopqrstuvwx"]),
        ("password: ab12", []),
        ("password： ab12", []),
        ('password: "ab12"', ["ab12"]),
        ("PASSWORD: ab12", ["ab12"]),
        ("db_password: ab12", ["ab12"]),
        ("password: hunter22", ["hunter22"]),
        ("token: abcdef12", ["abcdef12"]),
        ("password: hunter22.", ["hunter22"]),
        ("(password=hunter22)", ["hunter22"]),
        ("password: 'hunter22, two'", ["hunter22, two"]),
        ("password: «hunter22, two»", ["hunter22, two"]),
        ("password: „hunter22, two“", ["hunter22, two"]),
        ("password: “hunter22, two”", ["hunter22, two"]),
        ("password: 「hunter22, two」", ["hunter22, two"]),
        ("password: 『hunter22, two』", ["hunter22, two"]),
        ("password: `hunter22, two`", ["hunter22, two"]),
        ('password: "hunter22, two"', ["hunter22, two"]),
        ("password=''", []),
        ("password=", []),
    ],
)
def test_a_sign_sets_a_value(text: str, secrets: list[str]) -> None:
    assert told(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("<password>opaque</password>", ["opaque"]),
        ("<token>abcdef12</token>", ["abcdef12"]),
        ('"name": "password", "value": "opaque"', ["opaque"]),
        ('"name": "token", "value": "abcdef12"', ["abcdef12"]),
        ("name: password\n  value: hunter22", ["hunter22"]),
        ("the password is hunter22", ["hunter22"]),
        ("the password is now hunter22", ["hunter22"]),
        ("the password is 123456", []),
        ("name: password\n  value: opaque", ["opaque"]),
        ("name: region\n  value: opaque", []),
        ("the password is opa!que", []),
        ('the password is "opa!que"', ["opa!que"]),
        ('the password is "opaque"', []),
        ("the token is a1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ("the token is abcdef12", []),
        ("password hunter22", ["hunter22"]),
        ("password ab12", []),
        ("password 123456", []),
        ("token a1b2c3d4e5f6", []),
        ("--token abcdef12", ["abcdef12"]),
        ("--api-key abcdef12", ["abcdef12"]),
        ("api-key abcdef12", []),
        ("token,a1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ("token,abcdef12", []),
        ("'token',a1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ('"token","a1b2c3d4e5f6"', ["a1b2c3d4e5f6"]),
        ("token;a1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ("token\ta1b2c3d4e5f6", ["a1b2c3d4e5f6"]),
        ("pass: hunter22", ["hunter22"]),
        ("pass: hunter", []),
        ("PASS=opa!que", []),
        ("pass hunter22", []),
        ("db_pass=opaque", ["opaque"]),
    ],
)
def test_an_element_an_entry_a_sentence_an_option_or_a_cell_sets_a_value(text: str, secrets: list[str]) -> None:
    assert told(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("mot de passe: hunter22", ["hunter22"]),
        ("mot de passe_2: hunter22", ["hunter22"]),
        ("api key: hunter22", ["hunter22"]),
        ("api-key-old: hunter22", ["hunter22"]),
        ("key: hunter22", []),
        ("password.hint: hunter22", []),
        ("pw=hunter22", ["hunter22"]),
        ("npw=hunter22", []),
        ("\\npw=hunter22", ["hunter22"]),
        ("\\rpw=hunter22", ["hunter22"]),
        ("\\tpw=hunter22", ["hunter22"]),
        ("\\xpw=hunter22", []),
        (".pw.=hunter22", ["hunter22"]),
        ("x" * 47 + "-pw=hunter22", ["hunter22"]),
        ("pw-" + "x" * 47 + "=hunter22", ["hunter22"]),
        ("pw-" + "x" * 48 + "=hunter22", []),
        ("mot de passe-" + "x" * 47 + ": hunter22", ["hunter22"]),
        ("mot de passe-" + "x" * 48 + ": hunter22", []),
    ],
)
def test_a_name_is_a_phrase_or_the_letters_around_a_word(text: str, secrets: list[str]) -> None:
    assert told(text) == secrets


def test_a_name_is_looked_at_forty_eight_characters_before_its_word() -> None:
    assert told("max-" + "x-" * 22 + "token=hunter22") == []
    assert told("max--" + "x-" * 22 + "token=hunter22") == ["hunter22"]


@pytest.mark.parametrize("length", [499, 500, 511, 512, 513, 5_000])
def test_of_a_long_value_nothing_is_left(length: int) -> None:
    value = ("a1b2c3d4" * 700)[:length]
    assert told(f"password={value} {value}") == [value]
