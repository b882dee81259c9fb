"""
Contracts: who is bound, to which product, by which editions, with what proof.

Owns: the contract and its numbers. Does not own what runs under it (services). Invariants: a signed contract names the
editions accepted and the proof of acceptance; its public number finds it forever.
"""
