"""
Multimedia messages on their way: to MMSCs at the pace of their applications, and from them into inboxes.

Owns: the ways to MMSCs as they are used, the claim before an MMS is submitted, the match of delivery reports, where a
message from a handset belongs. Does not own the protocol (`mm7`), what may be sent (`submission`), or where messages
lie (`messages`). Invariants: an MMS is claimed in the database before it is submitted, and one whose answer was lost is
never submitted again; nothing is answered to an MMSC before it is written; the same delivery is kept once.
"""
