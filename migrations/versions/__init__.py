"""One numbered, reversible revision a file."""
