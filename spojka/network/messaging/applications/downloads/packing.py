"""The client of this software as a wheel, the same bytes each time it is packed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Final

LICENCE: Final = "Apache-2.0"
PYTHON: Final = ">=3.11"
_PACKAGE: Final = "spojka_client"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first instant that a ZIP archive can say: the day of packing must not change the checksum."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file to download; `sha256` is hexadecimal."""

    filename: str
    version: str
    licence: str
    sha256: str
    content: bytes


@lru_cache(maxsize=1)
def packed_client() -> Packed:
    """The client's own source as a wheel (binary distribution format 1.0), which pip installs."""
    number = version("spojka")
    about = f"{_PACKAGE}-{number}.dist-info"
    parts = {
        f"{_PACKAGE}/{one.name}": one.read_bytes()
        for one in sorted(files(_PACKAGE).iterdir(), key=lambda each: each.name)
        if one.is_file() and one.name.endswith((".py", ".typed"))
    }
    metadata = (
        f"Metadata-Version: 2.4\nName: spojka-client\nVersion: {number}\nSummary: A client of Spojka's connector.\n"
        f"License-Expression: {LICENCE}\nRequires-Python: {PYTHON}\nRequires-Dist: httpx\n"
    )
    parts[f"{about}/METADATA"] = metadata.encode()
    parts[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: spojka\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in parts.items()]
    parts[f"{about}/RECORD"] = "".join([*lines, f"{about}/RECORD,,\n"]).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    content = written.getvalue()
    name = f"{_PACKAGE}-{number}-py3-none-any.whl"
    return Packed(name, number, LICENCE, hashlib.sha256(content).hexdigest(), content)


def _digest(content: bytes) -> str:
    """A file's hash as a RECORD writes it: URL-safe base64 without padding."""
    return urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
