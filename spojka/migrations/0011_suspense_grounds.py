"""Suspended records say by which clauses they wait, and since when what closed the use had stood."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spojka', '0010_network'),
    ]

    operations = [
        migrations.AddField(
            model_name='suspense',
            name='clauses',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=models.Value('{}'), size=None),
        ),
        migrations.AddField(
            model_name='suspense',
            name='since',
            field=models.DateTimeField(null=True),
        ),
    ]
