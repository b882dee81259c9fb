"""Constraints that Django has no words for: references within a tenant, and periods that do not overlap."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Model


class TableConstraint(BaseConstraint):
    """A constraint whose SQL is added once all tables of a migration stand."""

    def body(self) -> str:
        """The constraint's SQL after its name."""
        raise NotImplementedError

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """ALTER TABLE … ADD CONSTRAINT."""
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s %(body)s",
            table=schema_editor.quote_name(model._meta.db_table),  # noqa: SLF001  # Django's own name for it
            name=schema_editor.quote_name(self.name),
            body=self.body(),
        )

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Inside CREATE TABLE there is nothing; the constraint follows when every table stands."""
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """ALTER TABLE … DROP CONSTRAINT."""
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=schema_editor.quote_name(model._meta.db_table),  # noqa: SLF001  # Django's own name for it
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database validates."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TableConstraint) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class TenantReference(TableConstraint):
    """`(tenant_id, field)` refers to `(tenant_id, id)` of another table: a reference never leaves its tenant."""

    def __init__(self, *, field: str, to: str, name: str) -> None:
        super().__init__(name=name)
        self.field, self.to = field, to

    def body(self) -> str:
        """FOREIGN KEY …"""
        return f'FOREIGN KEY (tenant_id, "{self.field}") REFERENCES "{self.to}" (tenant_id, id)'

    def deconstruct(self) -> Any:
        """For migrations."""
        return (
            f"{type(self).__module__}.{type(self).__name__}",
            (),
            {"field": self.field, "to": self.to, "name": self.name},
        )


class NoOverlap(TableConstraint):
    """Rows of one key within a tenant have periods `[valid_from, valid_to)` that do not overlap."""

    def __init__(self, *, key: str, of: str, name: str, where: str = "") -> None:
        super().__init__(name=name)
        self.key, self.of, self.where = key, of, where

    def body(self) -> str:
        """EXCLUDE …, over the text range type that needs no extension."""
        text = f"(tenant_id::text || '/' || \"{self.key}\"::text)"
        period = f"{self.of}range(valid_from, valid_to)"
        condition = f" WHERE ({self.where})" if self.where else ""
        return f"EXCLUDE USING gist (textrange({text}, {text}, '[]') WITH &&, {period} WITH &&){condition}"

    def deconstruct(self) -> Any:
        """For migrations."""
        arguments = {"key": self.key, "of": self.of, "name": self.name, "where": self.where}
        return (f"{type(self).__module__}.{type(self).__name__}", (), arguments)
