"""
Demonstrations: a provider's month of traffic, made up from a seed and written as the files that networks would send.

Owns: the shape of made-up traffic and its files. Does not own: taking them in (`usage`), or setting a provider up.
Invariants: the same seed, month and services give the same bytes; no file holds a real person's data.
"""
