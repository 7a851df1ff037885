"""Prints recall and precision of both parts: `python -m tests.redaction.corpus [--missed] [--raise]`.

`--missed` lists what was missed, and what was replaced without need, in the part `seen` alone. `--raise` writes what is
reached as the new floors.
"""

from __future__ import annotations

import argparse

from tests.redaction.corpus.examples import PARTS
from tests.redaction.corpus.figures import PERSONAL, Figure, measured, raise_floors


def _row(name: str, figure: Figure) -> str:
    recall, precision = ("–" if share is None else f"{share:.1f} %" for share in (figure.recall, figure.precision))
    found, right = f"{figure.found} of {figure.given}", f"{figure.rightly} of {figure.marked}"
    return f"| {name:<18} | {found:>11} | {recall:>7} | {right:>11} | {precision:>9} |"


def table(part: str) -> str:
    """The part's figures; `right` is of the places replaced under the names of the class, in every row of the part."""
    of_part = measured(part)
    secrets = [name for name in of_part.figures if name not in {*PERSONAL, "password"}]
    totals = {
        "structured secrets": of_part.total(secrets),
        "personal data": of_part.total(PERSONAL),
        "all": of_part.total(of_part.figures),
    }
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.redaction.corpus")
    parser.add_argument("--missed", action="store_true", help="list what was missed in the part that may be read")
    parser.add_argument("--raise", action="store_true", dest="higher", help="write what is reached as the floors")
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


if __name__ == "__main__":
    main()
