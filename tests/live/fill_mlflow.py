"""Fill an MLflow server by its own client: `python fill_mlflow.py URL EXPERIMENT TRACES BEGIN_NS [results]`.

Runs where MLflow is installed. Each trace is a minute after the one before it, with a retrieval and a model call below
its root; with `results` each is assessed by two scorers, one of which fails for every fourth.
"""

import sys

import mlflow
from mlflow.entities import AssessmentError, AssessmentSource, SpanType

MINUTE, MILLISECOND = 60_000_000_000, 1_000_000


def main(url: str, experiment: str, traces: int, begin: int, *, results: bool) -> None:
    mlflow.set_tracking_uri(url)
    mlflow.set_experiment(experiment)
    for at in range(traces):
        trace_id = trace(at, begin + at * MINUTE)
        if results:
            assess(trace_id, at)
    mlflow.flush_trace_async_logging()


def trace(at: int, start: int) -> str:
    root = mlflow.start_span_no_context(
        "answer",
        span_type=SpanType.CHAIN,
        inputs={"question": f"q{at}"},
        tags={"tenant": "acme" if at % 2 else "globex"},
        metadata={"version": "2026.11", "workflow": "refunds"},
        start_time_ns=start,
    )
    below = {"retrieve": (SpanType.RETRIEVER, 5, 40), "write": (SpanType.CHAT_MODEL, 45, 95)}
    for name, (kind, begins, ends) in below.items():
        span = mlflow.start_span_no_context(
            name,
            span_type=kind,
            parent_span=root,
            inputs={"q": at},
            start_time_ns=start + begins * MILLISECOND,
        )
        span.set_outputs({"n": at})
        span.end(end_time_ns=start + ends * MILLISECOND)
    root.set_outputs({"answer": f"a{at}"})
    root.end(end_time_ns=start + 100 * MILLISECOND)
    return str(root.trace_id)


def assess(trace_id: str, at: int) -> None:
    mlflow.flush_trace_async_logging()
    code = AssessmentSource(source_type="CODE", source_id="scorer")
    mlflow.log_feedback(trace_id=trace_id, name="exact", value=at % 2 == 0, source=code)
    if at % 4 == 3:
        error = AssessmentError(error_code="SCORER_ERROR", error_message="the judge is away")
        mlflow.log_feedback(trace_id=trace_id, name="score", error=error, source=code)
    else:
        mlflow.log_feedback(trace_id=trace_id, name="score", value=0.5, source=code)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), results="results" in sys.argv)
