"""Every sample is told by its content: the importer that reads it takes it, and no other does."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.errors import InputError
from readiness.importers import IMPORTERS, Options, Source, read
from tests import samples

OWN = {
    "artillery/cand.json": "artillery",
    "azure_eval/cand.json": "azure-evaluation",
    "braintrust/results.jsonl": "braintrust",
    "deepeval/run_of_traces.json": "deepeval-traces",
    "deepeval/v4.3.1_results_folder.json": "deepeval",
    "deepteam/cand.json": "deepteam",
    "garak/base.report.jsonl": "garak",
    "guidellm/cand.json": "guidellm",
    "hey/hey.csv": "hey",
    "inspect/support.eval": "inspect",
    "inspect/support.json": "inspect",
    "jmeter/results.jtl": "jmeter",
    "jmeter/samples.xml": "jmeter",
    "judges/judged.toml": "assessment",
    "judges/labels.csv": "judge-labels",
    "judges/results.csv": "native-results",
    "junit/promptfoo_v0.123.1_rollout.junit.xml": "junit",
    "k6/handle_summary.json": "k6",
    "k6/summary_export.json": "k6",
    "langfuse/experiment_items.json": "langfuse-experiment",
    "langfuse/export.json": "langfuse",
    "langsmith/experiment.json": "langsmith-experiment",
    "langsmith/v0.15.0_runs.jsonl": "langsmith",
    "lm_eval/orders.jsonl": "lm-eval",
    "lm_eval/results.json": "lm-eval",
    "lm_eval/samples.jsonl": "lm-eval",
    "lm_eval/v0.3_results.json": "lm-eval",
    "locust/cand.json": "locust",
    "locust/cand_stats.csv": "locust",
    "mlflow/v2.20_eval_results_table.json": "mlflow-eval",
    "mlflow/v3.17.2_genai_eval_results.csv": "mlflow-eval",
    "mlflow/v3.17.2_genai_metrics.json": "mlflow-eval",
    "mlflow/v3.17.2_traces.jsonl": "mlflow-traces",
    "mlflow_api/traces_batchGet.json": "mlflow-traces",
    "mlflow_api/traces_search_page1.json": "mlflow-eval",
    "native/assessment.toml": "assessment",
    "native/results.csv": "native-results",
    "native/spans.jsonl": "native-spans",
    "openinference/attributes_alone.json": "openinference",
    "openinference/phoenix_annotations.csv": "openinference",
    "openinference/phoenix_rest_spans.json": "openinference",
    "openinference/phoenix_spans.csv": "openinference",
    "openinference/phoenix_spans.jsonl": "openinference",
    "openinference/phoenix_spans.parquet": "openinference",
    "otlp/otlp_batch.json": "otlp",
    "otlp/otlp_collector_lines.jsonl": "otlp",
    "opik/experiment_items.jsonl": "opik",
    "opik/traces.jsonl": "opik-traces",
    "phoenix_api/experiment_support-2026.11.csv": "phoenix-experiment",
    "phoenix_api/experiment_support-2026.11.json": "phoenix-experiment",
    "promptfoo.json": "promptfoo",
    "pydantic_evals/report_base.json": "pydantic-evals",
    "pyrit/conversations.json": "pyrit",
    "pyrit/scenario_result.json": "pyrit",
    "ragas/v0.4.3_results.csv": "table",
    "vllm/bench.json": "vllm-bench",
}
"""Each sample of the suite, and the format that takes it."""
WRITTEN_HERE = {
    "deepeval/run_of_traces.json",
    "jmeter/samples.xml",
    "judges/judged.toml",
    "judges/labels.csv",
    "judges/results.csv",
    "k6/handle_summary.json",
    "k6/summary_export.json",
    "langfuse/experiment_items.json",
    "langfuse/export.json",
    "opik/experiment_items.jsonl",
    "opik/traces.jsonl",
    "langsmith/experiment.json",
    "lm_eval/orders.jsonl",
    "lm_eval/v0.3_results.json",
    "native/assessment.toml",
    "native/results.csv",
    "native/spans.jsonl",
    "openinference/attributes_alone.json",
    "pyrit/conversations.json",
    "pyrit/scenario_result.json",
    "vllm/bench.json",
}
"""Samples that no tool wrote: small ones in the documented shape."""
RENAMED = {
    "inspect/support.eval": "inspect/v0.3.285_zstd_support_v1.eval",
    "inspect/support.json": "inspect/v0.3.285_support_v1.json",
    "lm_eval/results.json": "lm_eval/results_2026-11-23T10-34-17.775397.json",
    "lm_eval/samples.jsonl": "lm_eval/samples_support_gen_2026-11-23T10-34-17.775397.jsonl",
    "promptfoo.json": "promptfoo/v3_0.123.1_rollout.json",
}
"""Samples that have another name in the larger set."""
COPIES = {RENAMED.get(name, name): name for name in OWN if name not in WRITTEN_HERE}
SHARED = {
    "deepeval/test_run_with_trace.json": "deepeval",
    "garak/cand_attempts_cut.report.jsonl": "garak",
    "inspect/v0.3.41_log_formats.eval": "inspect",
    "inspect/v0.3.41_log_formats.json": "inspect",
    "inspect/v0.3.58_popularity_10samples.eval": "inspect",
    "inspect/v0.3.95_security_guide.json": "inspect",
    "k6/handle_summary.json": "k6",
    "k6/summary_export.json": "k6",
    "langfuse/trace_google-adk.json": "langfuse",
    "langfuse/trace_llamaindex.json": "langfuse",
    "langfuse/trace_openai-agents_tool.json": "langfuse",
    "langfuse/uilog_llamaindex_ms_latency.json": "langfuse",
    "lm_eval/v0.3_pythia-1.4b-5shot_step143000.json": "lm-eval",
    "openinference/attrs_openinference_client_span.json": "openinference",
    "openinference/attrs_otel_genai_client_span.json": "openinference",
    "openinference/vercel_v6_readable_spans.json": "otlp",
    "otlp/otel_proto_example_trace.json": "otlp",
    "otlp/otlp_trace_full_spec.json": "otlp",
    "promptfoo/v1_simple-test_output.json": "promptfoo",
    "promptfoo/v2_node-package_output.json": "promptfoo",
    "promptfoo/v3_simple-cli_output.json": "promptfoo",
}
"""Samples that stand in the larger set only."""
REFUSED = {"openinference/attributes_alone.json", "openinference/phoenix_annotations.csv"}
"""What a tool writes beside its spans, and its importer refuses in a sentence of its own."""
TWICE = {"deepeval-traces": {"deepeval"}, "judge-labels": {"native-results"}}
"""A run of DeepEval with traces and no score would be one without results, which its own importer says; labels of a
judge and of people beside a column `metric` would be native results that lack their values."""


def takers(path: Path) -> list[str]:
    """The formats that take the file for their own; any other table does only what nobody else takes."""
    source = Source.open(path)
    return [importer.format for importer in IMPORTERS[:-1] if importer.sniff(source)] or [
        importer.format for importer in IMPORTERS[-1:] if importer.sniff(source)
    ]


def test_every_format_has_a_sample() -> None:
    assert set(OWN.values()) == {importer.format for importer in IMPORTERS}


def test_every_sample_has_its_format_stated_here() -> None:
    there = {path.relative_to(samples.DATA).as_posix() for path in samples.DATA.rglob("*") if path.is_file()}
    others = ("not_read/", "proposals/", "cases/", "redaction/", "schemas/", "looks/")
    assert {name for name in there if not name.startswith(others)} == set(OWN)


@pytest.mark.parametrize("path", [*samples.own(*OWN), *samples.shared(*SHARED)])
def test_a_sample_is_taken_by_its_format_and_by_no_other(path: Path) -> None:
    name = path.relative_to(samples.SHARED if path.is_relative_to(samples.SHARED) else samples.DATA).as_posix()
    reader = (SHARED | OWN)[name]
    taken = takers(path)
    assert taken[0] == reader
    assert set(taken) - {reader} == TWICE.get(reader, set())


@pytest.mark.parametrize("path", samples.shared(*COPIES))
def test_a_sample_that_a_tool_wrote_was_not_changed_afterwards(path: Path) -> None:
    copy = COPIES[path.relative_to(samples.SHARED).as_posix()]
    assert (samples.DATA / copy).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", sorted(OWN.keys() - REFUSED))
def test_a_sample_is_read_with_nothing_left_out(name: str) -> None:
    batch = read(Source.open(samples.DATA / name))
    assert (batch.format, batch.skipped) == (OWN[name], ())
    assert batch.assessment or batch.cells or batch.traces


@pytest.mark.shared_samples
def test_no_file_of_the_larger_set_is_taken_by_two_formats() -> None:
    paths = [path for path in samples.SHARED.rglob("*") if path.is_file()]
    assert paths
    assert [path for path in paths if len(takers(path)) > 1] == []


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_sample_that_is_read_as_another_format_is_read_or_refused(name: str) -> None:
    source = Source.open(samples.DATA / name, name)
    refused = 0
    for importer in IMPORTERS:
        try:
            batch = read(source, Options(format=importer.format))
        except InputError as exc:
            assert exc.file == name  # noqa: PT017
            refused += 1
        else:
            assert (batch.assessment is None) != (batch.evidence is None)
    assert refused
