"""A provider's pack on disk: its documents, their order of precedence, its products, and the editions it publishes."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

PROVIDERS: Final = Path(__file__).parents[2] / "providers"
PATH_VARIABLE: Final = "SPOJKA_PACKS"


class PackUnknown(LookupError):
    """No pack of that name is found; says where was looked and what is there."""


@dataclass(frozen=True, slots=True)
class PackDocument:
    """
    One document of a pack.

    Args:
        code: like `nej-mobil/operating-rules`.
        kind: its type, which gives its rank.
        cites_as: the prefix its clauses are cited with.
        titles: by language.
        example: it stands in for a document that is not public.

    """

    code: str
    kind: str
    cites_as: str
    titles: Mapping[str, str]
    example: bool


@dataclass(frozen=True)
class Pack:
    """
    A provider's pack.

    Args:
        code: its name.
        folder: where it lies.
        raw: the whole of `pack.toml`.
        documents: by code.

    """

    code: str
    folder: Path
    raw: Mapping[str, Any]
    documents: Mapping[str, PackDocument]

    def rank(self, kind: str) -> int:
        """A document type's place in the order of precedence; lower is stronger."""
        order: list[str] = self.raw["precedence"]
        return order.index(kind)

    def product(self, code: str) -> Mapping[str, Any] | None:
        """A product's facts, or none."""
        found: Mapping[str, Any] | None = self.raw.get("product", {}).get(code)
        return found

    def edition_files(self) -> list[tuple[PackDocument, Path]]:
        """Every edition's file with its document, statutes that the pack names included."""
        found: list[tuple[PackDocument, Path]] = []
        for document in self.documents.values():
            scope, _, name = document.code.rpartition("/")
            folder = self.folder / name if scope == self.code else PROVIDERS / "statutes" / name
            found += [(document, file) for file in sorted(folder.glob("*.toml"))]
        return found


def _folders() -> list[Path]:
    return [Path(part) for part in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if part] + [PROVIDERS]


@lru_cache(maxsize=32)
def find_pack(code: str) -> Pack:
    """The pack of that name, from `SPOJKA_PACKS` or the reference packs, or of that folder; raises `PackUnknown`."""
    for folder in [Path(code), *(base / code for base in _folders())]:
        if (folder / "pack.toml").is_file():
            raw = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
            documents = {
                each["code"]: PackDocument(
                    each["code"],
                    each["type"],
                    each.get("cites_as", each["code"]),
                    {"cs": each["title_cs"], "en": each["title_en"]},
                    bool(each.get("example", False)),
                )
                for each in raw["document"]
            }
            return Pack(raw["provider"]["code"], folder, raw, documents)
    there = sorted(file.parent.name for base in _folders() for file in base.glob("*/pack.toml"))
    raise PackUnknown(f"no pack {code!r} in {', '.join(map(str, _folders()))}; there are: {', '.join(there)}")
