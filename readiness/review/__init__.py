"""The review: everything that is known about one assessment on one day. Pure."""
