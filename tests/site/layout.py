"""Lays the pages of the site out in one folder, with links that lead from each to the other there."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from readiness import paths

from .reference import DRAWN

HOME = "README.md"
NAV: dict[str, Any] = tomllib.loads((paths.ROOT / "docs" / "nav.toml").read_text("utf-8"))
_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?P<target>[^)#\s]+)(?P<part>#[^)\s]*)?\)")
_FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)


def below(page: str) -> list[str]:
    """The pages that hang under one in the side bar."""
    pattern = NAV["below"].get(page)
    return sorted(path.relative_to(paths.ROOT).as_posix() for path in paths.ROOT.glob(pattern)) if pattern else []


def pages() -> list[str]:
    """Every page, as the repository (or the reference) calls it, in the order of the side bar."""
    listed = [page for group in NAV["groups"] for page in group["pages"]]
    return [HOME, *listed, *(hung for page in listed for hung in below(page))]


def place(page: str) -> PurePosixPath:
    """Where a page lies on the site: that of the docs at its root, others as they lie in the repository."""
    path = PurePosixPath(page.removeprefix("docs/"))
    if page == HOME:
        return PurePosixPath("index.md")
    return path.with_name("index.md" if path.name == "README.md" else path.name.lower())


def lay_out(folder: Path) -> None:
    """Write every page, and whatever file or picture one of them leads to, below a folder."""
    places = {page: place(page) for page in pages()}
    for page, at in places.items():
        text = DRAWN[page]() if page in DRAWN else (paths.ROOT / page).read_text("utf-8")
        text = "\n\n".join([linked(text, page, places, folder).strip(), *_contents(page, at)])
        target = folder / at
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\n", "utf-8")


def linked(text: str, page: str, places: Mapping[str, PurePosixPath], folder: Path) -> str:
    """The text with its links as they lead on the site; those in blocks of code stay."""

    def lead(match: re.Match[str]) -> str:
        named = os.path.normpath(PurePosixPath(page).parent / match["target"])
        here = places[page].parent
        if named in places:
            return f"[{match['words']}]({os.path.relpath(places[named], here)}{match['part'] or ''})"
        if (paths.ROOT / named).is_dir():
            return match["words"] if named in match["words"] else f"{match['words']} (`{named}`)"
        if (paths.ROOT / named).is_file():
            return f"{match['picture']}[{match['words']}]({os.path.relpath(_taken(named, folder), here)})"
        return match[0]

    blocks = _FENCED.split(text)
    return "".join(block if block.startswith("```") else _LINK.sub(lead, block) for block in blocks)


def _taken(named: str, folder: Path) -> PurePosixPath:
    """A file of the repository goes along, to be shown or to be downloaded."""
    at = PurePosixPath("files") / named
    (folder / at).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(paths.ROOT / named, folder / at)
    return at


def _entry(page: str, leads: str) -> str:
    short = NAV["short"].get(page)
    return f"{short} <{leads}>" if short else leads


def _contents(page: str, at: PurePosixPath) -> Iterator[str]:
    """The lists that make the side bar: all groups under the first page, and what hangs under another."""
    groups = NAV["groups"] if page == HOME else [{"title": "", "pages": below(page)}]
    for group in groups:
        names = [_entry(name, os.path.relpath(place(name).with_suffix(""), at.parent)) for name in group["pages"]]
        if names:
            caption = f":caption: {group['title']}\n" if group["title"] else ""
            yield "\n".join(["```{toctree}", ":hidden:", f"{caption}", *names, "```"])
