"""Certificates of an application: registered, made by our own page, reported, and who answers for their use."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from spojka.network.messaging.applications.queries import ApplicationView
from spojka.network.messaging.certificates.generating import (
    Holder,
    certificate_pem,
    key_pem,
    key_store,
    new_key,
    self_signed,
)
from spojka.network.messaging.certificates.queries import HolderView
from spojka.network.messaging.certificates.views import CertificateView
from spojka.surfaces.portal.connector.reaching import own_application, shown
from spojka.surfaces.web.calls import ask, may, say
from spojka.surfaces.web.forms import Field, Form, is_sent, press, sent, tell
from spojka.surfaces.web.transactions import certificate_of
from spojka.surfaces.web.visits import the_visit

MOST_BYTES: Final = 65_536
"""Of an uploaded file; a certificate with all its authorities is far smaller."""
DAYS: Final = (("365", 365), ("730", 730), ("1095", 1095))
PASSWORD_CHARACTERS: Final = 12
PRIVATE: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
DER_BEGINS: Final = b"\x30"
"""The first octet of a DER sequence (X.690), which a binary certificate is."""


@dataclass(frozen=True, slots=True)
class Made:
    """
    A key and its certificate, made for one answer and kept nowhere.

    Args:
        file: what the file is called.
        content: the file in base64, for a link that saves it.
        kind: its media type.
        text: the file as text, `""` for PKCS#12.
        certificate: as registered.

    """

    file: str
    content: str
    kind: str
    text: str
    certificate: CertificateView


def _register_form() -> Form:
    pem = _("The certificate alone, as PEM or DER; never its private key.")
    fields = (
        Field("file", _("File with the certificate"), "file", required=False, hint=pem),
        Field("certificate", _("or its text"), "textarea", required=False, hint=_("From -----BEGIN CERTIFICATE-----.")),
        Field(
            "chain", _("Authorities between it and the root"), "textarea", required=False, hint=_("PEM, in any order.")
        ),
    )
    return Form("register", _("Register it"), fields, plain=True)


def _make_form() -> Form:
    kinds = (("pem", _("PEM, for most programs")), ("p12", _("PKCS#12, for Java and .NET")))
    keys = (("ec", "P-256"), ("rsa", "RSA 3072"))
    lasts = tuple((value, _("%(n)s days") % {"n": value}) for value, _days in DAYS)
    password = _("At least %(n)s characters; only for PKCS#12, which it locks.") % {"n": PASSWORD_CHARACTERS}
    fields = (
        Field("common_name", _("Name of the program"), value="", hint=_("Like billing.example.cz."), most=64),
        Field("days", _("Valid for"), "select", value="730", choices=lasts),
        Field("key_type", _("Key"), "select", value="ec", choices=keys),
        Field("kind", _("File"), "select", value="pem", choices=kinds),
        Field(
            "password", _("Password of the file"), "password", required=False, hint=password, completes="new-password"
        ),
    )
    return Form("make", _("Make a key and a certificate"), fields)


def _pem_of(request: HttpRequest) -> tuple[str, str]:
    """The certificate that was sent, as PEM, and why it cannot be read, or `""`."""
    text = request.POST.get("certificate", "")[:MOST_BYTES]
    upload = request.FILES.get("file")
    if upload is not None:
        if upload.size is None or upload.size > MOST_BYTES:
            return "", _("The file is too long to be a certificate.")
        octets = upload.read(MOST_BYTES)
        if octets.startswith(DER_BEGINS):
            text = f"-----BEGIN CERTIFICATE-----\n{base64.encodebytes(octets).decode()}-----END CERTIFICATE-----\n"
        else:
            text = octets.decode("ascii", errors="replace")
            if "\0" in text or "\ufffd" in text:
                return "", _("This is no certificate in PEM or DER.")
    if PRIVATE.search(text):
        return "", _("This is a private key. We keep nothing of it; make a new one, because it has left its place.")
    return text, "" if text.strip() else _("Choose a file or paste the text.")


def _register(request: HttpRequest, application: UUID, form: Form) -> tuple[bool, Form]:
    pem, problem = _pem_of(request)
    chain = request.POST.get("chain", "")[:MOST_BYTES]
    if problem or PRIVATE.search(chain):
        blank = _register_form()
        return False, blank.refused(problem or _("Among the authorities stands a private key."), field="certificate")
    given = {"application": application, "certificate": pem, "chain": chain}
    outcome, form = press(request, form, "certificates.register", given)
    return outcome is not None, form


def _make(request: HttpRequest, app: ApplicationView, form: Form) -> tuple[Made | None, Form]:
    """Make a key and a certificate and register the certificate; the key is in the answer and nowhere else."""
    written = sent(request, "common_name", "days", "key_type", "kind")
    password = request.POST.get("password", "")
    if not written["common_name"] or written["days"] not in dict(DAYS):
        return None, form.refused(_("Name the program that will use it."), field="common_name")
    if written["kind"] == "p12" and len(password) < PASSWORD_CHARACTERS:
        short = _("A PKCS#12 file needs a password of at least %(n)s characters.") % {"n": PASSWORD_CHARACTERS}
        return None, form.refused(short, field="password")
    if not may(request, "certificates.write"):  # refused and put on record as any call; no key is made for it
        nothing = {"application": app.id, "certificate": ""}
        return None, press(request, form, "certificates.register_generated", nothing, repeats=False)[1]
    holder: HolderView = ask(request, "certificates.holder", {"application": app.id})
    key = new_key("rsa" if written["key_type"] == "rsa" else "ec")
    named = Holder(written["common_name"], holder.name, holder.company_number)
    certificate = self_signed(key, named, now=the_visit(request).now, days=dict(DAYS)[written["days"]])
    pem = certificate_pem(certificate)
    given = {"application": app.id, "certificate": pem}
    outcome, form = press(request, form, "certificates.register_generated", given, repeats=False)
    if outcome is None:
        return None, form
    name = re.sub(r"[^A-Za-z0-9.-]", "-", written["common_name"])[:64]
    if written["kind"] == "p12":
        whole = key_store(key, certificate, name=written["common_name"], password=password)
        kind, text, file = "application/x-pkcs12", "", f"{name}.p12"
    else:
        whole = key_pem(key) + pem.encode()
        kind, text, file = "application/x-pem-file", whole.decode(), f"{name}.pem"
    return Made(file, base64.b64encode(whole).decode(), kind, text, outcome.result), form


@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest, application: UUID) -> HttpResponse:
    """Every certificate of the application; one is registered or made here."""
    app = own_application(request, application)
    forms = {"register": _register_form().filled(request), "make": _make_form().filled(request)}
    made = None
    if is_sent(request, "register"):
        done, forms["register"] = _register(request, application, forms["register"])
        if done:
            say(request, _("The certificate is registered; your program can connect with it now."))
            return redirect("portal:app-certificates", application=application)
    if is_sent(request, "make"):
        made, forms["make"] = _make(request, app, forms["make"])
        forms["make"] = _make_form() if made is not None else forms["make"]
    listed = ask(request, "certificates.of_application", {"application": application})
    facts = {
        "certificates": list(reversed(listed.certificates)),
        "forms": forms,
        "made": made,
        "may_register": may(request, "certificates.write"),
        "holder": ask(request, "certificates.holder", {"application": application}),
    }
    wrong = any(form.is_wrong for form in forms.values())
    return shown(request, "certificates", app, "app-certificates", facts, status=422 if wrong else 200)


def _report(request: HttpRequest, form: Form, fingerprint: str) -> tuple[bool, Form]:
    """Report or invalidate, as the form's name says; what was taken as a report alone is told with the reason."""
    given = {"fingerprint": fingerprint, **sent(request, "reason")}
    outcome, form = press(request, form, f"certificates.{form.name}", given)
    refusal = outcome.result.refusal if outcome is not None and outcome.result is not None else None
    if refusal is not None:
        return False, tell(request, form, refusal)
    return outcome is not None, form


