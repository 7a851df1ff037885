"""Packs on paper: what stands on every page, what hostile text does there, and that nothing is fetched."""

from __future__ import annotations

import dataclasses
import hashlib
import http.server
import io
import os
import pickle
import subprocess
import sys
import threading
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from readiness import formatting, pack, paths
from readiness.errors import InputError
from readiness.pack import fonts, one_page, pdf
from readiness.services import portfolio
from tests import fonts as making
from tests.pack import paper
from tests.soak import shared_out

from .conftest import DAY, NOON, RECIPIENT, Desk, asking, ordinary

HOSTILE = (
    '#eval("1+1") #panic("x") #read("/etc/passwd") #import "@preview/x:1.0.0"',
    "@ref <label> $x^2$ $ broken",
    r"\ \u{41} \# ``` raw ``` `code` *bold* _thin_ // gone /* gone */",
    "= Heading\n- item\n+ item\n/ term: it\n---\n~nbsp~ -- ... 'quote' \"quote\"",
    "]] ) } #] #set page(width: 1pt)",
    "\u202edesrever\u202c \u2066isolated\u2069 \u200b\ufeff \x1b[31mred \x07",
    '<svg onload=alert(1)>"/><script>alert(1)</script> &amp; ]]> <!--',
    "fi ffl → ✓ " + "W" * 150,
)


@pytest.fixture(scope="module")
def filled(shared_desk: Desk) -> Desk:
    shared_desk.fill()
    return shared_desk


def read(body: bytes) -> Any:
    return PdfReader(io.BytesIO(body))


def printed(desk: Desk, audience: str, **asked: Any) -> bytes:
    return pdf.pdf(desk.take(audience, **asked))


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_verdict_stamp_and_number_are_on_every_page(filled: Desk, audience: str) -> None:
    taken = filled.take(audience, purpose="A decision", contact="Ask us", classification="Internal")
    pages = paper.pages(pdf.pdf(taken))
    stamp = f"Draft – incomplete · recipient: {RECIPIENT} · purpose: A decision · Internal · valid until"
    for number, page in enumerate(pages, 1):
        assert str(taken.head["verdict"]) in page
        assert stamp in page
        assert "contact: Ask us" in page
        assert f"{number} of {len(pages)}" in page


@pytest.mark.parametrize("of", pdf.PAPERS)
def test_leaders_get_one_page_of_every_system_of_the_demo(shown: Desk, of: str) -> None:
    systems = portfolio.statuses(shown.store, shown.by, as_of=DAY)
    counts = {}
    for system in systems:
        request = asking("leadership", purpose="Decision on the rollout of December", contact="assurance@example.com")
        at: dict[str, Any] = {"as_of": DAY, "made_at": NOON}
        taken = pack.take(shown.store, shown.by, system.slug, request, **at)
        counts[system.slug] = len(paper.pages(pdf.pdf(taken, of)))
    assert counts == dict.fromkeys(counts, 1)
    assert len(counts) == 6


def test_no_letter_of_leaders_is_too_small_to_read(shown: Desk) -> None:
    """The smallest on any page, pictures too; a page that would be smaller says less, and that it does."""
    for system in portfolio.statuses(shown.store, shown.by, as_of=DAY):
        at: dict[str, Any] = {"as_of": DAY, "made_at": NOON}
        taken = pack.take(shown.store, shown.by, system.slug, asking("leadership"), **at)
        for of in pdf.PAPERS:
            body = pdf.pdf(taken, of)
            assert min(paper.sizes(body)) >= 7.49, (system.slug, of)
            rows = [len(list(table)) for table in (_data(taken, "decision", "fired"), _data(taken, "gaps", "gaps"))]
            (page,) = paper.pages(body)
            assert (one_page.SAID in page) or sum(rows) < 10


def _data(taken: pack.Snapshot, section: str, field: str) -> Any:
    return next(one.data[field] for one in taken.sections if one.id == section)


