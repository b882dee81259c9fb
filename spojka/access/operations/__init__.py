"""
The only way anything changes: registered operations, and their reading twins, the queries.

Owns: the registry, the call (transaction, permission, idempotency key, audit row), conversion of arguments.
Does not own what an operation does. Framework-free: console, portal, API, CLI, jobs and stories call by name.
Invariants: one call, one transaction; a key is answered once; a refusal leaves nothing behind but its audit row.
"""
