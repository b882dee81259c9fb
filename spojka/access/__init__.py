"""Who acts, for which tenant, by which registered operation, and what remains as evidence."""
