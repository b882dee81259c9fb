"""Processes that cross domains and wait for days."""
