"""
Providers that share one installation, each walled off twice: by the application's scope and by row-level security.

Owns: the tenants and the walls. Invariants: every table with a tenant_id has a forced policy on it.
"""
