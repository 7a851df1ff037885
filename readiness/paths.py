"""Where the folders beside the package are: at the top of a checkout, or inside an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_WHEEL = PACKAGE / "_assets"

ROOT = _WHEEL if _WHEEL.is_dir() else PACKAGE.parent
PAGES = ROOT / "pages"
CHECKLISTS = ROOT / "data" / "checklists"
DEMO = ROOT / "data" / "demo"
PACKS = ROOT / "data" / "packs"
FONTS = ROOT / "data" / "fonts"
LOCALES = ROOT / "data" / "locales"
QUESTIONNAIRES = ROOT / "data" / "questionnaires"
SCHEMAS = ROOT / "data" / "schemas"
TEMPLATES = ROOT / "templates"
STREAMLIT_CONFIG = ROOT / ".streamlit" / "config.toml"
MAIN = PACKAGE / "web" / "main.py"
MIGRATIONS = PACKAGE / "store" / "migrations"

CHECKLISTS_VARIABLE = "READINESS_CHECKLISTS"


def checklists() -> tuple[Path, ...]:
    """The folder that is shipped, then the file or folder of a team's own that the environment names."""
    own = os.environ.get(CHECKLISTS_VARIABLE, "").strip()
    return (CHECKLISTS, Path(own)) if own else (CHECKLISTS,)
