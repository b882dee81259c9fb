"""Signatures, pauses, and which addresses may be called. Pure."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Final
from urllib.parse import urlsplit

PAUSES_S: Final = (5, 30, 120, 600, 1800)
"""Seconds until the next try after the first, the second, … one."""
LONGEST_PAUSE_S: Final = 3600
LONGEST_URL: Final = 2000
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def signature(secret: bytes, *, timestamp: int, body: bytes) -> str:
    """
    HMAC-SHA256 (RFC 2104) of the time and the body, so that neither can be changed or used again later.

    >>> signature(b"k", timestamp=1, body=b"{}")[:12]
    'v1=3dd49b259'
    """
    return "v1=" + hmac.new(secret, b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def pause_s(tries: int) -> int:
    """
    How long after so many tries the next one is due.

    >>> [pause_s(tries) for tries in (1, 5, 6, 100)]
    [5, 1800, 3600, 3600]
    """
    return PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else LONGEST_PAUSE_S


def wrong_url(url: str) -> str | None:
    """What is wrong with an address to call, or `None`."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return "too long, or holds characters that an address cannot"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "not an address"
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return "neither https:// nor http:// with a host"
    if parts.username is not None or parts.fragment:
        return "holds a user's name or a fragment"
    return None


def wrong_for_public(url: str) -> str | None:
    """
    What is wrong with an address that is called over the public Internet, as far as it says so itself, or `None`.

    >>> [wrong_for_public(one) is None for one in ("https://a.cz/", "http://a.cz/", "https://10.0.0.1/", "https://[::1]/")]
    [True, False, False, False]
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return "not https://"
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return "an address of a private network"
    try:
        return None if is_public(host) else "an address of a private network"
    except ValueError:  # a name: where it leads is looked at whenever it is called
        return None


def is_public(address: str) -> bool:
    """
    Whether an IP address is one of the public Internet, also as it stands within another (RFC 6890).

    >>> [is_public(one) for one in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "2001:4860::8888")]
    [True, False, False, False, True]
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        within = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            within = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if within is not None:
            return within.is_global and not within.is_multicast
    return found.is_global and not found.is_multicast
