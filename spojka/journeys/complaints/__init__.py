"""
Complaints about messages: matched to the log, warned about, decided; and cases about what messages say.

Owns: cases with their evidence, warnings and the proof that they were delivered, the decision, claims of damages. Does
not own consents and messages (`network/messaging`), the suspension itself (`trade/services`), or the disclosed contact
person (`network/messaging/applications/contacts`). Invariants: nothing is suspended or ended before a warning on the
same kind of ground was delivered, strictly earlier; a warning about unsolicited messages serves no case of content.
"""
