"""Catalogues: what the code says, and whether every language says all of it."""
