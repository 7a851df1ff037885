"""What programs in Python call, as `import readiness` offers it, without a store: read, judge, compare, decide, pack.

Each function takes files and gives records; nothing is kept, and no rule is stated twice.
"""

from .deciding import decide
from .packing import build_pack
from .reading import compare, judge, read
from .trials import Trial, try_file, versions

__all__ = ["Trial", "build_pack", "compare", "decide", "judge", "read", "try_file", "versions"]
