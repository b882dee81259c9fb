"""
What was called, by whom, when and with what answer; chained so that nothing can be taken out or changed unseen.

Owns: the audit rows and their seals. Invariants: rows and seals are only ever inserted; a row is written in the
transaction of the call it records; a sealer chains committed rows, so the hash chain costs the call nothing.
"""
