"""The package as one Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SpojkaConfig(AppConfig):
    """One app, one line of migrations."""

    name = "spojka"
    label = "spojka"
