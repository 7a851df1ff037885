"""The files of Acme's own evaluation tool: JSON with a run, its version, and a list of scored cases."""

from __future__ import annotations

from readiness.importers import Batch, Options, Source
from readiness.importers.cases.scored import Case, Run, day, number, to_batch


class AcmeScores:
    format = "acme-scores"
    title = "Acme scores (JSON)"

    def sniff(self, source: Source) -> bool:
        return source.head_text.lstrip().startswith('{"acme_scores"')

    def read(self, source: Source, options: Options) -> Batch:
        document = source.json
        run = Run(tool="Acme scores", measured_on=day(document.get("ran_on")))
        for at, case in enumerate(document["acme_scores"]):
            if not isinstance(case, dict) or not isinstance(case.get("scores"), dict):
                run.skip(f"acme_scores[{at}]", "it has no scores")
                continue
            scores = {name: number(value) for name, value in case["scores"].items()}
            fields = {"workflow": str(case.get("flow", ""))}
            run.cases.append(Case(str(document["version"]), scores, fields, case_id=str(case.get("id", at))))
        return to_batch(source, options, run, self.format)


IMPORTER = AcmeScores()
