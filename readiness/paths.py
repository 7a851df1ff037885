"""Where the folders beside the package are: at the top of a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_WHEEL = _PACKAGE / "_assets"

ROOT = _WHEEL if _WHEEL.is_dir() else _PACKAGE.parent
PAGES = ROOT / "pages"
CHECKLISTS = ROOT / "data" / "checklists"
DEMO = ROOT / "data" / "demo"
TEMPLATES = ROOT / "templates"
APP = ROOT / "app.py"
STREAMLIT_CONFIG = ROOT / ".streamlit" / "config.toml"
MAIN = _PACKAGE / "web" / "main.py"
MIGRATIONS = _PACKAGE / "store" / "migrations"
