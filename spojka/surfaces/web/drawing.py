"""Pictures in templates: icons, and the use of a month drawn as bars with the same figures as a table beside it."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_PATHS: Final = {
    "home": "M3 11 12 4l9 7M6 9.5V20h12V9.5M10 20v-6h4v6",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20",
    "people": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM3 20c0-3.6 2.5-5.5 6-5.5s6 1.9 6 5.5"
    "M16 5.4a3.2 3.2 0 0 1 0 6.2M17.5 14.9c2.2.6 3.5 2.3 3.5 5.1",
    "inbox": "M4 13 6.5 5h11L20 13v6H4v-6Zm0 0h5l1 2.5h4L15 13h5",
    "bill": "M6 3h12v18l-3-2-3 2-3-2-3 2V3ZM9 8h6M9 12h6",
    "terms": "M5 4h10l4 4v12H5V4ZM14.5 4v4.5H19M8 12h8M8 16h5",
    "audit": "M12 3 5 6v5c0 4.6 2.9 8.3 7 10 4.1-1.7 7-5.4 7-10V6l-7-3ZM9 12l2.2 2.2L15.3 10",
    "clock": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4.5l3 1.8",
    "messages": "M4 5h16v11H10l-4 3.5V16H4ZM8 9h8M8 12h5",
    "programs": "M5 5h14v14H5ZM5 9h14M8.5 12.5 11 15l-2.5 2M13 17h3",
    "out": "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
    "key": "M14 4a5 5 0 1 0 0 10 5 5 0 0 0 0-10ZM10.4 12.5 4 19v2h3v-2h2v-2h2",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One line drawing; it says nothing to a screen reader, the word beside it does."""
    path = mark_safe(_PATHS[name])  # noqa: S308  # our own constant
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', path)


@register.simple_tag
def sign() -> SafeString:
    """Spojka's sign: two links that hold one another."""
    return mark_safe(  # our own constant
        '<svg viewBox="0 0 28 28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.2">'
        '<path d="M11.56 20.83A7 7 0 1 1 15.86 17.83M16.44 7.17A7 7 0 1 1 12.14 10.17"/></svg>',
    )


@register.inclusion_tag("web/chart.html")
def chart(picture: Any) -> dict[str, Any]:
    """A picture of use and the same figures as a table."""
    return {"picture": picture}
