"""What was worked out once."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pytest

from readiness.kept import LAST, Kept, kept


@dataclass(frozen=True, eq=False)
class Thing:
    size: int


def test_what_is_asked_twice_is_worked_out_once_for_each_thing_and_argument() -> None:
    asked: list[tuple[int, int]] = []

    @kept
    def times(thing: Thing, by: int) -> int:
        asked.append((thing.size, by))
        return thing.size * by

    one, same = Thing(2), Thing(2)
    assert [times(one, 3), times(one, 3), times(one, 4), times(same, 3)] == [6, 6, 8, 6]
    assert times(one, by=3) == 6
    assert asked == [(2, 3), (2, 4), (2, 3), (2, 3)]


def test_nothing_is_kept_of_a_thing_that_is_gone() -> None:
    drawn = kept(lambda thing: [thing.size])
    thing = Thing(1)
    gone = weakref.ref(thing)
    drawn(thing)
    del thing
    gc.collect()
    assert gone() is None


def test_of_many_who_ask_at_once_one_works_it_out() -> None:
    answers, asked, together = Kept(), [], threading.Barrier(8)

    def slow() -> int:
        asked.append(1)
        time.sleep(0.05)
        return 7

    def ask(_: int) -> int:
        together.wait()
        return answers.once("seven", slow)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {7}
    assert len(asked) == 1


def test_an_error_is_no_answer() -> None:
    answers = Kept()

    def fail() -> int:
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        answers.once("it", fail)
    assert answers.once("it", lambda: 3) == 3


def test_of_what_anybody_may_ask_the_last_answers_alone_stay() -> None:
    answers, asked = Kept(), list[int]()
    numbers = range(LAST + 1)

    def worked_out(number: int) -> int:
        asked.append(number)
        return number

    for number in (*numbers, LAST, 0):
        assert answers.lately(number, partial(worked_out, number)) == number
    assert asked == [*numbers, 0]
    assert answers.once(0, lambda: "apart") == "apart"
