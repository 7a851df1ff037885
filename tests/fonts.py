"""How the fonts in data/fonts were made: `python -m tests.fonts FOLDER`.

FOLDER holds Debian's packages fonts-noto-core and fonts-noto-cjk, unpacked (`apt-get download`, `dpkg-deb --extract`).
Each font is cut to the characters that it is there for, without hints, and what it can draw is written beside it.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from readiness import paths

BOTH = ("Sans", "SansArabic", "SansHebrew", "SansDevanagari", "SansThai")
"""Those that come in bold too."""
REGULAR = (
    *("SansMono", "SansArmenian", "SansGeorgian", "SansEthiopic", "SansBengali", "SansGujarati", "SansGurmukhi"),
    *("SansTamil", "SansTelugu", "SansKannada", "SansMalayalam", "SansOriya", "SansSinhala", "SansKhmer"),
    *("SansLao", "SansMyanmar", "SansSymbols", "SansSymbols2", "SansMath"),
)
CJK = "NotoSansCJK-Regular.ttc"
ENCODINGS = {"shift_jis": b"\xff", "gb2312": b"\xff", "euc_kr": b"\xff", "big5": b"\xc6\x7e"}
"""What the East Asian font draws: the everyday characters of Japan, China, Korea and Taiwan, each to a last one."""
SIGNS = ((0x2000, 0x2C00), (0x1D400, 0x1D800))
"""What is taken of the fonts of symbols: punctuation, arrows, mathematics, shapes, dingbats; no emoji."""
PLAIN = ["ccmp", "locl", "kern", "mark", "mkmk"]
"""Of letters that stand for themselves: where `fi` is one sign, a picture cannot change to another font after it."""
_EASY = ("NotoSans-", "NotoSansCJK")
_NARROW = {"NotoSansSymbols": SIGNS[:1], "NotoSansSymbols2": SIGNS[:1], "NotoSansMath": SIGNS}


def main(unpacked: Path) -> None:
    found = {path.name: path for path in unpacked.rglob("NotoSans*")}
    names = [f"Noto{family}-{weight}.ttf" for family in BOTH for weight in ("Regular", "Bold")]
    names += [f"Noto{family}-Regular.ttf" for family in REGULAR]
    for old in paths.FONTS.glob("*.[ot]tf"):
        old.unlink()
    for name in names:
        font = TTFont(found[name])
        wanted = _within(font, _NARROW.get(name.partition("-")[0], ((0, 0x110000),)))
        _save(font, wanted, paths.FONTS / name)
    east = TTCollection(found[CJK]).fonts[0]
    _save(east, _east_asian(east), paths.FONTS / "NotoSansCJKjp-Regular.otf")
    (paths.FONTS / "coverage.json").write_text(json.dumps(coverage(), separators=(",", ":")) + "\n", "utf-8")


def coverage() -> dict[str, Any]:
    """The families as they stand in the folder, and the runs of code points that one of them draws."""
    fonts = [TTFont(path) for path in sorted(paths.FONTS.glob("*.[ot]tf"), key=_order)]
    families = dict.fromkeys(str(font["name"].getBestFamilyName()) for font in fonts)
    drawn = sorted(set().union(*(font.getBestCmap() for font in fonts)))
    return {"families": list(families), "drawn": _runs([code for code in drawn if code >= 0x20])}


def _order(path: Path) -> tuple[bool, bool, str]:
    """Plain letters first, then the scripts, and the fonts of signs and of one width at the end."""
    last = any(word in path.name for word in ("Mono", "Math", "Symbols"))
    return last, not path.name.startswith("NotoSans-"), path.name


def _within(font: TTFont, ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for code in font.getBestCmap() for low, high in ranges if low <= code < high}


def _east_asian(font: TTFont) -> set[int]:
    common = {code for code in map(ord, _encodable()) if code > 0x7F}
    kana = set(range(0x3000, 0x3400)) | set(range(0xFF00, 0xFFF0)) | set(range(0x31F0, 0x3200))
    return (common | kana) & set(font.getBestCmap())


def _encodable() -> Iterator[str]:
    for char in map(chr, range(0x80, 0x10000)):
        if unicodedata.category(char) not in ("Cs", "Cn", "Co") and any(_in(char, *each) for each in ENCODINGS.items()):
            yield char


def _in(char: str, encoding: str, last: bytes) -> bool:
    try:
        written = char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return len(written) <= 2 and written <= last


def _save(font: TTFont, wanted: set[int], path: Path) -> None:
    options = subset.Options(hinting=False, desubroutinize=False, notdef_outline=True, recalc_timestamp=False)
    options.layout_features = PLAIN if path.name.startswith(_EASY) else ["*"]
    options.name_IDs = ["*"]
    options.drop_tables += ["DSIG", "meta", "vhea", "vmtx", "VORG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.save(path, reorderTables=True)


def _runs(codes: list[int]) -> list[list[int]]:
    """Sorted code points as their first and last, run by run."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return runs


if __name__ == "__main__":
    main(Path(sys.argv[1]))