def test_less_is_said_step_by_step_and_what_is_left_out_is_counted(filled: Desk) -> None:
    taken = filled.take("leadership")
    whole = len(_data(taken, "decision", "fired"))
    for less, most in zip(one_page.shorter(taken), one_page.CUTS, strict=True):
        shown = len(_data(less, "decision", "fired"))
        assert shown == min(whole, most.rows)
        assert _data(less, "decision", "more") == _data(taken, "decision", "more") + whole - shown
        assert all(len(row["why"]) <= most.cell + 2 for row in _data(less, "decision", "fired"))
        assert len(_data(less, "differences", "picture")) <= most.drawn


@pytest.mark.parametrize("audience", ["security", "procurement", "customer"])
def test_the_foot_is_never_alone_on_the_last_page(filled: Desk, audience: str) -> None:
    """Wherever the page ends: the words before the first section push it down line by line."""
    taken = filled.take(audience)
    for lines in range(0, 56, 8):
        opening = "\n".join(f"line {number}" for number in range(lines))
        last = paper.pages(pdf.pdf(dataclasses.replace(taken, brand={**taken.brand, "opening": opening})))[-1]
        before = last.partition("Made 23 Nov 2026")[0]
        head = f"{taken.head['name']} {taken.head['candidate']} – {taken.head['audience']} pack"
        said = before.partition(str(taken.head["verdict"]))[2]  # the running head ends with it
        assert head in before
        assert len(said) > 40, (lines, said)


def test_papers_are_of_their_size_and_others_are_refused(filled: Desk) -> None:
    sizes = [read(pdf.pdf(filled.take("security"), of)).pages[0].mediabox for of in pdf.PAPERS]
    assert [(round(size.width), round(size.height)) for size in sizes] == [(595, 842), (612, 792)]
    with pytest.raises(InputError, match="the paper 'a0' is not known"):
        pdf.pdf(filled.take("security"), "a0")


