"""What was worked out once of something that does not change, for as long as that is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, MutableMapping
from functools import wraps
from threading import Lock, RLock
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from cachetools import LRUCache, cached

from . import language

Thing = TypeVar("Thing")
P = ParamSpec("P")
T = TypeVar("T")
LAST = 256


def in_language(*asked: Hashable, **named: Hashable) -> tuple[Hashable, ...]:
    """What an answer is kept by in which there may be words, as the key of a cache."""
    return (language.current(), *asked, *sorted(named.items()))


class Kept:
    """Answers by what was asked, in each language; of many who ask at once one works it out."""

    def __init__(self) -> None:
        self._lock, self._answers = RLock(), dict[Hashable, Any]()
        self._last: LRUCache[Hashable, Any] = LRUCache(LAST)

    def once(self, asked: Hashable, work: Callable[[], T]) -> T:
        return self._one(self._answers, asked, work)

    def lately(self, asked: Hashable, work: Callable[[], T]) -> T:
        """The same of what anybody may ask in any number of ways: the last answers alone stay."""
        return self._one(self._last, asked, work)

    def _one(self, answers: MutableMapping[Hashable, Any], asked: Hashable, work: Callable[[], T]) -> T:
        key = in_language(asked)
        with self._lock:
            if key not in answers:
                answers[key] = work()
            answer: T = answers[key]
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


def spoken(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keeps the last answers of what works out words, each in its language."""
    return cached(LRUCache(most), key=in_language, lock=Lock())
