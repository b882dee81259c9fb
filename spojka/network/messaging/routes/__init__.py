"""
The ways to SMS centres and MMSCs, as the provider set them.

Owns: where each way binds or submits, as whom, which networks it leads to, who is heard on it. Does not own how it is
used (`sending`, `multimedia`). Invariants: a network has one way for SMS and one for MMS, `*` is all others; passwords
are kept encrypted and shown to nobody; a change is used by a sender when it begins.
"""
