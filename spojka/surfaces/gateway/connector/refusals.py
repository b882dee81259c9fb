"""The words of what is wrong with a request itself, before anything of it is decided."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "REQUEST_MALFORMED",
    cs="Pole {field} nelze přečíst: {reason}. Opravte je a pošlete znovu.",
    en="The field {field} cannot be read: {reason}. Correct it and send again.",
)
define_refusal(
    "BODY_TOO_LARGE",
    cs="Tělo požadavku je delší než {most} B. Rozdělte je.",
    en="The body of the request is longer than {most} B. Split it.",
)
define_refusal(
    "TOO_MANY_MESSAGES",
    cs="V jednom požadavku je {count} zpráv, nejvýše lze {most}. Rozdělte jej.",
    en="One request holds {count} messages, at most {most} are possible. Split it.",
)
define_refusal(
    "ADDRESS_UNKNOWN",
    cs="Na adrese {path} nic není; co je k dispozici, říká /v1/openapi.json.",
    en="There is nothing at {path}; /v1/openapi.json says what there is.",
)
define_refusal(
    "METHOD_NOT_ALLOWED",
    cs="Adresa {path} metodu {method} nezná; zná {methods}.",
    en="The address {path} does not take {method}; it takes {methods}.",
)
define_refusal(
    "TOO_MANY_WAITING",
    cs="Na zprávy této aplikace čeká už {count} požadavků. Stačí jeden; ostatní ukončete.",
    en="{count} requests wait for messages of this application already. One will do; end the others.",
)
define_refusal(
    "TOO_MUCH_AT_ONCE",
    cs="S tímto certifikátem se právě přijímá a vyřizuje {held} B požadavků, najednou lze nejvýše {most} B. Nic z "
    "tohoto nebylo přijato; pošlete jej znovu za chvíli a posílejte jich najednou méně.",
    en="{held} B of requests with this certificate are being received and answered, at most {most} B may be at once. "
    "Nothing of this one was accepted; send it again in a moment, and fewer at the same time.",
)
define_refusal(
    "TRY_AGAIN",
    cs="Zprávu teď nelze uložit a nic z ní nebylo přijato. Pošlete ji se stejnou značkou znovu.",
    en="Nothing can be stored just now and nothing was accepted. Send again with the same reference.",
)
define_refusal(
    "FAULT",
    cs="Došlo k chybě na naší straně; víme o ní. Pošlete zprávu se stejnou značkou znovu.",
    en="A fault of ours happened; we know of it. Send again with the same reference.",
)
