"""
Client certificates: by which of them a program is known as one application, until when, and who answers for its use.

Owns: registered certificates, the roots of supported authorities, reports of compromise, blocks, what gateways keep in
memory of them. Does not own contact persons (`applications`), messages or their price. Invariants: a certificate is
known by its SHA-256 and its key by the SHA-256 of SubjectPublicKeyInfo; a key that was blocked is never accepted again
in any certificate; no private key is ever stored here; no list of a certification authority is asked (o2/6.1 to 6.7).
"""
