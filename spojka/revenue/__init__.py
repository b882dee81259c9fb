"""Money in: invoices and the payments that settle them."""
