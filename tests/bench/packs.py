"""What a pack costs, beside the snapshot that every form of it is made from: `python -m tests.bench.packs`.

The store holds one system as a full assessment has it: 22 answers, two thousand cells over two versions, nine traces.
Processor time, the least of the runs once everything is at hand; `first` is the first of a process. What a PDF costs
at least is typst's own time for a page with one word.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import typst

from readiness import clock, pack
from readiness.services import open_store
from tests import factories
from tests.bench import full_store

BY = factories.principal()
CELLS, TRACES = 2_000, 9


def spent(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Milliseconds of the first run, and of the fastest after it."""
    taken = []
    for _ in range(runs + 1):
        before = time.process_time()
        work()
        taken.append((time.process_time() - before) * 1000)
    return taken[0], min(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'packs.db'}"
        full_store.make(url, systems=0, cells=CELLS, traces=TRACES, large_history=3)
        page = Path(folder) / "page.typ"
        page.write_text("word", "utf-8")
        print("| audience | form | first | again | bytes |\n|---|---|---|---|---|")
        first, again = spent(lambda: typst.compile(page), runs)
        print(f"| – | typst, one word | {first:,.0f} ms | {again:,.1f} ms | – |")
        with closing(open_store(url)) as store:
            for audience, profile in pack.AUDIENCES.items():
                if profile.one_customer:
                    continue
                request, day = pack.Request(audience=audience, draft=True), clock.today()

                def take(request: pack.Request = request) -> pack.Snapshot:
                    return pack.take(store, BY, full_store.LARGE, request, as_of=clock.today())

                first, again = spent(take, runs)
                print(f"| {audience} | snapshot | {first:,.0f} ms | {again:,.1f} ms | – |")
                taken = pack.take(store, BY, full_store.LARGE, request, as_of=day)
                for name, form in pack.FORMATS.items():
                    first, again = spent(lambda form=form, taken=taken: form.render(taken), runs)  # type: ignore[misc]
                    print(f"| {audience} | {name} | {first:,.0f} ms | {again:,.1f} ms | {len(form.render(taken)):,} |")


if __name__ == "__main__":
    main()
