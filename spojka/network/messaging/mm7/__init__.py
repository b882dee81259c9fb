"""
MM7: multimedia messages between a program and an MMSC, as SOAP 1.1 with attachments over HTTP (TS 23.140, 8.7).

Owns: the messages as values, their envelopes and MIME bodies, what a status code means for another try, a client
towards an MMSC and an application that hears one, the comparison of media before and after. Does not own who may send
what, where messages are kept, prices, or who the peer is: TLS and identity are the caller's. Knows no database and no
terms.
Invariants: what was read wrong is a value with the status to answer; a request whose answer was lost is uncertain and
is not sent again; the bytes of a media part are never changed, only their container.
"""