@pytest.mark.parametrize("audience", pack.AUDIENCES)
def test_it_is_tagged_and_says_what_it_is(filled: Desk, audience: str) -> None:
    body = printed(filled, audience)
    reader, kinds = read(body), [str(element["/S"]) for element in paper.structure(body)]
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    told = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1" in told
    assert "<pdfaid:part>2" in told
    assert {"/H1", "/Table", "/TH", "/TD", "/P"} <= set(kinds)
    assert kinds.count("/Figure") == len(paper.alternatives(body)) == {"leadership": 3, "customer": 1}.get(audience, 0)
    titles = [section.title for section in filled.take(audience).sections]
    bookmarks = [str(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    assert sorted(bookmarks) == sorted(titles)
    assert reader.metadata
    assert reader.metadata.title == f"Plain system name Plain candidate – {audience.capitalize()} pack"
    assert reader.metadata.creation_date == NOON


@pytest.mark.parametrize(
    ("hostile", "audience"),
    [
        (hostile, audience)
        for number, hostile in enumerate(HOSTILE)
        for audience in shared_out(list(pack.AUDIENCES), number, len(pack.AUDIENCES))
    ],
)
def test_hostile_text_stays_text(desk: Desk, hostile: str, audience: str) -> None:
    desk.fill(lambda field: f"{field} {hostile}" if field != "evidence.format" else "csv")
    body = printed(desk, audience, purpose=hostile[:150], contact=hostile[:150])
    shown = "".join("".join(paper.pages(body)).split())
    first = "".join(formatting.plain(hostile).split())[:20]
    assert first in shown
    assert read(body).pages[0].mediabox.width > 500
    assert set(read(body).trailer["/Root"]) & {"/OpenAction", "/AA", "/AcroForm", "/Names"} == set()
    assert all("/Annots" not in page for page in read(body).pages)


def test_the_same_snapshot_gives_the_same_bytes_in_another_process_too(filled: Desk) -> None:
    taken = filled.take("leadership")
    script = "import sys, pickle, hashlib; from readiness.pack import pdf; "
    script += "print(hashlib.sha256(pdf.pdf(pickle.loads(sys.stdin.buffer.read()))).hexdigest())"
    again = subprocess.run(
        [sys.executable, "-c", script],
        input=pickle.dumps(taken),
        capture_output=True,
        check=True,
        env={**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LANG": "C"},
    ).stdout.decode()
    assert again.strip() == hashlib.sha256(pdf.pdf(taken)).hexdigest()
    assert pdf.pdf(taken) != pdf.pdf(filled.take("leadership", purpose="Another"))


def test_only_fonts_that_are_shipped_are_in_it(shown: Desk) -> None:
    request = asking("security")
    taken = pack.take(shown.store, shown.by, "freight-support", request, as_of=DAY, made_at=NOON)
    embedded: set[str] = set()
    for page in read(pdf.pdf(taken)).pages:
        embedded |= {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    names = {name.partition("+")[2].removesuffix("-Identity-H") for name in embedded}
    assert names <= {path.stem for path in paths.FONTS.glob("*.[ot]tf")}
    assert "NotoSansCJKjp-Regular" in names
    assert "通関保留" in "".join(paper.pages(pdf.pdf(taken)))


SCRIPTS = "Ελλάδα Россия Việt עברית العربية हिन्दी ไทย 日本語 简体 繁體 한국어 ქართული Հայ አማርኛ বাংলা தமிழ் ខ្មែរ ລາວ မြန်မာ"


def test_every_script_can_be_read_and_what_no_font_draws_is_named(desk: Desk) -> None:
    desk.fill(
        lambda field: f"{ordinary(field)} {SCRIPTS} 😀\U00013000" if field == "boundary.note" else ordinary(field)
    )
    taken = desk.take("security")
    assert fonts.missing(taken) == ["\U00013000", "😀"]
    shown = "".join(paper.pages(pdf.pdf(taken)))
    assert "[U+1F600]" in shown
    assert "[U+13000]" in shown
    assert all(word in shown for word in ("Ελλάδα", "Россия", "日本語", "한국어", "简体", "繁體"))
    assert fonts.missing(desk.take("procurement")) == []


def test_what_fonts_draw_is_what_is_written_beside_them() -> None:
    assert making.coverage() == fonts._coverage()
    assert (paths.FONTS / "OFL.txt").read_text("utf-8").count("SIL OPEN FONT LICENSE") == 1
    assert sum(path.stat().st_size for path in paths.FONTS.iterdir()) < 9_500_000


class _Counting(http.server.BaseHTTPRequestHandler):
    def _refuse(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        self.send_error(403)

    do_CONNECT = _refuse  # noqa: N815 - the name that the server asks for

    def log_message(self, *_: Any) -> None:
        pass


def test_nothing_is_fetched(filled: Desk) -> None:
    """A proxy that counts: a document of somebody else's that names a package asks it, ours never does."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    server.asked = 0  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    environment = {**os.environ, **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), proxy)}

    def run(script: str, given: bytes = b"") -> int:
        return subprocess.run(
            [sys.executable, "-c", script], input=given, env=environment, check=False, capture_output=True
        ).returncode

    try:
        ours = "import sys, pickle; from readiness.pack import pdf; pdf.pdf(pickle.loads(sys.stdin.buffer.read()))"
        assert run(ours, pickle.dumps(filled.take("leadership"))) == 0
        assert server.asked == 0  # type: ignore[attr-defined]
        assert run("""import typst; typst.compile(b'#import "@preview/none:0.0.1": x', format="pdf")""") != 0
        assert server.asked > 0  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def test_no_template_names_a_package_and_none_reads_outside_its_folder() -> None:
    templates = list((paths.TEMPLATES / "pack" / "print").glob("*.typ"))
    assert {path.name for path in templates} == {"pack.typ", "house.typ"}
    assert not [path.name for path in templates if "@preview" in path.read_text("utf-8")]
    root = paths.TEMPLATES / "pack" / "print"
    with pytest.raises(typst.TypstError):
        typst.Compiler(b'#read("../page.html.j2")', root=root).compile(format="pdf")


def test_a_picture_says_what_it_shows_and_draws_nothing_else(filled: Desk) -> None:
    html = pack.render.html(filled.take("leadership"))
    told = " ".join(paper.alternatives(printed(filled, "leadership")))
    assert "on the scale of the bands" in told
    assert "Changes against the baseline" in told
    assert "Due dates up to the planned rollout" in told
    assert html.count("<svg") == html.count("<figure>") == 3
    assert html.count('role="img" aria-label="') == 3


def test_day_of_a_pack_is_not_that_of_the_machine(filled: Desk) -> None:
    assert DAY.isoformat() in str(read(printed(filled, "security")).metadata.creation_date)
