"""How much of anything a file may hold, with the reason of each limit: all are held before the work that they bound.

A file may be handed in by anybody, and is read in the process that serves the pages. What it holds at most is chosen so
that reading takes less than a gibibyte in every format, as `tests.reliability.hostile_files` measures. What TOML may
hold stands in `strict_toml`.
"""

from __future__ import annotations

MEBIBYTE = 1 << 20

TABLE_CAP = 4096 * MEBIBYTE
"""Largest file: tables and spans are read from disk in pieces, at about a minute for so much."""
DOCUMENT_CAP = 64 * MEBIBYTE
"""Largest file that is held in memory whole; lists of rows and of spans in a larger one are streamed."""
HEAD = 64 * 1024
"""What is looked at to tell a format: nothing before it is told may depend on the size of the file."""

JSON_MEMORY = 320 * MEBIBYTE
"""What the objects of one JSON document take: 64 MiB of empty lists would take two gibibytes."""
OBJECT_BYTES, LIST_BYTES, VALUE_BYTES = 240, 96, 64
"""What Python takes for an object with a member, for a list, and for each further value."""
SPAN_LINE = 16 * MEBIBYTE
"""Of a line, or of one element of a list, in a file that is streamed."""
MAX_DEPTH = 100
"""Levels of JSON, and of suites in JUnit XML: tools write about ten."""
MAX_DIGITS = 400
"""Of a number: more than any float has, and turning digits into a number takes the square of their count."""

MOST_SPANS = 150_000
"""Of the traces that are kept, some 5 KiB each with their trace."""
COUNTED_SPANS = 1_000_000
"""Of a file, some 400 bytes each until figures are drawn from them; of OTLP lines there may be any number."""
OPEN_TRACES = 128 * MEBIBYTE
"""Characters that are held of a streamed file while records of traces are still to come."""
HELD_SPANS = 16 * MEBIBYTE
"""Files up to this are looked at once, and their spans held until it is known which are kept; larger ones twice."""
REQUEST_CAP = 16 * MEBIBYTE
"""Of a request with spans, as it is sent and unpacked; a collector sends some 8,000 spans at once, a kibibyte each."""
REQUEST_SPANS = 50_000
"""Spans of one request, which are redacted before it is answered."""

MOST_COLUMNS = 2_000
"""Of a table: each is looked at by itself, for its kind and for what it may be."""
MOST_ROWS = 500_000
MOST_FIELDS = 2_000_000
"""Rows and cells of a table that is read whole: some 150 bytes a cell."""
MOST_SCORES = 300_000
"""Of such a table, or of a run: some 500 bytes each until they are counted."""
MOST_UNPACKED = 256 * MEBIBYTE
"""What the columns of a Parquet file come to once they are unpacked; a dictionary of long texts is small on disk."""
LONGEST_LINE = 2 * MEBIBYTE
"""Of a table that is read from disk: a longer one is held whole, some times over."""

MOST_CELLS = 100_000
"""Scorecard cells of one file: each takes a fifth of a millisecond and some kilobytes, and a page can show hundreds."""
MOST_VERSIONS = 100
"""Versions in one file: each is compared with each other one."""
MOST_PAIRS = 200_000
"""Cells in which two versions are compared, for the same reason as cells."""

MOST_MET = 20_000_000
"""Times that a case of one version meets itself under another, in all cohorts: about a minute and half a gigabyte."""

MOST_FILES = 1_000
"""That one name may mean: a folder, or a pattern."""
MOST_MEMBERS = 50_000
DIRECTORY_CAP = 8 * MEBIBYTE
"""Of an archive: its directory is read whole before a member is."""
TOTAL_CAP = 512 * MEBIBYTE
"""How much is unpacked of one archive altogether; a member is held alone and may have up to DOCUMENT_CAP."""
RATIO_CAP = 200
RATIO_FREE = MEBIBYTE
"""Text packs to a twentieth; a member that unpacks to less than this may be as repetitive as it likes."""
WINDOW_LOG = 26
MAX_FRAMES = 64
"""Of Zstandard: what its unpacker takes at once, and pieces of one member."""
LONGEST_NAME = 255

MOST_TAGS = 600_000
"""Tags and attributes of XML together that are held at once: each takes many times its bytes in memory."""
MOST_ELEMENTS = 20_000_000
"""Of XML that is gone through: about a minute."""

SHEET_CAP, SHEET_UNPACKED = 16 * MEBIBYTE, 64 * MEBIBYTE
"""Of a sheet of answers or gaps that comes back, as it is and unpacked."""
SHEET_ROWS, SHEET_COLUMNS = 10_000, 64
SHEETS, SHEET_CELLS = 50, 200_000
"""Of somebody's questionnaire, all sheets together: each cell is written again beside its answer."""
SHEET_TAGS, SHEET_OTHER_TAGS = 1_000_000, 20_000
"""Of the XML in it: 10,000 rows have 800,000 and styles some hundred; so many cells in one row take five seconds."""
