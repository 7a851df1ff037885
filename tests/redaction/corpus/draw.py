"""Draws both parts anew from their forms: `python -m tests.redaction.corpus.draw`.

A form says the class, the patterns of values (`letters.py`), the texts around them (¤ is the value, «…» its name, and
⟦base64|…⟧ encodes what it holds: base64, url or json), and how many rows there are. Each row has its own seed, so that
a new form changes no other row.
"""

from __future__ import annotations

import base64
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import quote

from tests.redaction.corpus import heldout_numbers, seen_numbers
from tests.redaction.corpus.examples import FOLDER, PARTS, Example
from tests.redaction.corpus.letters import Maker, fill

NUMBERS: dict[str, dict[str, Maker]] = {"seen": seen_numbers.MAKERS, "heldout": heldout_numbers.MAKERS}
_CODED = re.compile(r"⟦(\w+)\|(.*)⟧", re.DOTALL)
_WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789@."}

WRITTEN: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "wide": lambda text: text.translate(_WIDE),
    "url": lambda text: quote(text, safe=""),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "indented": lambda text: text.replace("\n", "\n    "),
}


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _encoded(code: str, before: str, value: str, after: str) -> tuple[str, str, str]:
    """The three encoded; in base64 the value is what stands for its characters alone."""
    if code == "base64":
        start, end = len(before.encode()), len((before + value).encode())
        text = base64.b64encode((before + value + after).encode()).decode()
        first, last = -(-start * 8 // 6), end * 8 // 6
        return text[:first], text[first:last], text[last:]
    encode = _json if code == "json" else WRITTEN["url"]
    return encode(before), encode(value), encode(after)


def _names(key: str) -> dict[str, str]:
    """A key as it is written in an environment, in JSON, in a header and in code."""
    words = re.split(r"[ _.-]", key)
    return {
        "«KEY»": "_".join(words).upper(),
        "«key»": "_".join(words).lower(),
        "«Key»": "-".join(word.capitalize() for word in words),
        "«kEy»": words[0].lower() + "".join(word.capitalize() for word in words[1:]),
        "«-key»": "-".join(words).lower(),
        "«as is»": key,
    }


def _placed(text: str, value: str) -> tuple[str, str, str]:
    coded = _CODED.search(text)
    inner = coded[2] if coded else text
    before, after = inner.split("¤")
    if not coded:
        return before, value, after
    before, value, after = _encoded(coded[1], before, value, after)
    return text[: coded.start()] + before, value, after + text[coded.end() :]


def _grouped(value: str, separator: str, size: int) -> str:
    return separator.join(value[at : at + size] for at in range(0, len(value), size))


def _vendors(vendors: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A form for each service: a key that tells its service stands alone as well, and every other beside its name."""
    for kind, texts in (("known", ["alone", "named", "coded"]), ("keyed", ["named", "coded"])):
        for service, key, value in vendors[kind]:
            yield {
                "class": "vendor-key",
                "service": service,
                "key": key,
                "values": [value],
                "texts": texts,
                "rows": vendors["rows"],
            }


def _texts(form: dict[str, Any], surroundings: dict[str, list[str]], random: Random) -> list[str]:
    """The texts of a form, shuffled: its own, or those that stand under the names it gives."""
    texts = [text for name in form["texts"] for text in surroundings.get(name, [name])]
    return random.sample(texts, len(texts))


def _rows(part: str, form: dict[str, Any], surroundings: dict[str, list[str]]) -> Iterator[Example]:
    seed = f"{part} {form['class']} {form.get('service', '')} {form['values'][0]} {form.get('written', '')}"
    seed += form.get("grouped", "")
    texts = _texts(form, surroundings, Random(seed))  # noqa: S311
    for at in range(form.get("rows", len(texts))):
        random = Random(f"{seed} {at}")  # noqa: S311
        values = form["values"]
        value = fill(values[(at + at // len(texts)) % len(values)], random, NUMBERS[part])
        if "grouped" in form:
            value = _grouped(value, form["grouped"], form.get("size", 4))
        for way in form.get("written", []):
            value = WRITTEN[way](value)
        text = fill(texts[at % len(texts)], random, NUMBERS[part])
        for mark, name in _names(form.get("key", "value")).items():
            text = text.replace(mark, name)
        yield Example(form["class"], *_placed(text, value), form.get("service", ""), form.get("country", ""))


def _ordinary(part: str, rows: int, patterns: list[str]) -> Iterator[Example]:
    """Text that must be left alone; a pattern without a field is drawn once."""
    for pattern in patterns:
        texts = (fill(pattern, Random(f"{part} {pattern} {at}"), NUMBERS[part]) for at in range(rows))  # noqa: S311
        yield from (Example("", text, "", "") for text in dict.fromkeys(texts))


def drawn(part: str) -> list[Example]:
    """The rows of a part, in the order of its forms; ordinary text comes last, and no row stands twice."""
    forms = tomllib.loads((FOLDER / part / "forms.toml").read_text("utf-8"))
    rows = [
        row
        for form in [*_vendors(forms["vendors"]), *forms["form"]]
        for row in _rows(part, form, forms["surroundings"])
    ]
    return list(dict.fromkeys([*rows, *_ordinary(part, **forms["ordinary"])]))


def _pieces(text: str) -> list[str]:
    """The text cut where a scanner would know it: within its first letters, and within the words of a key block."""
    words = re.split(r"(?<=-----BEG)|(?<=PRIV)(?=ATE)", text)
    return [piece for word in words for piece in (word[:2], word[2:9], word[9:]) if piece]


def line(example: Example) -> str:
    """The example as a line of the file."""
    row = {"class": example.name, "service": example.service, "country": example.country}
    texts = {"before": example.before, "secret": example.value, "after": example.after}
    pieces = {name: _pieces(text) for name, text in texts.items()}
    return json.dumps(
        {**{name: value for name, value in row.items() if value or name == "class"}, **pieces}, ensure_ascii=False
    )


def main() -> None:
    for part in PARTS:
        text = "".join(f"{line(example)}\n" for example in drawn(part))
        (FOLDER / part / "corpus.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
