"""How a request is served: one session, one commit, the clock, stores, errors to status."""
