"""The seal of a pack: the same bytes every time, who signed them, and whether both still hold.

Nothing here knows what is in a pack: it names members, digests and keys, and reads what anybody may have made.
"""
