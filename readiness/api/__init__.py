"""What programs ask for: the answers, the HTTP API over the services, and a client of it."""
