"""Applications of subscribers: a service of a connector product with its numbers, options, limits and contact persons."""
