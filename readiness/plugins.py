"""What other packages add: importers, checks, checklists and sections of packs, by the entry points of Python packages.

A plug-in is there because somebody installed it, and runs with every right of the program. One that cannot be loaded
is named in one sentence, and nothing else is lost by it. What is loaded is part of what a verdict rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, get_args

from readiness.errors import InputError, ReadinessError
from readiness.language import tr

Group = Literal["readiness.importers", "readiness.checks", "readiness.checklists", "readiness.pack_sections"]
GROUPS: tuple[Group, ...] = get_args(Group)
_FAILURES: dict[str, None] = {}


@dataclass(frozen=True)
class Plugin:
    """`name` is that of the entry point, `package` and `version` are of what was installed, `offers` is the object."""

    name: str
    package: str
    version: str
    offers: Any

    @property
    def told(self) -> str:
        return f"{self.name} of {self.package} {self.version}"

    def call(self, what: Callable[..., Any], *arguments: Any) -> Any:
        """What a function of the plug-in gives. Raises InputError in place of whatever it fails with."""
        try:
            return what(*arguments)
        except ReadinessError:
            raise
        except Exception as exc:
            raise InputError(
                tr("the plug-in {told} failed ({name}: {reason})", told=self.told, name=type(exc).__name__, reason=exc)
            ) from exc


@cache
def of(group: Group) -> tuple[Plugin, ...]:
    """Those of a group that could be loaded, in the order of their names."""
    found = sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value))
    return tuple(plugin for entry in found if (plugin := _loaded(group, entry)))


def _loaded(group: Group, entry: EntryPoint) -> Plugin | None:
    package, version = (entry.dist.name, entry.dist.version) if entry.dist else ("a package", "without a version")
    try:
        return Plugin(entry.name, package, version, entry.load())
    except Exception as exc:  # noqa: BLE001 - whatever somebody else's code does on its way in
        failed(f"the plug-in {entry.name} of {package} {version} ({group}) cannot be loaded: {exc}")
        return None


def failed(sentence: str) -> None:
    """Keep that something of a plug-in cannot be used, for whoever looks."""
    _FAILURES[sentence] = None


def failures() -> tuple[str, ...]:
    """What could not be used so far in this process, a sentence each."""
    return tuple(_FAILURES)


def installed() -> tuple[str, ...]:
    """Every plug-in that is there, by group, name, package and version; nothing of it is loaded."""
    return tuple(
        f"{group} {entry.name} {entry.dist.name if entry.dist else ''} {entry.dist.version if entry.dist else ''}"
        for group in GROUPS
        for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value))
    )


@cache
def judging() -> tuple[str, ...]:
    """Those that a verdict may rest on, `name of package version`: all but sections of packs, which show it only."""
    groups: tuple[Group, ...] = ("readiness.importers", "readiness.checks", "readiness.checklists")
    return tuple(dict.fromkeys(plugin.told for group in groups for plugin in of(group)))
