"""What is kept of a trace as it was before redaction: only what was changed, and only when a person asks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from readiness.importers import Batch, Options, Source
from readiness.importers import read as importers_read

UNTIL = dt.date(2026, 12, 1)
MAIL = "dana@example.com"


def read(folder: Path, *rows: dict[str, Any], until: dt.date | None = UNTIL) -> Batch:
    stated = {"trace_id": "t1", "span_id": "s1", "kind": "request", "name": "n", "duration_ms": 1, "status": "ok"}
    lines = [json.dumps({**stated, "start": "2026-11-20T09:00:00Z", **row}) for row in rows]
    path = folder / "spans.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return importers_read(Source.open(path), Options(raw_until=until))


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path: Path) -> None:
    batch = read(tmp_path, {"input": MAIL}, until=None)
    assert batch.raw == ()
    assert batch.evidence
    assert batch.evidence.options.raw_until is None


def test_only_what_redaction_changed_is_kept_and_the_trace_itself_stays_redacted(tmp_path: Path) -> None:
    attributes = {"model": "gpt", "user": MAIL, MAIL: "x", "asked": ["by", MAIL], "n": 4}
    batch = read(
        tmp_path,
        {"input": {"question": MAIL}, "output": "nothing to see", "error": f"bad {MAIL}", "attributes": attributes},
        {"span_id": "s2", "parent_id": "s1", "input": "plain"},
    )
    (kept,) = batch.raw
    assert (kept.trace_id, kept.span_id, kept.expires_on) == ("t1", "s1", UNTIL)
    assert (kept.input, kept.output, kept.error) == (f'{{"question": "{MAIL}"}}', "", f"bad {MAIL}")
    assert kept.attributes == {"user": MAIL, MAIL: "x", "asked": f'["by", "{MAIL}"]'}
    assert MAIL not in batch.traces[0].model_dump_json()
    assert batch.evidence
    assert batch.evidence.options.model_dump() == {"raw_until": "2026-12-01"}
    assert batch.warnings[-1] == "the texts of 1 span before redaction are kept apart until 1 Dec 2026"


def test_a_long_text_is_cut_where_the_trace_cuts_it_and_a_text_that_is_only_cut_is_not_kept(tmp_path: Path) -> None:
    batch = read(
        tmp_path, {"input": f"{MAIL} {'x' * 30_000}", "output": "y" * 30_000, "attributes": {"a": ["z" * 30_000]}}
    )
    (kept,) = batch.raw
    assert kept.input == f"{MAIL} {'x' * 30_000}"[:20_000]
    assert (kept.output, kept.attributes) == ("", {})
