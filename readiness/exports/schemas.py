"""JSON Schema of the files that people write, drawn from the records that they are read into.

A schema says what an editor can check as somebody types. What takes more than one look (sums, names that stand twice,
signals of a checklist, dates that cannot be meant) is for `readiness lint`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from readiness import paths
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.card import SystemCard
from readiness.model.checklist import Checklist
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
_REF = "#/$defs/{model}"
_SLUG = "^[a-z0-9]+(-[a-z0-9]+)*$"
_STATED: Schema = {"type": "string", "pattern": "\\S"}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_PACKS: Schema = {
    "type": "object",
    "description": "What may leave in packs.",
    "additionalProperties": False,
    "properties": {"public_dimensions": {"type": "array", "items": {"type": "string", "maxLength": 300}}},
}


def text(kind: str) -> str:
    """A schema as it is published. Raises InputError for a kind that there is not."""
    if kind not in KINDS:
        raise InputError(
            tr("there is no schema of {kind!r}", kind=kind), expected=tr("one of {known}", known=", ".join(KINDS))
        )
    return (paths.SCHEMAS / f"{kind}{SUFFIX}").read_text("utf-8")


def written(kind: str) -> str:
    """The same, drawn from the records as they are now."""
    return json.dumps(KINDS[kind](), indent=1, ensure_ascii=False) + "\n"


def _assessment() -> Schema:
    definitions = _definitions(System, Assessment, Mark, ReleasePolicy, MonitoringPlan, SystemCard)
    del definitions["Assessment"]["properties"]["checklist"]  # which stands above the first table
    del definitions["Mark"]["properties"]["signal"]  # which is the name of its table
    definitions["Mark"]["required"] = []
    marks = {"$ref": _REF.format(model="Mark")}
    own = {
        "format": {"const": "readiness-assessment/1", "description": "Which format this is."},
        "checklist": {"type": "string", "maxLength": 300, "description": "The id of the checklist."},
        "system": _ref(System),
        "assessment": _ref(Assessment),
        "marks": {
            "type": "object",
            "description": "One table for each signal of the checklist.",
            "propertyNames": {"pattern": _SLUG, "maxLength": 80},
            "additionalProperties": marks,
        },
        "policy": _ref(ReleasePolicy),
        "packs": _PACKS,
        "monitoring": _ref(MonitoringPlan),
        "card": _ref(SystemCard),
    }
    return _file("A whole assessment", own, definitions, required=["format", "system", "assessment"])


def _checklist() -> Schema:
    made = Checklist.model_json_schema(ref_template=_REF)
    definitions = made.pop("$defs")
    return {"$schema": DIALECT, **made, "title": "A checklist", "$defs": definitions}


def _policy() -> Schema:
    definitions = _definitions(ReleasePolicy)
    own = {"policy": _ref(ReleasePolicy), "packs": _PACKS}
    return _file("A release policy by itself", own, definitions, required=["policy"])


KINDS: dict[str, Callable[[], Schema]] = {"assessment": _assessment, "checklist": _checklist, "policy": _policy}


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _REF.format(model=model.__name__)}


def _file(title: str, properties: Schema, definitions: Schema, required: list[str]) -> Schema:
    return {
        "$schema": DIALECT,
        "title": title,
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
        "$defs": definitions,
    }


def _definitions(*models: type[BaseModel]) -> Schema:
    """The records by name, with what they ask of several of their fields together."""
    _, made = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
    definitions: Schema = made["$defs"]
    for name, rules in _TOGETHER.items():
        if name in definitions:
            definitions[name] |= rules
    if expected := definitions.get("Expected"):
        for field, names in (("workflows", _STATED), ("cohorts", {"pattern": "\\S.*=.*\\S"})):
            expected["properties"][field] |= {"propertyNames": names, "additionalProperties": _SHARE}
    return definitions


def _if(field: str, value: object, **needs: Schema) -> Schema:
    return {
        "if": {"properties": {field: {"const": value}}, "required": [field]},
        "then": {"properties": needs, "required": list(needs)},
    }


_TOGETHER: dict[str, Schema] = {
    "Mark": {
        "allOf": [
            _if("mark", "partial", holds_for=_STATED),
            _if("critical", True, mark={"const": "yes"}, critical_reason=_STATED),
            _if("not_applicable", True, mark={"const": "no"}, note=_STATED),
        ]
    },
    "Gate": {
        "anyOf": [
            *({"required": [name]} for name in ("min", "max", "max_regression")),
            {"properties": {"critical": {"const": True}}, "required": ["critical"]},
        ],
        "allOf": [_if("critical", True) | {"then": {"properties": {"stat": {"const": "mean"}}}}],
    },
}
"""What the validators of these records hold."""
