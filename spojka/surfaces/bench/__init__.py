"""Benchmarks that anyone can rerun with one command, each in a fresh tenant, with the disk's own speed beside it."""
