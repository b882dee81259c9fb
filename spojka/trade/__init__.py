"""Who is bound to what: parties, contracts, services, numbers, published editions, and how people are told."""
