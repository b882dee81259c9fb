"""Users, their passwords and tokens, and the way in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.access.users import store
from spojka.access.users.locks import lock_terms
from spojka.access.users.passwords import Secret, fits, hash_password, is_dated, token_digest
from spojka.access.users.places import PLACE_MEMORY, place_lock, place_of, refuse_place
from spojka.access.users.queries import Identity, identity_of
from spojka.access.users.rules import (
    PASSWORD_CHARACTERS,
    SESSION_LASTS,
    TOKEN_CHARACTERS,
    LockTerms,
    Role,
    is_weak,
    login_lock,
)
from spojka.kernel.ids import PartyId, SignInId, UserId
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import Finding, refuse
from spojka.terms.refusals import define_refusal

define_refusal(
    "LOGIN_TAKEN",
    cs="Přihlašovací jméno {login} už někdo má. Zvolte jiné.",
    en="The login {login} is taken. Choose another.",
)
define_refusal(
    "PASSWORD_TOO_WEAK",
    cs="Heslo musí mít aspoň {characters} znaků a nesmí obsahovat přihlašovací jméno.",
    en="A password needs at least {characters} characters and must not contain the login.",
)
define_refusal(
    "PASSWORD_WRONG",
    cs="Současné heslo nesouhlasí. Zadejte ho znovu.",
    en="The present password does not fit. Enter it again.",
)
define_refusal(
    "LOGIN_LOCKED",
    cs="Přihlášení je po {failures} neúspěšných pokusech zamčeno do {until}. Zkuste to potom znovu.",
    en="After {failures} failed attempts signing in is locked until {until}. Try again then.",
    also=("account_locked",),
)
define_refusal(
    "TOKEN_TOO_SHORT",
    cs="Tajemství tokenu musí mít aspoň {characters} náhodných znaků.",
    en="A token's secret needs at least {characters} random characters.",
)
define_refusal(
    "TOKEN_TAKEN",
    cs="Program {program} už token má. Zvolte jiné jméno nebo token nejdřív uzavřete.",
    en="The program {program} has a token. Choose another name or close that token first.",
)
define_refusal(
    "TOKEN_NOT_KNOWN",
    cs="Program {program} nemá otevřený token.",
    en="The program {program} has no open token.",
)


@dataclass(frozen=True, slots=True)
class UserAdded:
    """A new user."""

    id: UserId
    login: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """
    The answer to an attempt.

    Args:
        accepted: login and password fit.
        user: who it is, when accepted.
        session: what a browser stays signed in with, when accepted.
        failures: how many attempts failed since the last success, within the window.
        locked_until: set when this failure locked the login.

    """

    accepted: bool
    user: Identity | None = None
    session: SignInId | None = None
    failures: int = 0
    locked_until: datetime | None = None


@operation("users.add", permission="users.manage", refusals=["LOGIN_TAKEN", "PASSWORD_TOO_WEAK"])
def add(
    ctx: Context,
    *,
    login: str,
    password: Secret,
    roles: list[Role],
    party: PartyId | None = None,
    language: Literal["cs", "en"] = "cs",
) -> UserAdded | Refusal:
    """Add a user of the tenant's staff, or of a customer when a party is given."""
    if is_weak(password.reveal(), login):
        return Refusal("PASSWORD_TOO_WEAK", (), {"characters": PASSWORD_CHARACTERS})
    user = store.insert_user(
        ctx.db,
        tenant=ctx.tenant,
        login=login,
        password_hash=hash_password(password),
        roles=roles,
        party=party,
        language=language,
    )
    return UserAdded(user, login) if user else Refusal("LOGIN_TAKEN", (), {"login": login})


