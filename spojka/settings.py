"""Django's settings: it serves tables, migrations and pages; nothing else of it is used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from spojka.access.database.server import owner_url

_HERE = Path(__file__).parent


def _database() -> dict[str, Any]:
    url = conninfo_to_dict(owner_url())
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.get("dbname", "postgres"),
        "USER": url.get("user", ""),
        "PASSWORD": url.get("password") or "",
        "HOST": url.get("host", ""),
        "PORT": str(url.get("port", "")),
        "OPTIONS": {"options": "-c lock_timeout=5s"},
    }


INSTALLED_APPS = ["django.contrib.postgres", "spojka.apps.SpojkaConfig"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Prague"
SECRET_KEY = os.environ.get("SPOJKA_SECRET_KEY", "migrations-need-no-secret")
