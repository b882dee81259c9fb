"""
SMPP 3.4 for customers' programs: the connector's other door, over mutual TLS, beside HTTPS and on the same desk.

Owns: who may bind, what requests mean, how refusals are said, how an inbox reaches links. Does not own the protocol
(`network/messaging/smpp`), accounts (`network/messaging/applications/accounts`) or any decision about a message
(`network/messaging/submission`). Invariants: no certificate, no service; a submit_sm is in the database before it is
answered; what came in leaves the inbox only after the program said ESME_ROK.
"""