def _lock(ctx: Context, login: str, terms: LockTerms) -> tuple[Finding[datetime | None], int]:
    reach = terms.default_login_window_min.value + terms.default_login_lockout_min.value
    failed_at = store.failures_since(ctx.db, ctx.tenant, login, ctx.now - timedelta(minutes=reach))
    found = login_lock(
        failed_at=failed_at,
        failures_allowed=terms.default_login_failures_lockout,
        window_min=terms.default_login_window_min,
        lockout_min=terms.default_login_lockout_min,
    )
    return found, len(failed_at)


def _refuse_place(ctx: Context, place: str) -> Refusal | None:
    """Why nobody may sign in from a place now; until the transaction ends nobody else tries from there."""

    def refused() -> Refusal | None:
        return refuse_place(store.failures_from(ctx.db, ctx.tenant, place, ctx.now - PLACE_MEMORY), ctx.now)

    if not place:
        return None
    refusal = refused()  # who is shut out already waits for nobody
    if refusal is not None:
        return refusal
    store.hold_place(ctx.db, ctx.tenant, place)
    return refused()


def _count_failure(ctx: Context, place: str) -> None:
    """Count a failure against its place, and tell when that shuts the place out."""
    if not place:
        return
    since = ctx.now - PLACE_MEMORY
    store.count_failure(ctx.db, tenant=ctx.tenant, place=place, at=ctx.now, since=since)
    until = place_lock(store.failures_from(ctx.db, ctx.tenant, place, since), ctx.now)
    if until is not None:
        publish(ctx, kind="security.address_locked", key=f"address:{place}", body={"address": place, "until": until})


@operation("users.sign_in", permission="users.sign_in", refusals=["LOGIN_LOCKED", "ADDRESS_LOCKED"])
def sign_in(ctx: Context, *, login: str, password: Secret, address: str = "") -> SignIn | Refusal:
    """
    Try a login and a password; a failure is an answer that is kept, a locked login is a refusal (nej/4.9).

    The failure that fills the count locks the login and is told as the news `security.login_locked`. Too many failures
    from one address, whatever they name, shut it out for a while: `security.address_locked`.
    """
    place = place_of(address)
    shut_out = _refuse_place(ctx, place)
    if shut_out is not None:
        return shut_out
    store.hold_login(ctx.db, ctx.tenant, login)
    terms = lock_terms(ctx)
    lock, _ = _lock(ctx, login, terms)
    if lock.value is not None and ctx.now < lock.value:
        figures = {"failures": terms.default_login_failures_lockout.value, "until": lock.value}
        return refuse("LOGIN_LOCKED", lock, figures=figures)
    row = store.user_by_login(ctx.db, ctx.tenant, login)
    accepted = fits(password, row["password_hash"] if row else None)
    store.record_attempt(ctx.db, tenant=ctx.tenant, login=login, at=ctx.now, succeeded=accepted, address=address)
    if accepted and row:
        if is_dated(row["password_hash"]):
            row["password_hash"] = hash_password(password)
            store.set_password(ctx.db, ctx.tenant, row["id"], row["password_hash"])
        session = store.open_session(
            ctx.db, tenant=ctx.tenant, user=row["id"], at=ctx.now, since=ctx.now - SESSION_LASTS
        )
        return SignIn(accepted=True, user=identity_of(row), session=session)
    _count_failure(ctx, place)
    lock, failures = _lock(ctx, login, terms)
    if lock.value is not None and ctx.now < lock.value:
        body = {"login": login, "address": address, "until": lock.value, "clauses": list(lock.clauses)}
        publish(ctx, kind="security.login_locked", key=f"login:{login}", body=body)
        return SignIn(accepted=False, failures=failures, locked_until=lock.value)
    return SignIn(accepted=False, failures=failures)


@dataclass(frozen=True, slots=True)
class SignedOut:
    """A session after signing out; `ended` is false when it was no open one of the acting user's."""

    session: SignInId
    ended: bool


@operation("users.sign_out", permission="users.own", customers=True)
def sign_out(ctx: Context, *, session: SignInId) -> SignedOut:
    """End a session of the acting user's; whoever kept a copy of its cookie is signed out too."""
    login = ctx.actor.name
    return SignedOut(session, store.end_session(ctx.db, tenant=ctx.tenant, login=login, session=session, at=ctx.now))


