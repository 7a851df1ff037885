"""Every write: compared with what the writer saw and audited, in the transaction of the service that authorised it.

Each function answers with a sentence that says what was stored.
"""
