"""The pages of docs/ as a site, with the reference that is drawn from code and data."""
