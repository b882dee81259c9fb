"""Own spending limits; balances and sessions leave room in their pages, since online charging changes them all the time."""

import django.contrib.postgres.fields
import spojka.access.database.constraints
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spojka', '0006_closed_periods'),
    ]

    operations = [
        migrations.AddField(
            model_name='balance',
            name='facts',
            field=models.TextField(db_default=''),
        ),
        migrations.AddField(
            model_name='balance',
            name='latest_at',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=models.Value('{}'), size=None),
        ),
        migrations.AddField(
            model_name='chargingsession',
            name='part',
            field=models.IntegerField(default=1),
        ),
        migrations.CreateModel(
            name='SpendingLimit',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'service_id', 'kind', 'period', 'set_by', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.UUIDField()),
                ('service_id', models.UUIDField()),
                ('kind', models.TextField()),
                ('period', models.TextField()),
                ('set_by', models.TextField()),
                ('value', models.BigIntegerField()),
                ('action', models.TextField()),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'spending_limit',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['spend'])), name='spending_limit_kind'), models.CheckConstraint(condition=models.Q(('period__in', ['period'])), name='spending_limit_period'), models.CheckConstraint(condition=models.Q(('set_by__in', ['provider', 'customer'])), name='spending_limit_by'), models.CheckConstraint(condition=models.Q(('action__in', ['notify', 'restrict', 'interrupt'])), name='spending_limit_action'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='spending_limit_value'), spojka.access.database.constraints.TenantReference(field='service_id', name='spending_limit_of', to='service')],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE balance SET (fillfactor = 50); ALTER TABLE charging_session SET (fillfactor = 50)",
            "ALTER TABLE balance RESET (fillfactor); ALTER TABLE charging_session RESET (fillfactor)",
        ),
    ]
