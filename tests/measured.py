"""What is run from its file and not imported, told to what measures the lines and branches that the tests reach."""

from __future__ import annotations

import ast
import os
from typing import Any


def scripts() -> None:
    """Measure migrations and pages too, where this process measures at all; `make test` measures in those of xdist."""
    if "SLIPCOVER_ENABLED" not in os.environ:
        return
    from slipcover import branch, importer, pytest_plugin

    measuring, files = pytest_plugin._slipcover_instance, pytest_plugin._file_matcher
    if measuring is None or files is None:
        return
    importer.wrap_spec_from_file_location(measuring, files)
    from streamlit.runtime.scriptrunner import script_cache

    def compiled(source: Any, path: str, **options: Any) -> Any:
        if not files.matches(path):
            return compile(source, path, **options)
        tree = source if isinstance(source, ast.Module) else ast.parse(source)
        return measuring.instrument(compile(branch.preinstrument(tree), path, **options))

    vars(script_cache)["compile"] = compiled  # what Streamlit compiles a page with
