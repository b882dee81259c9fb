"""The tables of users, their tokens and their attempts."""

from __future__ import annotations

from django.db import models

from spojka.access.database.constraints import TenantReference


class User(models.Model):
    """A person who signs in."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    login = models.TextField()
    password_hash = models.TextField()
    roles = models.JSONField(default=list)
    party_id = models.UUIDField(null=True)
    language = models.TextField(default="cs")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "user_account"
        constraints = (models.UniqueConstraint(fields=["tenant_id", "login"], name="user_login"),)


class AccessToken(models.Model):
    """What a program shows instead of a password; only the digest of its secret is kept."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    user_id = models.UUIDField()
    name = models.TextField()
    digest = models.BinaryField()
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_token"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="access_token_digest"),
            models.UniqueConstraint(fields=["tenant_id", "user_id", "name"], name="access_token_name"),
            TenantReference(field="user_id", to="user_account", name="access_token_of"),
        )


class SignInSession(models.Model):
    """A browser that somebody stays signed in with, until they sign out or its time is over."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    user_id = models.UUIDField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_session"
        constraints = (TenantReference(field="user_id", to="user_account", name="sign_in_session_of"),)
        indexes = (models.Index(fields=["tenant_id", "user_id", "opened_at"], name="sign_in_session_user"),)


class SignInFailure(models.Model):
    """One attempt that failed, by where it came from; kept for as long as it counts."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    place = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_failure"
        indexes = (
            models.Index(fields=["tenant_id", "place", "at"], name="sign_in_failure_place"),
            models.Index(fields=["tenant_id", "at"], name="sign_in_failure_at"),
        )


class SignInAttempt(models.Model):
    """One attempt to sign in, kept as a security event."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    login = models.TextField()
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    address = models.TextField(blank=True)

    class Meta:
        db_table = "sign_in_attempt"
        indexes = (models.Index(fields=["tenant_id", "login", "at"], name="sign_in_login"),)