@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, application: UUID, fingerprint: str) -> HttpResponse:
    """One certificate: its time, its reports, and who answers for what is sent with it."""
    app = own_application(request, application)
    one = certificate_of(request, application, fingerprint)
    reason = Field("reason", _("What happened"), required=False, most=300)
    forms = {
        "report": Form("report", _("Report that it may be misused"), (reason,), danger=True).filled(request),
        "invalidate": Form("invalidate", _("Ask for its end"), (reason,), danger=True).filled(request),
    }
    sent_one = next((name for name in forms if is_sent(request, name)), None)
    if sent_one is not None:
        done, forms[sent_one] = _report(request, forms[sent_one], fingerprint)
        if done:
            say(request, _("It is taken in. Below stands when the certificate is blocked at the latest."))
            return redirect("portal:app-certificate", application=application, fingerprint=fingerprint)
    facts = {
        "one": certificate_of(request, application, fingerprint) if request.method == "POST" else one,
        "liability": ask(request, "certificates.liability", {"fingerprint": fingerprint}),
        "borne": ask(request, "messages.liability", {"fingerprint": fingerprint}),
        "forms": forms,
    }
    wrong = any(form.is_wrong for form in forms.values())
    return shown(request, "certificate", app, "app-certificates", facts, status=422 if wrong else 200)
