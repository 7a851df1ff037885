"""The command line: the same services as the pages.

Exit 0 done or holds, 1 the answer is no, 2 bad input or usage, 3 not decided yet.
"""

from .app import main

__all__ = ["main"]
