"""What a person can do or read: the only callers of the store, each with a principal and authorised."""
