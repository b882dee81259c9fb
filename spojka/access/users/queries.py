"""Who somebody is, by id or by token, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.database.connections import Row
from spojka.access.operations.context import Actor, Context
from spojka.access.operations.registry import query
from spojka.access.users.passwords import Secret, stamp_of, token_digest
from spojka.access.users.rules import SESSION_LASTS, permissions_of
from spojka.access.users.store import user_by_session, user_by_token
from spojka.kernel.ids import PartyId, SignInId, UserId
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal

define_refusal(
    "USER_NOT_KNOWN",
    cs="Uživatel ani token není znám, nebo je uzavřen. Přihlaste se znovu.",
    en="The user or the token is not known, or is closed. Sign in again.",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """
    A user who has proved who they are.

    Args:
        id: the user.
        login: the name they sign in with; the audit names them by it.
        roles: their roles.
        permissions: what those hold, sorted.
        party: the customer a portal user stands for.
        language: the language they read in.
        stamp: changes with the password, so that older sessions end.

    """

    id: UserId
    login: str
    roles: list[str]
    permissions: list[str]
    party: PartyId | None
    language: str
    stamp: str

    @property
    def actor(self) -> Actor:
        """This user as the one who acts."""
        return Actor(self.login, frozenset(self.permissions), self.party)


def identity_of(row: Row) -> Identity:
    """A user's row as an identity."""
    return Identity(
        id=UserId(row["id"]),
        login=row["login"],
        roles=list(row["roles"]),
        permissions=sorted(permissions_of(row["roles"])),
        party=PartyId(row["party_id"]) if row["party_id"] else None,
        language=row["language"],
        stamp=stamp_of(row["password_hash"]),
    )


@query("users.identify", permission="users.sign_in", refusals=["USER_NOT_KNOWN"])
def identify(ctx: Context, *, user: UserId, session: SignInId) -> Identity | Refusal:
    """The open user of a session that has neither ended nor lasted too long."""
    row = user_by_session(ctx.db, ctx.tenant, user, session, ctx.now - SESSION_LASTS)
    return identity_of(row) if row else Refusal("USER_NOT_KNOWN")


@query("users.of_token", permission="users.sign_in", refusals=["USER_NOT_KNOWN"])
def of_token(ctx: Context, *, secret: Secret) -> Identity | Refusal:
    """The open user whose program shows this token."""
    row = user_by_token(ctx.db, ctx.tenant, token_digest(secret))
    return identity_of(row) if row else Refusal("USER_NOT_KNOWN")
