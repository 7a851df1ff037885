"""Numbers that states give to people, with valid check digits, of the part `seen`."""

from __future__ import annotations

from random import Random

from tests.redaction.corpus.letters import Maker, letters, luhn, weighted

_TIMES = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_MOVED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def _born(random: Random, form: str = "ymd") -> str:
    parts = {"y": random.randint(50, 99), "m": random.randint(1, 12), "d": random.randint(1, 28)}
    return "".join(f"{parts[letter]:02}" for letter in form)


def iso7064(body: str) -> str:
    """The check digit of ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in body:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def _dni(random: Random) -> str:
    number = random.randint(10**7, 10**8 - 1)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _nir(random: Random) -> str:
    body = f"{random.choice('12')}{_born(random, 'ym')}{random.randint(21, 95)}{letters(random, 'd', 6)}"
    return f"{body}{97 - int(body) % 97:02}"


def _tax_id(random: Random) -> str:
    digits = random.sample("0123456789", 9)
    digits.insert(random.randint(2, 9), digits[0])
    body = "".join(digits)
    return _tax_id(random) if body[0] == "0" else body + iso7064(body)


def _bsn(random: Random) -> str:
    body = random.choice("123") + letters(random, "d", 7)
    check = weighted(body, "98765432") % 11
    return _bsn(random) if check == 10 else f"{body}{check}"


def _pesel(random: Random) -> str:
    body = _born(random) + letters(random, "d", 4)
    return f"{body}{-weighted(body, '1379137913') % 10}"


def _personnummer(random: Random) -> str:
    body = _born(random) + letters(random, "d", 3)
    return f"{body[:6]}-{body[6:]}{luhn(body)}"


def _fodselsnummer(random: Random) -> str:
    body = _born(random, "dmy") + random.choice("01234") + letters(random, "d", 2)
    first = -weighted(body, "376189452") % 11
    second = -weighted(f"{body}{first % 10}", "5432765432") % 11
    return _fodselsnummer(random) if 10 in {first, second} else f"{body}{first}{second}"


def _cpf(random: Random) -> str:
    body = letters(random, "d", 9)
    for length in (10, 11):
        body += str(weighted(body, list(range(length, 1, -1))) * 10 % 11 % 10)
    return body


def _ssn(random: Random) -> str:
    area = random.choice([*range(1, 666), *range(667, 900)])
    return f"{area:03}-{random.randint(1, 99):02}-{random.randint(1, 9999):04}"


def _nino(random: Random) -> str:
    prefix = random.choice("ABCEGHJKLMNPRSTWXYZ") + random.choice("ABCEGHJKLMPRSTWXYZ")
    number = letters(random, "d", 6) + random.choice("ABCD")
    return _nino(random) if prefix in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"} else prefix + number


def _aadhaar(random: Random) -> str:
    """Twelve digits, the last by Verhoeff's scheme."""
    body = random.choice("23456789") + letters(random, "d", 10)
    check = 0
    for at, digit in enumerate(reversed(body), 1):
        check = int(_TIMES[check][int(_MOVED[at % 8][int(digit)])])
    return body + next(digit for digit in "0123456789" if _TIMES[check][int(digit)] == "0")


def _ahv(random: Random) -> str:
    body = "756" + letters(random, "d", 9)
    return f"{body}{-weighted(body, '131313131313') % 10}"


def _rrn(random: Random) -> str:
    body = _born(random) + random.choice("12") + random.choice("012345678") + letters(random, "d", 4)
    return f"{body[:6]}-{body[6:]}{(11 - weighted(body, '234567892345') % 11) % 10}"


def _resident(random: Random) -> str:
    region = random.choice(["110101", "310101", "440103", "510104", "330102"])
    body = f"{region}19{_born(random)}{letters(random, 'd', 3)}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[weighted(body, weights) % 11]


def _pps(random: Random) -> str:
    body = letters(random, "d", 7)
    return body + "WABCDEFGHIJKLMNOPQRSTUV"[weighted(body, "8765432") % 23]


def _oib(random: Random) -> str:
    body = letters(random, "d", 10)
    return body + iso7064(body)


MAKERS: dict[str, Maker] = {
    "es_dni": _dni,
    "fr_nir": _nir,
    "de_tax": _tax_id,
    "nl_bsn": _bsn,
    "pl_pesel": _pesel,
    "se_personnummer": _personnummer,
    "no_fodselsnummer": _fodselsnummer,
    "br_cpf": _cpf,
    "us_ssn": _ssn,
    "gb_nino": _nino,
    "in_aadhaar": _aadhaar,
    "ch_ahv": _ahv,
    "kr_rrn": _rrn,
    "cn_resident": _resident,
    "ie_pps": _pps,
    "hr_oib": _oib,
}
