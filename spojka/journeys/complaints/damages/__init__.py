"""
Damages for what messages said: claimed with a calculation, asserted after a warning (o2/9.1).

Owns: claims and their posting. Does not own the case (`complaints`). Invariants: a claim is about content; it is owed
only once it was asserted, after a delivered warning about content, apart from the fees of services.
"""
