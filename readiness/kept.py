"""What was worked out once of something that does not change, for as long as that is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock, RLock
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

Thing = TypeVar("Thing")
P = ParamSpec("P")
T = TypeVar("T")


class Kept:
    """Answers by what was asked; of many who ask at once one works it out."""

    def __init__(self) -> None:
        self._lock, self._answers = RLock(), dict[Hashable, Any]()

    def once(self, asked: Hashable, work: Callable[[], T]) -> T:
        with self._lock:
            if asked not in self._answers:
                self._answers[asked] = work()
            answer: T = self._answers[asked]
            return answer


def kept(work: Callable[Concatenate[Thing, P], T]) -> Callable[Concatenate[Thing, P], T]:
    """Keeps what is worked out of a thing with each of the arguments, for as long as somebody else has the thing.

    Things are told apart by what they are and not by what is in them (`eq=False`). What is worked out must not hold on
    to the thing, which would stay for ever.
    """
    guard, by_thing = Lock(), WeakKeyDictionary[Thing, Kept]()

    @wraps(work)
    def worked_out(thing: Thing, /, *args: P.args, **named: P.kwargs) -> T:
        with guard:
            own = by_thing.setdefault(thing, Kept())
        return own.once((args, *sorted(named.items())), lambda: work(thing, *args, **named))

    return worked_out
