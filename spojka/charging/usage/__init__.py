"""
What happened: usage records taken in, screened, kept in segments; what cannot be rated waits in suspense.

Owns: files, identities, segments, the buffer, suspense. Invariants: identity is (source, record id) and is taken once;
a file is wholly in or wholly out; nothing that came is lost.
"""
