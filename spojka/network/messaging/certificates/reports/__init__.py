"""
Reports that a certificate may be misused, what is promised upon them, and until when the subscriber answers for it.

Anyone who is known may report; only the contact person's request begins the window of liability and invalidates a
certificate of our tool (o2/6.2, 6.4, 6.6, 6.7). What somebody else asks for is still a report, and has its deadline.
"""
