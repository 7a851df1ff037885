"""The mutants of a module: one small change each, to operators, conditions, numbers, calls, literals and statements.

Texts stay as they are, and so do annotations and decorators: there a change is one of wording, or none at all.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_OTHER_NAME = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SAME_EITHER_WAY = {"maximum", "minimum"}
"""Functions whose arguments may change places."""
_TYPES = {"Callable", "Literal", "dict", "list", "tuple"}
_SKIPPED = {"annotation", "returns", "decorator_list", "type_params"}


@dataclass(frozen=True)
class Mutant:
    """One change. `place` is the function or class it stands in; `inside` is true within the body of a function."""

    tree: ast.Module
    owner: Any
    key: Any
    node: Any
    other: ast.AST
    place: str
    inside: bool

    @property
    def change(self) -> tuple[str, str]:
        """The code as it is, and as it became."""
        return ast.unparse(self.node), ast.unparse(self.other)

    @property
    def source(self) -> str:
        """The whole module with the change."""
        _set(self.owner, self.key, self.other)
        changed = ast.unparse(self.tree)
        _set(self.owner, self.key, self.node)
        return changed


def mutants(source: str) -> list[Mutant]:
    """Every mutant, in the order of the file."""
    tree = ast.parse(source)
    found = [
        Mutant(tree, owner, key, node, other, place, inside)
        for owner, key, place, inside in _slots(tree, "", inside=False)
        for node in [owner[key] if isinstance(owner, list) else getattr(owner, key)]
        for other in _changes(node)
        if ast.dump(other) != ast.dump(node)  # two arguments that are alike change places
    ]
    return sorted(found, key=lambda mutant: mutant.node.lineno)


def changes(every: Iterable[Mutant]) -> set[tuple[str, str, str]]:
    """Where each stands, what was there, and what it became."""
    return {(mutant.place, *mutant.change) for mutant in every}


def equivalent() -> dict[str, set[tuple[str, str, str]]]:
    """The changes that nobody could see, by module."""
    listed = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text("utf-8"))
    return {module: {(one["place"], one["was"], one["became"]) for one in own} for module, own in listed.items()}


def _slots(parent: ast.AST, place: str, *, inside: bool) -> Iterator[tuple[Any, Any, str, bool]]:
    """Where an expression or a statement stands that may be changed, and what it stands in."""
    if isinstance(parent, ast.Subscript) and isinstance(parent.value, ast.Name) and parent.value.id in _TYPES:
        return
    if isinstance(parent, ast.keyword) and parent.arg == "strict":  # of zip, which checks and does nothing else
        return
    if isinstance(parent, ast.FunctionDef | ast.ClassDef):
        place = f"{place}.{parent.name}".lstrip(".")
    for name, value in ast.iter_fields(parent):
        body = inside or (isinstance(parent, ast.FunctionDef) and name == "body")
        for key, node in enumerate(value) if isinstance(value, list) else [(name, value)]:
            if isinstance(node, ast.AST) and name not in _SKIPPED:
                if isinstance(node, ast.expr | ast.stmt) and not isinstance(parent, ast.FormattedValue | ast.JoinedStr):
                    yield (value if isinstance(value, list) else parent), key, place, body
                yield from _slots(node, place, inside=body)


def _set(owner: Any, key: Any, node: ast.AST) -> None:
    if isinstance(owner, list):
        owner[key] = node
    else:
        setattr(owner, key, node)


def _like(node: ast.AST, **fields: Any) -> Any:
    """The same node with other fields."""
    return type(node)(**dict(ast.iter_fields(node)) | fields)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    yield from _statements(node) if isinstance(node, ast.stmt) else _expressions(node)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If(test=ast.Compare() | ast.UnaryOp()) | ast.Expr(value=ast.Constant()):
            return
        case ast.Return(value=ast.Constant(value=None)):
            return
        case ast.If(test=test) | ast.While(test=test):
            yield _like(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.AugAssign() | ast.Expr() | ast.Return():
            yield ast.Pass()
        case ast.Continue() | ast.Break():
            yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=ops):
            yield from (_like(node, ops=[*ops[:at], _OTHER[type(op)](), *ops[at + 1 :]]) for at, op in enumerate(ops))
        case ast.BoolOp(op=op, values=values):
            yield _like(node, op=_OTHER[type(op)]())
            lefts = [[*values[:at], *values[at + 1 :]] for at in range(len(values))]
            yield from (left[0] if len(left) == 1 else _like(node, values=left) for left in lefts)
        case ast.BinOp(op=op) if type(op) in _OTHER:
            yield _like(node, op=_OTHER[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield _like(node, body=orelse, orelse=body)
        case ast.Constant(value=bool() | int() | float() as value):
            yield ast.Constant((not value) if isinstance(value, bool) else value + 1)
        case ast.Call():
            yield from _calls(node)
        case ast.Tuple(ctx=ast.Load(), elts=parts) | ast.List(ctx=ast.Load(), elts=parts) | ast.Set(elts=parts):
            yield from (_like(node, elts=[*parts[:at], *parts[at + 1 :]]) for at in range(len(parts)) if parts[1:])
        case ast.Dict(keys=keys, values=values) if len(keys) > 1:
            for at in range(len(keys)):
                yield _like(node, keys=keys[:at] + keys[at + 1 :], values=values[:at] + values[at + 1 :])


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """The opposite of a built-in, and neighbouring arguments the other way round."""
    args, keywords = node.args, node.keywords
    if isinstance(node.func, ast.Name) and node.func.id in _OTHER_NAME:
        yield _like(node, func=ast.Name(_OTHER_NAME[node.func.id], ast.Load()))
        return
    if isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_EITHER_WAY:
        return
    for at in range(len(args) - 1):
        yield _like(node, args=[*args[:at], args[at + 1], args[at], *args[at + 2 :]])
    for at in range(len(keywords) - 1):
        one, two = keywords[at], keywords[at + 1]
        swapped = [ast.keyword(one.arg, two.value), ast.keyword(two.arg, one.value)]
        yield _like(node, keywords=[*keywords[:at], *swapped, *keywords[at + 2 :]])
