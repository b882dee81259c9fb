"""
SMPP 3.4: what the frames say, sessions for both sides, receipts, times and what a status means.

Owns: the codec, the link with its windows and timers, the client that keeps a link bound, the server that answers, the
text of receipts. Does not own what a message is, where it is kept or whether it may be sent: nothing here knows a
database or a term. Invariants: every request gets one answer; what was sent and not answered is *uncertain*, said once,
at once when the link is lost; no frame that a peer can send raises.
"""
