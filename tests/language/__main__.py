"""`python -m tests.language extract` writes what the code says; `update [LANGUAGE]` takes it into every language.

With the name of a language that is not there yet, `update` begins it.
"""

from __future__ import annotations

import sys

from readiness import language, paths
from tests.language import catalogues


def extract() -> None:
    catalogues.TEMPLATE.write_bytes(catalogues.as_po(catalogues.template()))


def update(*begun: str) -> None:
    extract()
    for name in begun:
        path = paths.LOCALES / name / "LC_MESSAGES" / f"{language.DOMAIN}.po"
        if not path.exists():
            path.parent.mkdir(parents=True)
            path.write_bytes(catalogues.as_po(catalogues.new(name)))
    for path in catalogues.files():
        catalogue = catalogues.merged(path)
        path.write_bytes(catalogues.as_po(catalogue))
        path.with_suffix(".mo").write_bytes(catalogues.as_mo(catalogue))
        open_ = sum(1 for message in catalogue if message.id and not _is_said(message.string))
        print(f"{path.parents[1].name}: {len(catalogue)} messages, {open_} without a translation")


def _is_said(text: object) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


if __name__ == "__main__":
    {"extract": extract, "update": update}[sys.argv[1]](*sys.argv[2:])
