"""The words of refusals about webhooks."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "WEBHOOK_URL_INVALID",
    cs="Na adresu {url} volat nelze: {reason}. Uveďte adresu jako https://example.cz/zpravy.",
    en="The address {url} cannot be called: {reason}. Give one like https://example.cz/messages.",
)