@operation(
    "users.change_password", permission="users.own", customers=True, refusals=["PASSWORD_WRONG", "PASSWORD_TOO_WEAK"]
)
def change_password(ctx: Context, *, present: Secret, new: Secret) -> Identity | Refusal:
    """Change the acting user's own password; their other sessions end."""
    row = store.user_by_login(ctx.db, ctx.tenant, ctx.actor.name)
    if row is None or not fits(present, row["password_hash"]):
        return Refusal("PASSWORD_WRONG")
    if is_weak(new.reveal(), row["login"]):
        return Refusal("PASSWORD_TOO_WEAK", (), {"characters": PASSWORD_CHARACTERS})
    row["password_hash"] = hash_password(new)
    store.set_password(ctx.db, ctx.tenant, row["id"], row["password_hash"])
    return identity_of(row)


@operation("users.choose_language", permission="users.own", customers=True, refusals=["USER_NOT_KNOWN"])
def choose_language(ctx: Context, *, language: Literal["cs", "en"]) -> Identity | Refusal:
    """Set the language the acting user reads in."""
    row = store.user_by_login(ctx.db, ctx.tenant, ctx.actor.name)
    if row is None:
        return Refusal("USER_NOT_KNOWN")
    store.set_language(ctx.db, ctx.tenant, row["id"], language)
    return identity_of({**row, "language": language})


@operation(
    "users.add_token",
    permission="users.manage",
    refusals=["USER_NOT_KNOWN", "TOKEN_TOO_SHORT", "TOKEN_TAKEN"],
)
def add_token(ctx: Context, *, login: str, program: str, secret: Secret) -> UserAdded | Refusal:
    """
    Let a program act for a user by a token; the caller makes the secret, of which only a digest is kept.

    A program then sends `Authorization: Bearer <tenant code>.<secret>`.
    """
    if len(secret) < TOKEN_CHARACTERS:
        return Refusal("TOKEN_TOO_SHORT", (), {"characters": TOKEN_CHARACTERS})
    row = store.user_by_login(ctx.db, ctx.tenant, login)
    if row is None:
        return Refusal("USER_NOT_KNOWN")
    kept = store.insert_token(
        ctx.db,
        tenant=ctx.tenant,
        user=row["id"],
        name=program,
        digest=token_digest(secret),
        at=ctx.now,
    )
    return UserAdded(row["id"], login) if kept else Refusal("TOKEN_TAKEN", (), {"program": program})


@operation("users.close_token", permission="users.manage", refusals=["USER_NOT_KNOWN", "TOKEN_NOT_KNOWN"])
def close_token(ctx: Context, *, login: str, program: str) -> UserAdded | Refusal:
    """Stop a program's token at once."""
    row = store.user_by_login(ctx.db, ctx.tenant, login)
    if row is None:
        return Refusal("USER_NOT_KNOWN")
    if not store.close_token(ctx.db, tenant=ctx.tenant, user=row["id"], name=program, at=ctx.now):
        return Refusal("TOKEN_NOT_KNOWN", (), {"program": program})
    return UserAdded(row["id"], login)


@dataclass(frozen=True, slots=True)
class ForeignAccess:
    """A kept security event."""

    kind: str
    object: UUID


@operation("users.report_foreign_access", permission="users.own", customers=True)
def report_foreign_access(ctx: Context, *, kind: str, object: UUID, address: str = "") -> ForeignAccess:  # noqa: A002  # the API's word
    """Keep that the acting user asked for another customer's object: both ids, and from where (nej/4.10)."""
    publish(
        ctx,
        kind="security.foreign_object",
        key=f"login:{ctx.actor.name}",
        body={"party": ctx.actor.party, "object_kind": kind, "object": object, "address": address},
    )
    return ForeignAccess(kind, object)
