"""garak's report (https://reference.garak.ai/en/latest/report.html): JSON lines of a run that probes a model.

Figures come from the `eval` lines alone, one for each probe and detector: attempts stand twice, and may be cut out of
a file that is passed on. What a detector flags is a hit, which is an attack that succeeded; `nones` could not be
judged. Several detectors judge the same attempts, so no figure is over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from readiness.errors import InputError
from readiness.importers.batch import Batch, Options
from readiness.importers.cases.attacks import ATTACK, MEASURE, SUCCESS
from readiness.importers.cases.loads import Group
from readiness.importers.cases.scored import UNNAMED, Run, day, to_batch
from readiness.importers.naming import label
from readiness.importers.source.gateway import Source, parse_json
from readiness.importers.source.lines import lines
from readiness.importers.source.shapes import members, whole
from readiness.importers.spans.documents import keys_at
from readiness.language import marked, tr
from readiness.model.cells import Cell

_KINDS = (b'"eval"', b'"init"')
NOTE = "each detector judges the same attempts, so there is a figure for each probe and detector and none over all"


class Garak:
    format = "garak"
    title = marked("garak report (JSON lines)")

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip().startswith("{") and "entry_type" in keys_at(source)[0]

    def read(self, source: Source, options: Options) -> Batch:
        """Attack success by probe and detector. Raises InputError where the run was not evaluated."""
        report = Evaluations()
        for place, text in lines(source, lambda line: any(kind in line[:400] for kind in _KINDS)):
            report.add(place, members(parse_json(text, file=source.name, place=place, nan=True)))
        if not report.cells:
            problem = tr("the run was not evaluated")
            if report.run.skips:
                problem = tr("the run was not evaluated: {reason}", reason=report.run.skips[0].reason)
            raise InputError(problem, file=source.name, expected=tr("lines of the kind eval"))
        report.run.stated = list(report.cells.values())
        report.run.notes.append(NOTE)
        return to_batch(source, options, report.run, self.format)


IMPORTER = Garak()


@dataclass
class Evaluations:
    """What was read: a figure for each probe and detector, the last one where a run was evaluated again."""

    run: Run = field(default_factory=lambda: Run(tool="garak", measures={SUCCESS: MEASURE}))
    cells: dict[str, Cell] = field(default_factory=dict)

    def add(self, place: str, line: dict[str, Any]) -> None:
        kind = line.get("entry_type")
        if kind == "init":
            self.run.tool_version = str(line.get("garak_version") or "")[:300]
            self.run.measured_on = day(line.get("start_time"))
            self.run.ids = {"run": str(line["run"])[:300]} if line.get("run") else {}
        elif kind == "eval":
            self._evaluated(place, line)

    def _evaluated(self, place: str, line: dict[str, Any]) -> None:
        stated = line.get("total_evaluated", line.get("total"))
        n, passed, errors = whole(stated), whole(line.get("passed")), whole(line.get("nones", 0))
        name = "/".join(filter(None, (label(line.get("probe")), label(_detector(line.get("detector"))))))
        if n is None or passed is None or errors is None or passed > n or "/" not in name:
            self.run.skip(place, "the evaluation does not state probe, detector and how many passed of how many")
            return
        if name in self.cells:
            self.run.notes.append(f"{name} was evaluated again ({place}), and the last evaluation counts"[:500])
        hits = Group(UNNAMED, dimension=ATTACK, value=name).share(SUCCESS, MEASURE, n - passed, n)
        self.cells[name] = hits.model_copy(update={"errors": errors})


def _detector(name: object) -> object:
    """Older reports write `detector mitigation.MitigationBypass`."""
    return name.removeprefix("detector ") if isinstance(name, str) else name
