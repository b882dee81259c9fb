"""
The life of an application of the messaging connector: ordered, switched on, given options, cancelled, ended.

Owns: the assessment of an order, who accepted which edition by switching on, the end of everything an application has.
Does not own applications, certificates and contact persons (`network/messaging`) or contracts (`trade`). Invariants:
nothing is switched on without its documents, a contact person and a certificate; only the contact person cancels.
"""
