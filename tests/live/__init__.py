"""Real servers of MLflow and Phoenix on this machine, in an environment of their own, filled by their own clients."""
