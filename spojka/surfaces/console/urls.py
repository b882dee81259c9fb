"""The console's addresses."""

from __future__ import annotations

from django.urls import path

from spojka.surfaces.console import applications, bills, certificates, customers, evidence, messages, ways, work
from spojka.surfaces.web import itemised, shown

app_name = "console"

urlpatterns = [
    path("", work.home, name="home"),
    path("customers", customers.search, name="search"),
    path("customers/<uuid:party>", customers.customer, name="customer"),
    path("services/<uuid:service>/use", customers.usage, name="usage"),
    path("services/<uuid:service>/use.csv", shown.usage_csv, name="usage-csv"),
    path("services/<uuid:service>/messages.csv", itemised.messages_csv, name="messages-csv"),
    path("services/<uuid:service>/use.pdf", shown.usage_pdf, name="usage-pdf"),
    path("services/<uuid:service>/why", customers.why_record, name="why-record"),
    path("invoices/<uuid:invoice>", customers.invoice, name="invoice"),
    path("invoices/<uuid:invoice>.svg", shown.invoice_qr, name="invoice-qr"),
    path("invoices/<uuid:invoice>.pdf", shown.invoice_pdf, name="invoice-pdf"),
    path("invoices/<uuid:invoice>.isdoc", shown.invoice_isdoc, name="invoice-isdoc"),
    path("invoices/<uuid:invoice>/why/<str:line>", customers.why_line, name="why-line"),
    path("bill-runs", bills.runs, name="bill-runs"),
    path("bill-runs/<str:period>", bills.run, name="bill-run"),
    path("messages", messages.flow, name="messages"),
    path("messages/search", messages.search, name="message-search"),
    path("messages/test", messages.test, name="message-test"),
    path("messages/preview", messages.preview, name="message-preview"),
    path("messages/<uuid:application>/<uuid:message>", messages.message, name="message"),
    path("applications/choices", messages.application_choices, name="application-choices"),
    path("applications", applications.listed, name="applications"),
    path("applications/<uuid:application>", applications.application, name="application"),
    path(
        "applications/<uuid:application>/certificates/<str:fingerprint>/sent",
        certificates.transactions,
        name="transactions",
    ),
    path(
        "applications/<uuid:application>/certificates/<str:fingerprint>/sent.csv",
        certificates.listed,
        name="transactions-csv",
    ),
    path("applications/<uuid:application>/faults/<uuid:ticket>", evidence.fault, name="fault"),
    path("applications/<uuid:application>/faults/<uuid:ticket>.csv", evidence.listed, name="fault-csv"),
    path("ways", ways.ways, name="ways"),
    path("deadlines", work.calendar, name="calendar"),
    path("audit", work.audit, name="audit"),
    path("suspense", work.suspense, name="suspense"),
]
