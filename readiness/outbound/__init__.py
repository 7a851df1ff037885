"""What is sent to servers of others, by mail, to a webhook or into a tracker; knows nothing of the store."""
