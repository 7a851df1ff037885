"""Prints recall and precision of both parts: `python -m tests.redaction.corpus [--missed] [--raise]`.

`--missed` lists what was missed, and what was replaced without need, in the part `seen` alone. `--raise` writes what is
reached as the new floors, `--publish` writes the figures of the held-out part into SECURITY.md.
"""

from __future__ import annotations

import argparse
import re

from readiness import paths
from tests.redaction.corpus.examples import PARTS
from tests.redaction.corpus.figures import PERSONAL, Figure, Measured, measured, raise_floors

SECURITY = paths.ROOT / "SECURITY.md"
_BEGINS, _ENDS = "<!-- figures of redaction: begin -->", "<!-- figures of redaction: end -->"


def _row(name: str, figure: Figure) -> str:
    recall, precision = ("–" if share is None else f"{share:.1f} %" for share in (figure.recall, figure.precision))
    found, right = f"{figure.found} of {figure.given}", f"{figure.rightly} of {figure.marked}"
    return f"| {name:<18} | {found:>11} | {recall:>7} | {right:>11} | {precision:>9} |"


def totals_of(of_part: Measured) -> dict[str, Figure]:
    secrets = [name for name in of_part.figures if name not in {*PERSONAL, "password"}]
    return {
        "structured secrets": of_part.total(secrets),
        "personal data": of_part.total(PERSONAL),
        "all": of_part.total(of_part.figures),
    }


def table(part: str) -> str:
    """The part's figures; `right` is of the places replaced under the names of the class, in every row of the part."""
    of_part = measured(part)
    totals = totals_of(of_part)
    untouched = f"{of_part.ordinary - len(of_part.touched)} of {of_part.ordinary}"
    return "\n".join(
        [
            f"\n{part}\n",
            f"| {'class':<18} | {'found':>11} | {'recall':>7} | {'right':>11} | {'precision':>9} |",
            f"|{'-' * 20}|{'-' * 13}|{'-' * 9}|{'-' * 13}|{'-' * 11}|",
            *(_row(name, figure) for name, figure in sorted(of_part.figures.items())),
            *(_row(name, figure) for name, figure in totals.items()),
            f"\nOrdinary text left as it was: {untouched} ({of_part.untouched:.1f} %); "
            f"of the characters around values {of_part.around:.1f} % were left",
        ]
    )


def published() -> str:
    """The figures of the held-out part as SECURITY.md shows them."""
    of_part = measured("heldout")
    rows = {**dict(sorted(of_part.figures.items())), **totals_of(of_part)}
    left = of_part.ordinary - len(of_part.touched)
    return "\n".join(
        [
            _BEGINS,
            "| class | found | recall | right | precision |",
            "|---|---|---|---|---|",
            *(re.sub(" +", " ", _row(name, figure)) for name, figure in rows.items()),
            "",
            f"Of {of_part.ordinary} ordinary texts {left} were left as they were ({of_part.untouched:.1f} %).",
            _ENDS,
        ]
    )


def published_in(text: str) -> str:
    """The block that stands in SECURITY.md."""
    return text[text.index(_BEGINS) : text.index(_ENDS) + len(_ENDS)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.redaction.corpus")
    parser.add_argument("--missed", action="store_true", help="list what was missed in the part that may be read")
    parser.add_argument("--raise", action="store_true", dest="higher", help="write what is reached as the floors")
    parser.add_argument("--publish", action="store_true", help="write the held-out figures into SECURITY.md")
    options = parser.parse_args()
    for part in PARTS:
        print(table(part))
    if options.missed:
        for example in measured("seen").missed:
            print("missed", example.name, example.service or example.country, repr(example.text), sep="  ")
        for example in measured("seen").touched:
            print("replaced without need", repr(example.text), sep="  ")
    if options.higher:
        raise_floors()
    if options.publish:
        text = SECURITY.read_text("utf-8")
        SECURITY.write_text(text.replace(published_in(text), published()), "utf-8")


if __name__ == "__main__":
    main()
