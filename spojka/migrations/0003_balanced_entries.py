"""The database refuses postings of an entry that do not sum to zero, and any change of what was issued."""

from django.db import migrations

BALANCED = """
CREATE FUNCTION demand_balanced_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unbalanced uuid;
BEGIN
    SELECT entry_id INTO unbalanced FROM added GROUP BY tenant_id, entry_id HAVING sum(amount_micros) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger entry % does not balance', unbalanced USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION demand_balanced_entries();
"""

ISSUED = """
CREATE FUNCTION keep_issued_invoices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'issued' THEN
        RAISE EXCEPTION 'invoice % is issued and never changes', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER invoice_issued_stays BEFORE UPDATE OR DELETE ON invoice
    FOR EACH ROW EXECUTE FUNCTION keep_issued_invoices();
"""

PUBLISHED = """
CREATE FUNCTION keep_published_editions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'edition % of % is published and never changes', OLD.edition, OLD.document
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER publication_stays BEFORE UPDATE OR DELETE ON publication
    FOR EACH ROW EXECUTE FUNCTION keep_published_editions();
"""


class Migration(migrations.Migration):
    """What must be true is a constraint in the database."""

    dependencies = [("spojka", "0002_tables")]
    operations = [
        migrations.RunSQL(BALANCED, "DROP FUNCTION demand_balanced_entries CASCADE"),
        migrations.RunSQL(ISSUED, "DROP FUNCTION keep_issued_invoices CASCADE"),
        migrations.RunSQL(PUBLISHED, "DROP FUNCTION keep_published_editions CASCADE"),
    ]
