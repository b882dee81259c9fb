"""
Messages between programs and mobile numbers: texts, sessions with SMS centres, what may be sent, and what came of it.

Owns: the rules of texts and parts, SMPP, who may send as whom, limits, consents, the store of messages. Does not own
what a message costs (`charging`), contracts and the state of services (`trade`). Invariants: a message is durable
before it is answered; nothing is sent twice where the network answered once; the words of a customer are never changed.
"""
