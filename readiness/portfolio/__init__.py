"""Of many systems: where each stands, what needs a decision, finding one. Pure."""
