"""The reference pages of the site, drawn from the checklist, the importers, the commands, the rights and the API."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from readiness import paths
from readiness.access import ROLES
from readiness.cli.app import COMMANDS, command
from readiness.formatting import capital, listed
from readiness.importers import IMPORTERS, not_read
from readiness.model.checklist import Checklist, Section, Signal, load
from readiness.model.checks import Check
from readiness.pack.markdown import Md, table, text
from readiness.web import navigation


def signals() -> str:
    (checklist,) = load(paths.CHECKLISTS).values()
    parts = [
        "# Signals and their checks",
        f"{text(checklist.name)} {checklist.version}: {len(checklist.signals)} signals, and what each answer “No – "
        "controlled” is held against. [How the verdict is made](../docs/verdict.md) says what the kinds of checks ask; "
        "the [file](../data/checklists/llm-rollout.toml) has the reason for each threshold.",
    ]
    for section in checklist.sections:
        parts += _section(section, checklist)
    return "\n\n".join([*parts, "## Metrics", _metrics(checklist)])


def _section(section: Section, checklist: Checklist) -> Iterator[str]:
    yield f"## {text(section.name)}"
    yield text(section.question)
    for signal in checklist.all:
        if signal.section == section.id:
            yield _signal(signal)


def _signal(signal: Signal) -> str:
    number = f"{signal.number}. " if signal.scored else ""
    facts = [
        f"**Risk.** {text(signal.risk)}",
        f"**What shows control.** {text(signal.needs)}",
        f"**What to do.** {text(signal.remedy)}",
    ]
    if signal.override:
        facts.append("**A gap here blocks**, whatever the score.")
    if signal.critical:
        facts.append("**It can be critical**, and a critical gap blocks too.")
    checks = "\n".join(f"- {_check(check)}" for check in signal.checks)
    return "\n\n".join([f"### {number}{text(signal.name)}", *facts, checks or "No check decides it: it is attested."])


def _check(check: Check) -> str:
    """`level` metric = `tool_success`, min = `0.95`."""
    stated = check.model_dump(exclude={"kind"}, exclude_none=True)
    told = [f"{name} {_value(value)}" for name, value in stated.items() if value not in ((), [], "", False)]
    return f"`{check.kind}` {', '.join(told)}".strip()


def _value(value: object) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    return listed([f"`{item}`" for item in items])


def _metrics(checklist: Checklist) -> Md:
    rows = [
        {"metric": Md(f"`{metric.id}`"), "name": metric.name, "unit": metric.unit, "better": metric.direction}
        for metric in checklist.metrics
    ]
    return table(rows, {"metric": "metric", "name": "name", "unit": "unit", "better": "better"})


def importers() -> str:
    parts = [
        "# Importers",
        "A file is told by its content; `--format` says it where two would fit. In the order in which they are asked:",
    ]
    for importer in IMPORTERS:
        about = inspect.getdoc(sys.modules[type(importer).__module__]) or ""
        parts += [f"## `{importer.format}`", f"{text(capital(importer.title))}.", about.replace("<", "\\<")]
    names = dict.fromkeys(known.what for known in not_read.KNOWN)
    parts += ["## Recognised, and refused by name", "\n".join(f"- {text(name)}" for name in names)]
    return "\n\n".join(parts)


def commands() -> str:
    parts = ["# Commands", "Drawn from the program; [the command line](../docs/commands.md) says what they are for."]
    for name in COMMANDS:
        parts += _command(f"readiness {name}", command(name))
    return "\n\n".join(parts)


def _command(name: str, about: Any, level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {name}"
    yield text(inspect.cleandoc(about.help or "").replace("\n\n", " "))
    below = getattr(about, "commands", {})
    for name_below, one in below.items():
        yield from _command(f"{name} {name_below}", one, level + 1)
    shown = [] if below else [parameter for parameter in about.params if not parameter.hidden]
    arguments = [_placeholder(parameter) for parameter in shown if parameter.param_type_name == "argument"]
    needed = [_usage(parameter) for parameter in shown if parameter.param_type_name == "option" and parameter.required]
    if not below:
        yield f"```text\n{' '.join([name, *arguments, *needed])}\n```"
    if shown:
        rows = [
            {"name": Md(f"`{_usage(parameter)}`"), "says": parameter.help or "", "default": _default(parameter)}
            for parameter in shown
        ]
        yield table(rows, {"argument or option": "name", "says": "says", "default": "default"})


def _placeholder(parameter: Any) -> str:
    named: str = parameter.metavar or parameter.name.upper()
    return named + ("…" if parameter.nargs == -1 else "")


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return _placeholder(parameter)
    names = " / ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {_placeholder(parameter)}"


def _default(parameter: Any) -> Md:
    if parameter.required:
        return Md("needed")
    plain = parameter.default in (None, "", False, (), [])
    told = [] if plain or callable(parameter.default) else [f"`{parameter.default}`"]
    return Md(", ".join([*told, *_variables(parameter)]) or "–")


def _variables(parameter: Any) -> list[str]:
    named = parameter.envvar or []
    return [f"`{name}`" for name in ([named] if isinstance(named, str) else named)]


def roles() -> str:
    return "\n\n".join(
        [
            "# Roles",
            f"{len(ROLES)} roles, on one system or on all; [people](../docs/people.md) says how they are given.",
            navigation.as_markdown(),
        ]
    )


def api() -> str:
    document = json.loads((paths.ROOT / "docs" / "openapi.json").read_text("utf-8"))
    parts = [
        "# HTTP API",
        "Under `/api/v1`, with a token of [a person](../docs/people.md) as `Authorization: Bearer`. The whole "
        "description is [openapi.json](../docs/openapi.json); a dashboard serves its own at `/api/v1/openapi.json`.",
    ]
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            parts += _route(method.upper(), path, about)
    parts += ["## Bodies", *_schemas(document["components"]["schemas"])]
    return "\n\n".join(parts)


def _route(method: str, path: str, about: dict[str, Any]) -> Iterator[str]:
    yield f"## `{method} {path}`"
    yield f"{text(about['summary'])}."
    for kind, content in about.get("requestBody", {}).get("content", {}).items():
        yield f"The body is {_type(content['schema'])} (`{kind}`)."
    rows = [
        {
            "name": Md(f"`{parameter['name']}`"),
            "where": parameter["in"],
            "type": _type(parameter["schema"]),
            "says": parameter.get("description", ""),
            "default": _without(parameter["required"], parameter["schema"]),
        }
        for parameter in about.get("parameters", [])
    ]
    if rows:
        columns = {"parameter": "name", "in": "where", "type": "type", "says": "says", "default": "default"}
        yield table(rows, columns)


def _schemas(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in schemas.items():
        needed = schema.get("required", [])
        rows = [
            {"name": Md(f"`{key}`"), "type": _type(value), "default": _without(key in needed, value)}
            for key, value in schema.get("properties", {}).items()
        ]
        yield f"### `{name}`"
        yield from filter(None, [text(schema.get("description", ""))])
        yield table(rows, {"field": "name", "type": "type", "default": "default"})


def _without(needed: bool, schema: dict[str, Any]) -> Md:
    if needed:
        return Md("needed")
    return Md(f"`{json.dumps(schema['default'])}`" if schema.get("default") not in (None, "") else "–")


def _type(schema: dict[str, Any]) -> Md:
    """`string (date)`, `one of …`, `GapChange`, or what any of several are."""
    if "anyOf" in schema:
        kinds = [_type(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return Md(" or ".join(dict.fromkeys(kinds)))
    if "$ref" in schema:
        return Md(f"`{schema['$ref'].rpartition('/')[2]}`")
    if "enum" in schema:
        return Md(listed([f"`{value}`" for value in schema["enum"]], "or"))
    if schema.get("type") == "array":
        return Md(f"list of {_type(schema['items'])}")
    return Md(" ".join(filter(None, [schema.get("type", "anything"), schema.get("format", "")])))


DRAWN: dict[str, Callable[[], str]] = {
    "reference/signals.md": signals,
    "reference/importers.md": importers,
    "reference/commands.md": commands,
    "reference/roles.md": roles,
    "reference/api.md": api,
}
"""Each page that no file of the repository holds, and what draws it."""
