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
MOBILE: Final = "mobile"
"""The line of business whose services have a tariff with volumes, and use that is rated by it."""


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

    def products_of(self, line: str) -> list[str]:
        """Codes of the products of a line of business, like `mobile` or `messaging`."""
        return [code for code, facts in self.raw.get("product", {}).items() if facts["line"] == line]

    def rests_on(self, subject: str) -> tuple[str, ...]:
        """The clauses that the pack names for what no term of an edition stands behind; none where it names none."""
        return tuple(self.raw.get("rests_on", {}).get(subject, ()))

    @property
    def number_ranges(self) -> list[tuple[str, str]]:
        """First and last number of every range of subscriber numbers; none for a provider without a stock of them."""
        return [(each["from"], each["to"]) for each in self.raw.get("number_range", ())]

    @property
    def has_sims(self) -> bool:
        """Whether the provider gives out cards."""
        return bool(self.raw.get("sim_range"))

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
