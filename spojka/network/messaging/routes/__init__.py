"""
The ways to SMS centres, as the provider set them.

Owns: where each way binds, as whom, which networks it leads to. Does not own how it is used (`sending`). Invariants: a
network has one way, `*` is all others; passwords are kept encrypted and shown to nobody; a change is used by a sender
when it begins.
"""
