"""Where a NATS server is and how we prove who we are, as one address says it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

_FILES: Final = frozenset({"trust", "certificate", "key", "nkey", "credentials"})
_DEFAULT_PORT: Final = 4222


class QueueMisnamed(ValueError):
    """An address of a queue that says nothing we know; the text says what is wrong and shows no password."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """
    One NATS server or the servers of one cluster.

    Args:
        servers: addresses without names and passwords.
        encrypted: whether TLS is asked for; a server may ask for it too.
        user, password: where the server knows us by them.
        trust: authorities of the server's certificate (PEM), besides those of the machine.
        certificate, key: our own for TLS (PEM); the key may be in the same file.
        nkey: a file with the seed of an NKey.
        credentials: a file with a JWT and its seed.

    """

    servers: tuple[str, ...]
    encrypted: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    trust: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    nkey: Path | None = None
    credentials: Path | None = None

    def tls(self) -> ssl.SSLContext | None:
        """What TLS stands on; `None` where it is not asked for."""
        if not self.encrypted:
            return None
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.trust is not None:
            context.load_verify_locations(self.trust)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


def settings_of(url: str) -> QueueSettings:
    """
    Settings from `nats://` or `tls://`, `[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]` and `[?NAME=FILE&…]`.

    NAME is `trust`, `certificate`, `key`, `nkey` or `credentials`. Raises `QueueMisnamed`.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"nats", "tls"}:
        raise QueueMisnamed("begins with nats:// or tls://")
    named, _, hosts = parts.netloc.rpartition("@")
    if not hosts or parts.path not in {"", "/"} or parts.fragment:
        raise QueueMisnamed("needs a host, and no path")
    scheme: Literal["tls", "nats"] = "tls" if parts.scheme == "tls" else "nats"
    given: dict[str, Path] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _FILES:
            raise QueueMisnamed(f"knows {', '.join(sorted(_FILES))}, not {name}")
        given[name] = Path(value)
        if not given[name].is_file():
            raise QueueMisnamed(f"{name}: no file {value}")
    encrypted = scheme == "tls"
    if not encrypted and given.keys() & {"trust", "certificate", "key"}:
        raise QueueMisnamed("files for TLS need tls://")
    user, _, password = named.partition(":")
    return QueueSettings(
        tuple(f"{scheme}://{_host(host)}" for host in hosts.split(",")),
        encrypted,
        unquote(user) or None,
        unquote(password) or None,
        given.get("trust"),
        given.get("certificate"),
        given.get("key"),
        given.get("nkey"),
        given.get("credentials"),
    )


def _host(said: str) -> str:
    try:
        parts = urlsplit(f"//{said}")
        host, port = parts.hostname, parts.port or _DEFAULT_PORT
    except ValueError as wrong:
        raise QueueMisnamed("needs HOST:PORT") from wrong
    if not host:
        raise QueueMisnamed("needs HOST:PORT")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
