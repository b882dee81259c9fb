"""The range over text that lets periods exclude each other without an extension."""

from django.db import migrations


class Migration(migrations.Migration):
    """Types that tables need."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            "CREATE TYPE textrange AS RANGE (subtype = text, collation = \"C\")",
            "DROP TYPE textrange",
        ),
    ]
