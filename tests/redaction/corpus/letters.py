"""Values from a pattern: `<h32>` is 32 hexadecimal digits, `<a8-12>` 8 to 12 letters or digits, `<uuid>` a UUID.

A function's arguments follow after colons: `<card:4:16>`. What is no field stays as it is, so that XML may stand here.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Callable, Iterable, Mapping
from random import Random

Maker = Callable[..., str]

_ALNUM = string.ascii_letters + string.digits
ALPHABETS = {
    "a": _ALNUM,
    "b": _ALNUM + "+/",
    "d": string.digits,
    "g": string.digits[1:],
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "k": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "l": string.ascii_lowercase + string.digits,
    "m": string.ascii_lowercase,
    "M": string.ascii_uppercase,
    "L": string.ascii_letters,
    "p": _ALNUM + "!#$*+-.?^_~",
    "Q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "u": string.ascii_uppercase + string.digits,
    "w": _ALNUM + "_-",
}
_FIELD = re.compile(r"<(?:([a-zA-Z])(\d+)(?:-(\d+))?|([a-z][a-z0-9_]*)((?::[^<>:]*)*))>")
_FIRST = [
    "amara",
    "jonas",
    "lucía",
    "mehmet",
    "ingrid",
    "pavel",
    "noor",
    "chiara",
    "tomás",
    "aoife",
    "kenji",
    "zofia",
    "rahul",
    "elif",
    "björn",
]
_LAST = [
    "okafor",
    "brandt",
    "ferreira",
    "yılmaz",
    "nygaard",
    "svoboda",
    "haddad",
    "ricci",
    "quinn",
    "tanaka",
    "wrona",
    "mehta",
    "lund",
    "keller",
]
_SYLLABLES = [
    "bra",
    "vel",
    "tor",
    "mi",
    "ska",
    "lun",
    "do",
    "fer",
    "na",
    "quo",
    "zil",
    "per",
    "ha",
    "ven",
]


def plain(text: str) -> str:
    """The text in ASCII, as it stands in an address."""
    return text.translate(str.maketrans("íáöıçß", "iaoics"))


def luhn(body: str) -> str:
    """The check digit of a card (ISO/IEC 7812-1)."""
    return str(-sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(body[::-1])) % 10)


def weighted(digits: str, weights: Iterable[str | int]) -> int:
    """The sum of digits by their weights."""
    return sum(int(digit) * int(weight) for digit, weight in zip(digits, weights, strict=True))


def letters(random: Random, alphabet: str, length: int) -> str:
    """Random letters of an alphabet, with a digit among them where it has digits and there is room."""
    drawn = random.choices(ALPHABETS[alphabet], k=length)
    digits = [letter for letter in ALPHABETS[alphabet] if letter.isdigit()]
    if length >= 8 and digits and not any(letter.isdigit() for letter in drawn):
        drawn[random.randrange(1, length)] = random.choice(digits)
    return "".join(drawn)


def _uuid(random: Random) -> str:
    drawn = letters(random, "h", 32)
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-{drawn[20:]}"


def _domain(random: Random, *ends: str) -> str:
    return "".join(random.choices(_SYLLABLES, k=4)) + "." + random.choice(ends or ("com", "de", "org", "io", "net"))


def _card(random: Random, start: str, length: str) -> str:
    body = start + "".join(random.choices(string.digits, k=int(length) - 1 - len(start)))
    return body + luhn(body)


def _not_card(random: Random, start: str, length: str) -> str:
    right = _card(random, start, length)
    return right[:-1] + str((int(right[-1]) + random.randint(1, 9)) % 10)


def _iban(random: Random, country: str, account: str) -> str:
    """An account number with its check digits (ISO 13616)."""
    drawn = fill(account.replace("(", "<").replace(")", ">"), random)
    number = int("".join(str(int(letter, 36)) for letter in f"{drawn}{country}00"))
    return f"{country}{98 - number % 97:02}{drawn}"


def _segment(random: Random, fields: Mapping[str, object]) -> str:
    drawn = json.dumps(fields, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(drawn).decode().rstrip("=")


def _jwt(random: Random, algorithm: str = "HS256", signature: str = "43") -> str:
    head = _segment(random, {"alg": algorithm, "typ": "JWT", "kid": letters(random, "a", 6)})
    body = _segment(random, {"sub": letters(random, "d", 9), "iat": 1764000000 + random.randrange(10**6)})
    return f"{head}.{body}.{letters(random, 'w', int(signature))}"


def _segment_of(random: Random, *fields: str) -> str:
    return _segment(random, {field: letters(random, "a", 24) for field in fields})


def _base64(random: Random, size: str) -> str:
    return base64.b64encode(random.randbytes(int(size))).decode()


def _base64_of(random: Random, pattern: str) -> str:
    drawn = fill(pattern.replace("(", "<").replace(")", ">").replace("¦", ":"), random)
    return base64.b64encode(drawn.encode()).decode()


def _key_block(random: Random, lines: str) -> str:
    """The lines of a private key without its first and last."""
    body = ["MIIE" + letters(random, "b", 60), *(letters(random, "b", 64) for _ in range(int(lines)))]
    return "\n".join([*body, letters(random, "b", 22) + "=="])


def _isbn(random: Random) -> str:
    body = "978" + letters(random, "d", 9)
    return body + str(-weighted(body, "131313131313") % 10)


def _ip6(random: Random) -> str:
    return ":".join(["2a02", "8" + letters(random, "h", 2) + "0", *(letters(random, "h", 4) for _ in range(6))])


MAKERS: dict[str, Maker] = {
    "uuid": _uuid,
    "first": lambda random: random.choice(_FIRST),
    "last": lambda random: random.choice(_LAST),
    "person": lambda random: plain(f"{random.choice(_FIRST)}.{random.choice(_LAST)}"),
    "domain": _domain,
    "card": _card,
    "notcard": _not_card,
    "iban": _iban,
    "jwt": _jwt,
    "segment": _segment_of,
    "base64": _base64,
    "base64of": _base64_of,
    "keyblock": _key_block,
    "isbn": _isbn,
    "ip4": lambda random: (
        f"{random.choice([46, 80, 91, 109, 178, 203])}." + ".".join(str(random.randint(2, 249)) for _ in range(3))
    ),
    "ip6": _ip6,
    "int": lambda random, low, high: str(random.randint(int(low), int(high))),
    "of": lambda random, *choices: random.choice(choices),
    "date": lambda random: f"20{random.randint(20, 26)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
    "time": lambda random: f"{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}",
}


def fill(pattern: str, random: Random, more: Mapping[str, Maker] | None = None) -> str:
    """The pattern with every field drawn."""
    makers = MAKERS | dict(more or {})

    def drawn(field: re.Match[str]) -> str:
        alphabet, low, high, name, arguments = field.groups()
        if alphabet in ALPHABETS:
            return letters(random, alphabet, random.randint(int(low), int(high or low)))
        if name in makers:
            return makers[name](random, *arguments.split(":")[1:])
        return field.group()

    return _FIELD.sub(drawn, pattern)
