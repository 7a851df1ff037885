"""What is sent to servers of others, by mail, to a webhook or into a tracker, and what is fetched from them.

It knows nothing of the store.
"""
