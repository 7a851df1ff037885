"""Evidence that an LLM feature is ready for an enterprise rollout, and the verdict that follows from it.

What programs call is listed in `__all__` and typed in `__init__.pyi`; docs/python.md shows it. Each name is imported
when it is first asked for, so that `import readiness` costs nothing.
"""

__version__ = "0.1.0"

_HOMES = {
    "build_pack": "library",
    "compare": "library",
    "decide": "library",
    "judge": "library",
    "read": "library",
    "try_file": "library",
    "Trial": "library",
    "Batch": "importers",
    "Gate": "model.policy",
    "GateResult": "scorecard.gates",
    "InputError": "errors",
    "Options": "importers",
    "Pack": "pack",
    "ReadinessError": "errors",
    "Review": "review.review",
    "ScorecardRow": "scorecard.compare",
    "Verdict": "decision.verdict",
}
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - names of text, as the mapping holds them


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
