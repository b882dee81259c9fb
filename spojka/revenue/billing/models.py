"""The tables of bill runs and invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from spojka.access.database.constraints import TenantReference


class BillRun(models.Model):
    """One run over a period."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    period_on = models.DateField()
    state = models.TextField()
    contracts = models.IntegerField(default=0)
    drafted = models.IntegerField(default=0)
    issued = models.IntegerField(default=0)
    gross_micros = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bill_run"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "period_on"], name="bill_run_once"),
            models.CheckConstraint(
                condition=Q(state__in=["drafting", "issuing", "finished"]),
                name="bill_run_state",
            ),
        )


class Invoice(models.Model):
    """One invoice or credit note; body is the frozen document."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.TextField()
    state = models.TextField()
    number = models.TextField(null=True)
    contract_id = models.UUIDField()
    party_id = models.UUIDField()
    run_id = models.UUIDField(null=True)
    period_on = models.DateField()
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    gross_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField()
    variable_symbol = models.TextField()
    corrects_id = models.UUIDField(null=True)
    body = models.JSONField()

    class Meta:
        db_table = "invoice"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "number"], name="invoice_number"),
            models.UniqueConstraint(
                fields=["tenant_id", "contract_id", "period_on"],
                name="invoice_one_a_period",
                condition=Q(kind="invoice"),
            ),
            models.CheckConstraint(condition=Q(kind__in=["invoice", "credit_note"]), name="invoice_kind"),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True) | Q(state="issued", number__isnull=False),
                name="invoice_state",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects_id__isnull=True)
                | Q(kind="credit_note", corrects_id__isnull=False),
                name="invoice_corrects",
            ),
            TenantReference(field="contract_id", to="contract", name="invoice_contract"),
            TenantReference(field="party_id", to="party", name="invoice_party"),
        )
        indexes = (
            models.Index(fields=["tenant_id", "run_id", "id"], name="invoice_draft", condition=Q(state="draft")),
            models.Index(fields=["tenant_id", "party_id", "period_on"], name="invoice_of_party"),
            models.Index(fields=["tenant_id", "variable_symbol"], name="invoice_vs"),
            models.Index(
                fields=["tenant_id", "corrects_id"], name="invoice_credits", condition=Q(corrects_id__isnull=False)
            ),
        )
