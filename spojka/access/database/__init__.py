"""
One PostgreSQL: the embedded server or a configured one, connections under the ordinary role, one scope a transaction.

Owns: where the database is, who connects, how a tenant's scope is set. Does not own any table.
Invariants: work runs as the role `spojka_app`, which neither owns tables nor bypasses row-level security; a
transaction's tenant is set once and never changes; a server with fsync, full_page_writes or
synchronous_commit off is refused; one that was away is found again by itself.
"""
