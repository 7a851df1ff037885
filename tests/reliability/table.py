"""The table of docs/reliability.md: one row for each suite, written by the suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from readiness import clock
from tests.serving import ROOT

TABLE, THREATS = ROOT / "docs" / "reliability.md", ROOT / "SECURITY.md"


@dataclass(frozen=True)
class Figure:
    """What one suite found. `through` is what should not have happened, in words with its number."""

    suite: str
    tried: str
    times: int
    through: str

    @property
    def row(self) -> str:
        day = clock.today().isoformat()
        return f"| {_name(self.suite)} | {self.tried} | {self.times:,} | {self.through} | {day} |"


def _name(suite: str) -> str:
    return f"`python -m tests.reliability.{suite}`"


def record(figure: Figure, path: Path = TABLE) -> None:
    """Put the row in the place of the one that the same suite wrote before, or below the last."""
    lines = path.read_text("utf-8").splitlines()
    rows = [number for number, line in enumerate(lines) if line.startswith("|")]
    same = [number for number in rows if lines[number].startswith(f"| {_name(figure.suite)} |")]
    if same:
        lines[same[0]] = figure.row
    else:
        lines.insert(rows[-1] + 1, figure.row)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    THREATS.write_text(with_figures(THREATS.read_text("utf-8"), path.read_text("utf-8")), "utf-8")
    print(figure.row)


def with_figures(threats: str, table: str) -> str:
    """The table of threats with how often each suite tried, and what got through."""
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    told = {suite: f"{times} | {through}" for suite, _, times, through, _ in rows}
    lines = []
    for line in threats.splitlines():
        cells = line.strip("| ").split(" | ")
        figures = told.get(_name(cells[2].strip("`")), "") if len(cells) > 2 else ""
        lines.append(f"| {' | '.join(cells[:3])} | {figures} |" if figures else line)
    return "\n".join(lines) + "\n"


def report(suite: str, tried: str, found: Sequence[Sequence[str]], through: str) -> None:
    """Print the first fault of each try that has one, and keep how many these are of all, in words."""
    faulty = [faults for faults in found if faults]
    print("\n".join(faults[0] for faults in faulty))
    record(Figure(suite, tried, len(found), f"{len(faulty)} {through}"))
