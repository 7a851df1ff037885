"""Every public function of the services, found by walking the package, so that none is forgotten."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

from readiness import services


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each as `module.function`."""
    for module in pkgutil.iter_modules(services.__path__):
        if not module.name.startswith("_"):
            room = importlib.import_module(f"{services.__name__}.{module.name}")
            for name, function in inspect.getmembers(room, inspect.isfunction):
                if function.__module__ == room.__name__ and not name.startswith("_"):
                    yield f"{module.name}.{name}", function
