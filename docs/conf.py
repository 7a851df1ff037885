"""How Sphinx builds the site; `python -m tests.site.build` lays the pages out for it. Nothing comes from elsewhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_THEME = tomllib.loads((_ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


def _colours(theme: dict[str, str]) -> dict[str, str]:
    names = ("color-brand-primary", "color-brand-content", "color-brand-visited")
    return dict.fromkeys(names, theme["primaryColor"]) | {"color-background-primary": theme["backgroundColor"]}


project = html_title = "readiness"
extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_ref_domains = ()
nitpicky = True
smartquotes = False
html_theme = "furo"
html_theme_options = {
    "light_css_variables": _colours(_THEME["light"]),
    "dark_css_variables": _colours(_THEME["dark"]),
}
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
