"""The words of what binding is refused for, and of requests that cannot be done."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "SYSTEM_ID_UNKNOWN",
    cs="system_id {system_id} k tomuto certifikátu nepatří.",
    en="The system_id {system_id} does not belong to this certificate.",
)
define_refusal(
    "SYSTEM_PASSWORD_WRONG",
    cs="Heslo k system_id {system_id} nesouhlasí.",
    en="The password of the system_id {system_id} is wrong.",
)
define_refusal(
    "TOO_MANY_BINDS",
    cs="Pod system_id {system_id} je už {most} spojení; víc jich být nemůže.",
    en="{most} sessions are bound as {system_id} already; there cannot be more.",
)
define_refusal(
    "BIND_ACCOUNT_CLOSED",
    cs="Účet {system_id} byl zrušen nebo nastaven znovu.",
    en="The account {system_id} was revoked or set anew.",
)
