"""One line of migrations for the whole package; each runs under a lock timeout."""
