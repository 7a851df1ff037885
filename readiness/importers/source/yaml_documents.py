"""YAML of other tools: plain values only, no alias, no key twice, and a depth and a size that are held."""

from __future__ import annotations

from typing import Any

import yaml

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr

from .gateway import Source
from .limits import MAX_DEPTH, MEBIBYTE

MOST_BYTES = MEBIBYTE
"""A policy that people write has some kilobytes, and the reader needs hundreds of bytes for each."""


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Values as YAML has them; what an alias stands for would be there many times over."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "an alias stands for another value", event.start_mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, "values are nested too deeply", self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice in one object", node.start_mark)
        return mapping


def documents(source: Source) -> list[Any]:
    """Every document of the file. Raises InputError with line and column for what is no plain YAML."""
    if source.size > MOST_BYTES:
        problem, most = (
            tr("the file has {size} bytes", size=formatting.whole(source.size)),
            tr("at most {most} of YAML", most=formatting.whole(MOST_BYTES)),
        )
        raise InputError(problem, file=source.name, expected=most)
    try:
        return [document for document in yaml.load_all(source.text, Loader=_Loader) if document is not None]
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark
        place = tr("line {line}, column {column}", line=mark.line + 1, column=mark.column + 1) if mark else ""
        raise InputError(str(exc.problem), file=source.name, place=place, expected=tr("plain YAML")) from exc
    except (yaml.YAMLError, ValueError, OverflowError) as exc:
        raise InputError(tr("the YAML is malformed"), file=source.name, expected=tr("plain YAML")) from exc
