"""
A provider set up in its tenant: its pack's editions published, an example stock, its first period's close promised.

Owns: nothing of its own; it is the first operation of every tenant.
"""
