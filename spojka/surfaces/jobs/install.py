"""Bring the database up to this version: role, tables, walls; safe to repeat."""

from __future__ import annotations

import os

import django
import psycopg
from django.core.management import call_command

from spojka.access.database.server import owner_url, refuse_unfit
from spojka.access.tenants.isolation import ensure_role, raise_walls


def install() -> None:
    """Make the ordinary role, migrate under a lock timeout, raise the walls between tenants."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spojka.settings")
    url = owner_url()
    with psycopg.connect(url) as owner:
        refuse_unfit(owner)
        ensure_role(owner)
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with psycopg.connect(url) as owner:
        owner.execute("SELECT pg_advisory_xact_lock(hashtextextended('spojka walls', 0))")
        raise_walls(owner)
