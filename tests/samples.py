"""Where sample files are: those of the suite, and the larger set beside the checkout, where somebody put one."""

from __future__ import annotations

from readiness import paths

DATA = paths.ROOT / "tests" / "data"
SHARED = paths.ROOT.parent / "shared" / "samples"
