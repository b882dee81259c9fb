"""Ways to find open money quickly, and an item that stays as it was billed."""

from django.db import migrations, models

BILLED = """
CREATE FUNCTION keep_billed_charges() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'charge % is on an invoice and never changes', OLD.key USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER charge_billed_stays BEFORE UPDATE OR DELETE ON charge
    FOR EACH ROW WHEN (OLD.invoice_id IS NOT NULL) EXECUTE FUNCTION keep_billed_charges();
"""


class Migration(migrations.Migration):
    """Indexes are small today; the trigger looks only at rows that are already billed."""

    dependencies = [("spojka", "0004_tokens")]
    operations = [
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["tenant_id", "party_id"],
                name="payment_open",
                condition=models.Q(allocated_micros__lt=models.F("amount_micros")),
            ),
        ),
        migrations.AddIndex(
            "payment", models.Index(fields=["tenant_id", "party_id", "received_on"], name="payment_of_party")
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["tenant_id", "corrects_id"],
                name="invoice_credits",
                condition=models.Q(corrects_id__isnull=False),
            ),
        ),
        migrations.RunSQL(BILLED, "DROP FUNCTION keep_billed_charges CASCADE"),
    ]
