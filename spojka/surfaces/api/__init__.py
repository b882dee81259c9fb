"""
The public API: every operation and query by name over HTTP, for programs that show a token.

Owns: the HTTP of it: tokens in headers, statuses, the OpenAPI document. Does not own what a call does.
"""
