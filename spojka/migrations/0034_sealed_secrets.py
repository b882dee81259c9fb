"""Secrets of webhooks are sealed, and answers that held a secret are no longer kept for their keys."""

from django.db import migrations

from spojka.access.database.sealing import seal

KEY = "webhook-secrets.key"
TOLD_ONCE = ["connector.set_webhook", "connector.set_bind_account", "numbering.show_codes"]


def seal_secrets(apps, schema_editor):
    """Tenant by tenant, because the walls stand before the tables' owner too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenant")
        for (tenant,) in cursor.fetchall():
            cursor.execute("SELECT set_config('spojka.tenant', %s, true)", [str(tenant)])
            cursor.execute(
                "UPDATE operation_key SET answer = NULL WHERE tenant_id = %s AND operation = ANY(%s)",
                [tenant, TOLD_ONCE],
            )
            cursor.execute(
                "SELECT id, webhook_secret FROM application WHERE tenant_id = %s AND webhook_secret IS NOT NULL",
                [tenant],
            )
            rows = cursor.fetchall()
            cursor.execute(
                "UPDATE application a SET webhook_secret = s.sealed"
                " FROM unnest(%s::uuid[], %s::bytea[]) AS s(id, sealed) WHERE a.tenant_id = %s AND a.id = s.id",
                [
                    [application for application, _ in rows],
                    [seal(bytes(secret).hex(), key=KEY) for _, secret in rows],
                    tenant,
                ],
            )
        cursor.execute("SELECT set_config('spojka.tenant', '', true)")


class Migration(migrations.Migration):
    dependencies = [("spojka", "0033_hidden_entries")]
    operations = [migrations.RunPython(seal_secrets, elidable=False)]
