"""What happened, what it costs, what is left, what is to be billed, and the balanced postings."""
