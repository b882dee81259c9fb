"""The portal's addresses."""

from __future__ import annotations

from django.urls import path

from spojka.surfaces.portal import pages, services
from spojka.surfaces.portal.connector import (
    applications,
    certificates,
    consents,
    contacts,
    inbox,
    messages,
    nicknames,
    outages,
    programs,
    transactions,
    trying,
)
from spojka.surfaces.web import itemised, shown

app_name = "portal"

urlpatterns = [
    path("", pages.home, name="home"),
    path("services/<uuid:service>", services.service, name="service"),
    path("services/<uuid:service>/use", pages.usage, name="usage"),
    path("services/<uuid:service>/use.csv", shown.usage_csv, name="usage-csv"),
    path("services/<uuid:service>/messages.csv", itemised.messages_csv, name="messages-csv"),
    path("services/<uuid:service>/use.pdf", shown.usage_pdf, name="usage-pdf"),
    path("services/<uuid:service>/why", pages.why_record, name="why-record"),
    path("invoices", pages.invoices, name="invoices"),
    path("invoices/<uuid:invoice>", pages.invoice, name="invoice"),
    path("invoices/<uuid:invoice>.svg", shown.invoice_qr, name="invoice-qr"),
    path("invoices/<uuid:invoice>.pdf", shown.invoice_pdf, name="invoice-pdf"),
    path("invoices/<uuid:invoice>.isdoc", shown.invoice_isdoc, name="invoice-isdoc"),
    path("invoices/<uuid:invoice>/why/<str:line>", pages.why_line, name="why-line"),
    path("ahead", pages.ahead, name="ahead"),
    path("messaging", applications.applications, name="applications"),
    path("messaging/mms-application", applications.mms_application, name="mms-application"),
    path("messaging/consents", consents.consents, name="consents"),
    path("messaging/<uuid:application>", applications.application, name="application"),
    path("messaging/<uuid:application>/messages", messages.messages, name="app-messages"),
    path("messaging/<uuid:application>/messages/<uuid:message>", messages.message, name="app-message"),
    path("messaging/<uuid:application>/try", trying.try_message, name="app-try"),
    path("messaging/<uuid:application>/try/preview", trying.preview, name="app-preview"),
    path("messaging/<uuid:application>/inbox", inbox.inbox, name="app-inbox"),
    path("messaging/<uuid:application>/inbox/<uuid:item>/<int:part>", inbox.medium, name="app-medium"),
    path("messaging/<uuid:application>/certificates", certificates.certificates, name="app-certificates"),
    path(
        "messaging/<uuid:application>/certificates/<str:fingerprint>",
        certificates.certificate,
        name="app-certificate",
    ),
    path(
        "messaging/<uuid:application>/certificates/<str:fingerprint>/sent",
        transactions.transactions,
        name="app-transactions",
    ),
    path(
        "messaging/<uuid:application>/certificates/<str:fingerprint>/sent.csv",
        transactions.listed,
        name="app-transactions-csv",
    ),
    path("messaging/<uuid:application>/programs", programs.programs, name="app-programs"),
    path("messaging/<uuid:application>/nicknames", nicknames.nicknames, name="app-nicknames"),
    path("messaging/<uuid:application>/nicknames/check", nicknames.check, name="app-nickname-check"),
    path("messaging/<uuid:application>/contact", contacts.contact, name="app-contact"),
    path("messaging/<uuid:application>/outages", outages.outages, name="app-outages"),
]
