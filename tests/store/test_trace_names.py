"""Traces by what they are called, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.services import demo
from readiness.store import Store, queries
from tests import factories
from tests.stored import CopyOf


def _demo(store: Store, _: Path) -> None:
    demo.load(store, factories.principal())


@pytest.fixture
def store(copy_of: CopyOf) -> Store:
    """The demo portfolio, on each database."""
    return copy_of(_demo)


def test_a_trace_is_found_by_part_of_its_id_its_workflow_or_its_lesson_in_either_case(store: Store) -> None:
    every = queries.traces.named(store, ["freight-support"], "", most=100)
    one = next(trace for trace in every if trace.note)
    for text in (one.trace_id[3:12], one.trace_id.upper(), one.workflow, one.note[5:20].upper()):
        assert one in queries.traces.named(store, ["freight-support", "claims-intake"], text, most=100)


def test_a_sign_that_stands_for_others_in_sql_stands_for_itself(store: Store) -> None:
    assert queries.traces.named(store, ["freight-support"], "%", most=5) == []
    assert queries.traces.named(store, ["freight-support"], "_" * 8, most=5) == []


def test_another_system_is_left_out_and_no_more_than_asked_for_are_read(store: Store) -> None:
    assert len(queries.traces.named(store, ["freight-support"], "", most=2)) == 2
    assert {trace.system for trace in queries.traces.named(store, ["claims-intake"], "", most=50)} == {"claims-intake"}
    assert queries.traces.named(store, [], "", most=5) == []
