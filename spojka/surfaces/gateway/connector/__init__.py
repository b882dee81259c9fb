"""
What customers' programs speak to: HTTPS known by client certificates, in the modern dialect and in the established one.

Owns: the server with its bounds, routes, the translation of requests and answers. Does not own any decision: what is
accepted is decided by `network.messaging.submission`, who may speak by `network.messaging.certificates`. Invariants:
every request is judged by the pins as they stand then; whoever has no certificate of an application learns nothing of
it; the words of messages are never logged.
"""
