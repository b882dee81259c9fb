"""
Accounts with which programs bind over SMPP: a system_id with a password, beside the certificate.

Owns: who may bind as whom, how often at once, and how the messages of an account are treated. Does not own sessions
(`surfaces/gateway/smpp`) or certificates. Invariants: a system_id has one open account within a tenant; a password is
shown once, when its account is set, and only its hash is kept; an account never changes: setting it again closes it
and opens another.
"""
