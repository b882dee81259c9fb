"""
What came in, told to programs that would rather be called: signed, and tried again until it is taken or erased.

Owns: where an application wants to be called, the secret of its signatures, tries and when the next one is due. Does
not own the items (`messages`) or the calling itself (`surfaces`). Invariants: what a program took is acknowledged; what
it did not is tried again, later each time, and can be fetched meanwhile; no address within the provider's own networks
is called unless the provider says so.
"""
