"""Parties are found by every word of their names and by their e-mail addresses."""

import re

import spojka.access.database.constraints
from django.db import migrations, models

BATCH = 5_000
PARTIES = (
    "SELECT id, folded, email FROM party WHERE tenant_id = %s AND id > %s ORDER BY id LIMIT %s"
)
WORDS = (
    "INSERT INTO party_word (tenant_id, kind, word, party_id) SELECT %s, n.kind, n.word, n.party"
    " FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS n(kind, word, party) ON CONFLICT DO NOTHING"
)


def words_of_present_parties(apps, schema_editor):
    """Tenant by tenant, because the walls stand before the tables' owner too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenant")
        for (tenant,) in cursor.fetchall():
            cursor.execute("SELECT set_config('spojka.tenant', %s, true)", [str(tenant)])
            last = "00000000-0000-0000-0000-000000000000"
            while True:
                cursor.execute(PARTIES, [tenant, last, BATCH])
                rows = cursor.fetchall()
                if not rows:
                    break
                last = rows[-1][0]
                found = [("name", word, party) for party, name, _ in rows for word in re.findall(r"\w+", name)]
                found += [("email", " ".join(mail.casefold().split()), party) for party, _, mail in rows if mail.strip()]
                columns = [list(column) for column in zip(*found)] or [[], [], []]
                cursor.execute(WORDS, [tenant, *columns])
        cursor.execute("SELECT set_config('spojka.tenant', '', true)")


class Migration(migrations.Migration):

    dependencies = [
        ('spojka', '0014_messages'),
    ]

    operations = [
        migrations.CreateModel(
            name='PartyWord',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'kind', 'word', 'party_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('word', models.TextField(db_collation='C')),
                ('party_id', models.UUIDField()),
            ],
            options={
                'db_table': 'party_word',
                'indexes': [models.Index(fields=['tenant_id', 'party_id', 'kind', 'word'], name='party_word_party')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['name', 'email'])), name='party_word_kind'), spojka.access.database.constraints.TenantReference(field='party_id', name='party_word_of', to='party')],
            },
        ),
        migrations.RemoveIndex(
            model_name='party',
            name='party_search',
        ),
        migrations.RunPython(words_of_present_parties, migrations.RunPython.noop),
    ]
