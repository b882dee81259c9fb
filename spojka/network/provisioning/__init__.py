"""
Data access as the network gave it: which service had which public address, ports and volume, and when (nej/2.16).

Owns: records of data sessions behind translated addresses. Does not own what data cost (`charging`). Invariants: a
record of one source id is kept once; whoever searches gives a reason and is in the audit; records are forgotten when
their retention ends.
"""
