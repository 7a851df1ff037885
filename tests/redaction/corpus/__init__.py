"""The labelled corpus in two parts: `seen`, which whoever writes rules may read, and `heldout`, which they may not.

Both are drawn with a fixed seed from the forms in `tests/data/redaction/PART/forms.toml`; every value is invented. The
forms and rows of `heldout`, and `heldout_numbers.py`, are for whoever keeps the corpus; the figures are for everybody.
"""
