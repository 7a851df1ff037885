"""Numbers that states give to people, with valid check digits, of the part `heldout`."""

from __future__ import annotations

from random import Random

from tests.redaction.corpus.letters import Maker, letters, luhn, weighted

_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _born(random: Random, form: str = "ymd") -> str:
    parts = {"y": random.randint(50, 99), "m": random.randint(1, 12), "d": random.randint(1, 28)}
    return "".join(f"{parts[letter]:02}" for letter in form)


def _nie(random: Random) -> str:
    first, body = random.randrange(3), letters(random, "d", 7)
    return f"{'XYZ'[first]}{body}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(f'{first}{body}') % 23]}"


def _codice_fiscale(random: Random) -> str:
    name = "".join(random.choices("BCDFGLMNPRSTVZ", k=6))
    day = random.randint(1, 28) + random.choice([0, 40])
    born = f"{random.randint(50, 99)}{random.choice('ABCDEHLMPRST')}{day:02}"
    body = f"{name}{born}{random.choice('ABDFGHL')}{letters(random, 'd', 3)}"
    places = [int(letter) if letter.isdigit() else ord(letter) - 65 for letter in body]
    total = sum(place if at % 2 else _ODD[place] for at, place in enumerate(places))
    return body + chr(65 + total % 26)


def _national_register(random: Random) -> str:
    body = _born(random) + letters(random, "d", 3)
    return f"{body}{97 - int(body) % 97:02}"


def _pt_nif(random: Random) -> str:
    body = random.choice("12") + letters(random, "d", 7)
    check = 11 - weighted(body, "98765432") % 11
    return f"{body}{0 if check > 9 else check}"


def _hetu(random: Random) -> str:
    born, number = _born(random, "dmy"), f"{random.randint(2, 899):03}"
    return f"{born}-{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(born + number) % 31]}"


def _cpr(random: Random) -> str:
    body = _born(random, "dmy") + random.choice("0123") + letters(random, "d", 2)
    check = -weighted(body, "432765432") % 11
    return _cpr(random) if check == 10 else f"{body[:6]}-{body[6:]}{check}"


def _nhs(random: Random) -> str:
    body = random.choice("469") + letters(random, "d", 8)
    check = -weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return _nhs(random) if check == 10 else f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def _tfn(random: Random) -> str:
    body = random.choice("123456789") + letters(random, "d", 7)
    check = weighted(body, "14375869") % 11  # the last weight is 10, which is -1 here
    return _tfn(random) if check == 10 else f"{body}{check}"


def _sin(random: Random) -> str:
    body = random.choice("1234567") + letters(random, "d", 7)
    return body + luhn(body)


def _cuil(random: Random) -> str:
    body = random.choice(["20", "27", "23"]) + letters(random, "d", 8)
    check = -weighted(body, "5432765432") % 11
    return _cuil(random) if check == 10 else f"{body[:2]}-{body[2:]}-{check}"


def _rut(random: Random) -> str:
    body = str(random.randint(7 * 10**6, 24 * 10**6)).zfill(8)
    check = -weighted(body, "32765432") % 11
    shown = f"{int(body):,}".replace(",", ".")
    return f"{shown}-{'K' if check == 10 else check}"


def _tckn(random: Random) -> str:
    body = random.choice("123456789") + letters(random, "d", 8)
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    body += str((odd * 7 - even) % 10)
    return body + str(sum(map(int, body)) % 10)


def _za_id(random: Random) -> str:
    body = _born(random) + letters(random, "d", 4) + "08"
    return body + luhn(body)


def _rodne_cislo(random: Random) -> str:
    month = random.randint(1, 12) + random.choice([0, 50])
    body = f"{random.randint(54, 99)}{month:02}{random.randint(1, 28):02}{letters(random, 'd', 3)}"
    check = int(body) % 11
    return _rodne_cislo(random) if check == 10 else f"{body[:6]}/{body[6:]}{check}"


def _cnp(random: Random) -> str:
    body = f"{random.choice('12')}{_born(random)}{random.randint(1, 46):02}{random.randint(1, 999):03}"
    check = weighted(body, "279146358279") % 11
    return f"{body}{1 if check == 10 else check}"


def _my_number(random: Random) -> str:
    body = letters(random, "d", 11)
    left = weighted(body, "65432765432") % 11
    return f"{body}{0 if left < 2 else 11 - left}"


def _nric(random: Random) -> str:
    first, body = random.choice("ST"), letters(random, "d", 7)
    total = weighted(body, "2765432") + (4 if first == "T" else 0)
    return f"{first}{body}{'JZIHGFEDCBA'[total % 11]}"


MAKERS: dict[str, Maker] = {
    "es_nie": _nie,
    "it_cf": _codice_fiscale,
    "be_nn": _national_register,
    "pt_nif": _pt_nif,
    "fi_hetu": _hetu,
    "dk_cpr": _cpr,
    "gb_nhs": _nhs,
    "au_tfn": _tfn,
    "ca_sin": _sin,
    "ar_cuil": _cuil,
    "cl_rut": _rut,
    "tr_tckn": _tckn,
    "za_id": _za_id,
    "cz_rc": _rodne_cislo,
    "ro_cnp": _cnp,
    "jp_mynumber": _my_number,
    "sg_nric": _nric,
}
