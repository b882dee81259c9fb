"""The words by which subscribers are told of a warning, of a suspension and of its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.journeys.complaints.rules import Ground, Kind
from spojka.kernel.ids import PartyId
from spojka.network.messaging.applications.contacts.store import contacts_at
from spojka.terms.clauses import Language
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell


@dataclass(frozen=True, slots=True)
class Letter:
    """What a subscriber is told, in both languages; `{app}` is the application's number."""

    kind: str
    subject: Mapping[str, str]
    body: Mapping[Language, str]


_GROUNDS: Final[Mapping[Ground, Mapping[Language, str]]] = {
    "SPAM": {"cs": "nevyžádaná zpráva", "en": "an unsolicited message"},
    "HARM_PROVIDER": {"cs": "škodí poskytovateli", "en": "it harms the provider"},
    "HARM_SUBSCRIBERS": {"cs": "škodí účastníkům", "en": "it harms subscribers"},
    "SERVICE_IMPACT": {"cs": "narušuje služby", "en": "it disturbs services"},
    "UNLAWFUL": {"cs": "porušuje právo", "en": "it breaks the law"},
}

WARNING: Final[Mapping[Kind, Letter]] = {
    "spam": Letter(
        "complaint_warning",
        {"cs": "Varování: stížnost na nevyžádanou zprávu", "en": "Warning: a complaint about an unsolicited message"},
        {
            "cs": "Příjemce si stěžuje na nevyžádanou zprávu z aplikace {app}, odeslanou {at} na číslo {phone}. Doložte"
            " souhlas příjemce. Při další stížnosti můžeme službu přerušit nebo ukončit.",
            "en": "A recipient complains about an unsolicited message from the application {app}, sent at {at} to"
            " {phone}. Prove the recipient's consent. On another complaint we may suspend or end the service.",
        },
    ),
    "content": Letter(
        "complaint_warning",
        {"cs": "Varování: obsah zpráv", "en": "Warning: what messages say"},
        {
            "cs": "Obsah zpráv z aplikace {app} ({at}) porušuje podmínky: {ground}. Upravte jej. Službu můžeme"
            " přerušit nebo ukončit a žádat náhradu škody.",
            "en": "What messages of the application {app} say ({at}) breaks the conditions: {ground}. Change it. We"
            " may suspend or end the service and claim damages.",
        },
    ),
}
SUSPENDED: Final = Letter(
    "complaint_suspended",
    {"cs": "Služba je přerušena", "en": "The service is suspended"},
    {
        "cs": "Aplikace {app} je od {at} přerušena. Čekající zprávy jsme zrušili a neúčtují se, přijaté lze"
        " vyzvednout.",
        "en": "The application {app} is suspended since {at}. Waiting messages were cancelled and are not charged;"
        " received ones can be picked up.",
    },
)
RESUMED: Final = Letter(
    "complaint_resumed",
    {"cs": "Služba je obnovena", "en": "The service is resumed"},
    {"cs": "Aplikace {app} od {at} znovu běží.", "en": "The application {app} runs again since {at}."},
)


def write(
    ctx: Context, letter: Letter, case: Row, *, facts: Mapping[str, object], key: str, clauses: Sequence[str]
) -> None:
    """
    Tell a subscriber by e-mail and in the portal, and the contact person by text message.

    Args:
        ctx: the call.
        letter: what is told.
        case: the case it is about.
        facts: values of the letter's places; `{app}` and `{ground}` are known from the case.
        key: recognises a repeat.
        clauses: what it rests on.

    """
    app = ctx.db.execute(
        "SELECT app_number FROM application WHERE tenant_id = %s AND id = %s", [ctx.tenant, case["service_id"]]
    ).fetchone()
    assert app is not None
    body: dict[str, str] = {}
    for language, words in letter.body.items():
        ground = _GROUNDS[case["ground"]][language]
        body[language] = fill(words, {**facts, "app": app["app_number"], "ground": ground}, language)
    own = NewNotice(
        kind=letter.kind,
        channels=("email", "portal"),
        subject=letter.subject,
        body=body,
        clauses=tuple(clauses),
        key=key,
        party=PartyId(case["party_id"]),
    )
    contact = contacts_at(ctx, [case["service_id"]], ctx.now).get(case["service_id"])
    notices = [own]
    if contact is not None:
        notices.append(replace(own, channels=("sms",), key=f"{key}:contact", recipient=contact.phone))
    tell(ctx, notices)
