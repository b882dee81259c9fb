"""A document as PDF: `printed` says what, the Typst template says where; drawn without network or clock."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import typst

from spojka.revenue.documents.invoice import InvoiceDocument
from spojka.revenue.documents.printed import printed

HERE: Final = Path(__file__).parent
TEMPLATES: Final = HERE / "templates"
FONTS: Final = HERE / "fonts"


class DocumentNotDrawn(RuntimeError):
    """The template did not compile with a document's data; the text names the document and what the compiler said."""


class Printer:
    """
    Draws documents one after another with a template that is read once.

    One printer serves one thread at a time (others wait); a process of its own per core prints fastest.
    """

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
        self._compiler = typst.Compiler(str(TEMPLATES / "invoice.typ"), root=str(TEMPLATES), font_paths=fonts)
        self._one_at_a_time = threading.Lock()

    def draw(self, document: InvoiceDocument) -> bytes:
        """
        The document as PDF bytes: A4, tagged for screen readers, fonts embedded; equal documents give equal bytes.

        Raises:
            DocumentNotDrawn: the compiler refused.

        """
        inputs = {"document": json.dumps(printed(document), ensure_ascii=False)}
        issued_at = datetime.combine(document.issued_on, time(0), UTC)
        try:
            with self._one_at_a_time:
                drawn = self._compiler.compile(format="pdf", sys_inputs=inputs, timestamp=issued_at)
        except typst.TypstError as refused:
            raise DocumentNotDrawn(f"{document.number}: {refused}") from refused
        if not isinstance(drawn, bytes):
            raise DocumentNotDrawn(f"{document.number}: the compiler gave no single file")
        return drawn
