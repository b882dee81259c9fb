"""
The free program for subscribers of MMS Connector: a file with its version, checksum and licence, and who took it.

Owns: the record of downloads. Does not own the program, which is this software's own client, packed. Invariants: it
costs nothing and makes no item of a bill; only who has a running application of a product that it belongs to gets it;
every download is on record (o2/8.8).
"""
