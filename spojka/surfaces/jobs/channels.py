"""Which networks notices are handed to, as the environment says; where nothing is set a simulated one takes them."""

from __future__ import annotations

import os
from typing import Final

from spojka.trade.notices.mail import Mailer, MailServer, Sender
from spojka.trade.notices.sending import by_mail, register_driver

SMTP_VARIABLE: Final = "SPOJKA_SMTP_URL"
"""Like `smtps://user:password@mail.example.cz` (see `MailServer.from_url`)."""

SENDER_VARIABLE: Final = "SPOJKA_MAIL_SENDER"
"""Like `Nej MOBIL <faktury@example.cz>`."""

DEFAULT_SENDER: Final = "Spojka <noreply@localhost>"


def register_channels() -> None:
    """Have e-mail go by the configured server, when one is configured."""
    url = os.environ.get(SMTP_VARIABLE)
    if url:
        name, _, address = os.environ.get(SENDER_VARIABLE, DEFAULT_SENDER).partition("<")
        sender = Sender(name.strip(), address.rstrip("> ").strip())
        register_driver("email", by_mail(Mailer(MailServer.from_url(url), sender)))
