"""Django's settings: it serves tables, migrations and pages; nothing else of it is used."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from spojka.access.database.server import home, owner_url
from spojka.access.users.rules import SESSION_LASTS

_SURFACES = Path(__file__).parent / "surfaces"


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


def _secret_key() -> str:
    """`SPOJKA_SECRET_KEY`, else a key made once and kept in Spojka's home, readable by its owner alone."""
    named = os.environ.get("SPOJKA_SECRET_KEY")
    if named:
        return named
    file = home() / "secret_key"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        made = file.with_name(f"secret_key.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(48), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(made, file)
        made.unlink()
    return file.read_text(encoding="ascii")


INSTALLED_APPS = ["django.contrib.postgres", "spojka.apps.SpojkaConfig"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Prague"
SECRET_KEY = _secret_key()

# Pages. Whoever puts a proxy with TLS in front sets SPOJKA_ORIGINS to the addresses people type.
ORIGINS = [origin for origin in os.environ.get("SPOJKA_ORIGINS", "").split(",") if origin]
SECURE = bool(ORIGINS) and all(origin.startswith("https://") for origin in ORIGINS)
ALLOWED_HOSTS = [origin.partition("://")[2].partition(":")[0] for origin in ORIGINS] or ["localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = ORIGINS
PROXIES = int(os.environ.get("SPOJKA_PROXIES") or 0)
API_TOKEN_CALLS_PER_MIN = int(os.environ.get("SPOJKA_API_TOKEN_CALLS_PER_MIN") or 600)
API_ADDRESS_CALLS_PER_MIN = int(os.environ.get("SPOJKA_API_ADDRESS_CALLS_PER_MIN") or 60)
ROOT_URLCONF = "spojka.surfaces.web.urls"
APPEND_SLASH = False
MIDDLEWARE = [
    "spojka.surfaces.web.headers.SecurityHeaders",
    "spojka.surfaces.web.sizes.BodyLimit",
    "spojka.surfaces.api.limits.CallLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "spojka.surfaces.web.visits.VisitMiddleware",
    "spojka.surfaces.web.refusing.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_SURFACES / room / "templates" for room in ("web", "console", "portal")],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "spojka.surfaces.web.wording",
                "spojka.surfaces.web.drawing",
                "spojka.surfaces.portal.tags",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "spojka.surfaces.web.visits.visit_of",
            ],
        },
    },
]

# Languages: messages stand in English in the code; the Czech catalogue is compiled and shipped.
LANGUAGE_CODE = "en"
LANGUAGES = [("cs", "Čeština"), ("en", "English")]
LOCALE_PATHS = [_SURFACES / "web" / "locale"]
USE_I18N = True

# A signed cookie names the session; it holds while the database knows it as open, and carries a mark of the password.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "spojka_session"
SESSION_COOKIE_AGE = SESSION_LASTS // timedelta(seconds=1)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_NAME = "spojka_form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "spojka.surfaces.web.refusing.form_expired"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
