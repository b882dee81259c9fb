"""The words of refusals of submissions."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "SERVICE_NOT_ACTIVE",
    cs="Služba ještě není zapnuta ({state}); zprávy lze posílat od její aktivace.",
    en="The service is not active yet ({state}); messages can be sent once it is.",
)
define_refusal(
    "SERVICE_SUSPENDED",
    cs="Služba je přerušena: {reason}. Zprávy teď nepřijímáme.",
    en="The service is suspended: {reason}. No messages are taken now.",
)
define_refusal(
    "MESSAGE_TYPE_NOT_SUPPORTED",
    cs="Služba {product} zprávy druhu {kind} nepřenáší.",
    en="The service {product} does not carry messages of kind {kind}.",
)
define_refusal(
    "MESSAGE_TOO_LONG",
    cs="Zpráva má {size} {unit}, nejvýše lze {most}. Zkraťte ji; sami ji nekrátíme.",
    en="The message has {size} {unit}, at most {most} are possible. Shorten it; we do not cut it.",
)
define_refusal(
    "ENCODING_ERROR",
    cs="Text nelze zapsat v žádaném kódování kvůli znaku {character} na místě {position}.",
    en="The text cannot be written in the coding asked for because of the character {character} at place {position}.",
)
define_refusal(
    "PRIORITY_NOT_AVAILABLE",
    cs="Služba {product} prioritní SMS nemá; mají ji {products}.",
    en="The service {product} has no priority SMS; {products} have.",
)
define_refusal(
    "PRIORITY_REQUIRES_PRIORITY_URL",
    cs="Prioritní SMS patří na svou adresu. Pošlete ji tam, nebo bez priority.",
    en="Priority SMS have an address of their own. Send it there, or without priority.",
)
define_refusal(
    "PRIORITY_URL_REQUIRES_PRIORITY",
    cs="Na adresu pro prioritní SMS přišla zpráva, která prioritní být nemá. Pošlete ji na běžnou adresu.",
    en="A message that is not to be a priority one came to the address for priority SMS. Send it to the standard one.",
)
define_refusal(
    "SENDER_NOT_ASSIGNED",
    cs="Číslo {sender} této aplikaci nepatří. Použijte její číslo, její přezdívku, nebo odesílatele nechte na nás.",
    en="The number {sender} is not this application's. Use its own number or nickname, or leave the sender to us.",
)
define_refusal(
    "NICKNAME_NOT_AVAILABLE",
    cs="Služba {product} přezdívky nemá; mají je {products}.",
    en="The service {product} has no nicknames; {products} have.",
)
define_refusal(
    "NICKNAME_NOT_ACTIVE",
    cs="Přezdívka {nickname} není u této aplikace zapnuta.",
    en="The nickname {nickname} is not active for this application.",
)
define_refusal(
    "NICKNAME_ABROAD_NOT_SUPPORTED",
    cs="Na zahraniční číslo {recipient} nelze poslat SMS s přezdívkou {nickname}. Zvolte jako odesílatele číslo.",
    en="The foreign number {recipient} gets no SMS with the nickname {nickname}. Choose a number as the sender.",
)
define_refusal(
    "OPT_OUT_ROUTE_MISSING",
    cs="Na přezdívku {nickname} nelze odpovědět; pro obchodní sdělení uveďte u aplikace, jak je lze odmítnout.",
    en="Nobody can answer the nickname {nickname}; state for the application how commercial messages are refused.",
)
define_refusal(
    "DAILY_LIMIT_EXCEEDED",
    cs="Denní limit je {limit} zpráv, využito {used}, tato má {parts}. Znovu lze posílat od {retry_at}.",
    en="The daily limit is {limit} messages, {used} are used, this one has {parts}. Sending goes on at {retry_at}.",
)
define_refusal(
    "MONTHLY_LIMIT_EXCEEDED",
    cs="Měsíční limit je {limit} zpráv, využito {used}, tato má {parts}. Znovu lze posílat od {retry_at}.",
    en="The monthly limit is {limit} messages, {used} are used, this one has {parts}. Sending goes on at {retry_at}.",
)
define_refusal(
    "QUEUE_FULL",
    cs="Ve frontě čeká {queued} zpráv z nejvýše {most}. Místo bude {retry_at}.",
    en="{queued} messages wait in the queue of at most {most}. There will be room at {retry_at}.",
)
define_refusal(
    "WOULD_EXPIRE",
    cs="Zpráva platí do {expires_at}, na řadu přijde až {expected_at}. Prodlužte platnost, nebo zvyšte rychlost.",
    en="The message is valid until {expires_at}, its turn comes at {expected_at}. Extend it, or raise the pace.",
)
define_refusal(
    "APPLICATION_UNKNOWN",
    cs="Aplikace {application} není v evidenci.",
    en="There is no application {application}.",
)
define_refusal(
    "OUTCOME_UNKNOWN",
    cs="Databáze se ztratila, když se zprávy ukládaly: možná jsou přijaté. Se stejnou značkou je pošlete znovu bez"
    " obav; beze značky by mohly odejít dvakrát.",
    en="The database was lost while the messages were stored: they may be accepted. With the same reference send them"
    " again without worry; without one they might leave twice.",
)
