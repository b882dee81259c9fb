"""Bring the database up to this version: role, tables, walls; safe to repeat."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import django
import psycopg
from django.core.management import call_command

from spojka.access.database.server import owner_url, refuse_unfit
from spojka.access.tenants.isolation import ensure_role, raise_walls
from spojka.kernel.time import day_of
from spojka.network.messaging.messages.partitions import make_partitions


def install() -> None:
    """Make the ordinary role, migrate under a lock timeout, make the months' partitions, raise the walls."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spojka.settings")
    url = owner_url()
    with psycopg.connect(url) as owner:
        refuse_unfit(owner)
        ensure_role(owner)
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    with psycopg.connect(url) as owner:
        owner.execute("SELECT pg_advisory_xact_lock(hashtextextended('spojka walls', 0))")
        make_partitions(owner, day_of(datetime.now(UTC)))
        raise_walls(owner)
