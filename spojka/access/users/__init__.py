"""
Who may sign in: people of a tenant and of its customers, with roles.

Owns: logins, password hashes (Argon2id), roles and the permissions they hold, failed attempts.
Invariants: a password is never stored nor logged; a login is locked after the failures that a clause allows.
"""
