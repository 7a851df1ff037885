"""What redaction costs for a character of text: `python -m tests.bench.redaction`.

The bare side looks once for the digits and at signs of the same text, which any redaction must. Both take turns, in the
processor time of one process, so that a noisy machine troubles both alike; what counts is the ratio.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable

from readiness import paths
from readiness.redaction.redactor import redact

BARE = re.compile("[0-9@]").findall
PROSE = ("CONTRIBUTING.md", "docs/importing.md", "docs/statistics.md")
TRACES = ("langfuse", "langsmith", "openinference", "otlp")


def cut(text: str, length: int) -> list[str]:
    return [text[at : at + length] for at in range(0, len(text), length)]


def texts() -> dict[str, list[str]]:
    """Prose, lines about orders, and the JSON of traces, in pieces as long as the texts of a span are."""
    prose = "".join((paths.ROOT / name).read_text("utf-8") for name in PROSE)
    orders = "\n".join(
        f"Order {number * 7919 % 1_000_003} was delivered on 2026-11-{number % 28 + 1:02} to the customer in Lyon; "
        f"the refund of 12.{number % 90 + 10} EUR waits."
        for number in range(400)
    )
    files = [path for name in TRACES for path in sorted((paths.ROOT / "tests" / "data" / name).glob("*.json*"))]
    traces = [piece for path in files for piece in cut(path.read_text("utf-8")[:60_000], 1_200)]
    return {"prose": cut(prose, 800), "orders": cut(orders, 800), "JSON of traces": traces}


def spent(work: Callable[[str], object], pieces: list[str]) -> float:
    """Nanoseconds of the processor for a character."""
    began = time.process_time_ns()
    for piece in pieces:
        work(piece)
    return (time.process_time_ns() - began) / sum(map(len, pieces))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    print("| text | characters | bare | redaction | ratio |\n|---|---|---|---|---|")
    for name, pieces in texts().items():
        spent(redact, pieces)  # what is compiled or kept once is so before anything is measured
        turns = [(spent(BARE, pieces), spent(redact, pieces)) for _ in range(runs)]
        bare, own = (statistics.median(side) for side in zip(*turns, strict=True))
        ratio = statistics.median(own / bare for bare, own in turns)
        print(f"| {name} | {sum(map(len, pieces)):,} | {bare:.0f} ns | {own:.0f} ns | **{ratio:.0f}** |")


if __name__ == "__main__":
    main()
