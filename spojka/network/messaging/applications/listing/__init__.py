"""
Entries that are kept out of the published directory: who hid which, when and why.

Owns: hidden entries with their reasons. Does not own the directory (`applications`). Invariants: an entry is hidden for
a reason; hiding changes nothing about the service; every hiding stays on record (o2/8.7).
"""
