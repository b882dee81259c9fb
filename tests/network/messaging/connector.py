"""A provider of the connector with subscribers and applications, as the benchmarks make them."""

from __future__ import annotations

from spojka.surfaces.bench.messaging.world import new_application, new_provider

__all__ = ["new_application", "new_provider"]
