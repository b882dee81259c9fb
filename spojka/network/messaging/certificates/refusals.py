"""The words of refusals that concern certificates."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "CERT_MISSING",
    cs="Spojení nepředložilo klientský certifikát. Připojte se s certifikátem registrovaným u aplikace.",
    en="The connection presented no client certificate. Connect with one that is registered for the application.",
)
define_refusal(
    "CERT_UNKNOWN",
    cs="Certifikát {fingerprint} není u této aplikace registrován. Nejdřív jej zaregistrujte.",
    en="The certificate {fingerprint} is not registered for this application. Register it first.",
)
define_refusal(
    "CERT_APPLICATION_UNSAID",
    cs="Certifikát {fingerprint} slouží více aplikacím; řekněte, které z nich se spojení týká.",
    en="The certificate {fingerprint} serves several applications; say which of them the connection is for.",
)
define_refusal(
    "CERT_REVOKED",
    cs="Certifikát {fingerprint} je zablokován od {closed_at}. Zaregistrujte nový s jiným klíčem.",
    en="The certificate {fingerprint} is blocked since {closed_at}. Register a new one with another key.",
)
define_refusal(
    "CERT_NOT_YET_VALID",
    cs="Certifikát platí až od {not_before}.",
    en="The certificate is valid only from {not_before}.",
)
define_refusal(
    "CERT_EXPIRED",
    cs="Platnost certifikátu skončila {not_after}. Zaregistrujte nový.",
    en="The certificate expired at {not_after}. Register a new one.",
)
define_refusal(
    "CERT_SCOPE",
    cs="Certifikát z nástroje poskytovatele slouží jen pro konektory, ne pro {used_for}.",
    en="A certificate of the provider's tool serves the connectors alone, not {used_for}.",
)
define_refusal(
    "CERT_ISSUER_NOT_SUPPORTED",
    cs="Vydavatel {issuer} není mezi podporovanými: {kinds}. Použijte jiný certifikát, nebo náš nástroj.",
    en="The issuer {issuer} is none of those supported: {kinds}. Use a certificate of one of them, or of our tool.",
)
define_refusal(
    "CERT_SELF_SIGNED_UNKNOWN",
    cs="Certifikát je podepsán sám sebou a nepochází z nástroje poskytovatele. Vytvořte jej příkazem spojka connector"
    " certificate new.",
    en="The certificate is self-signed and was not made by the provider's tool. Make one with spojka connector"
    " certificate new.",
)
define_refusal(
    "CERT_OWNER_MISMATCH",
    cs="Držitelem certifikátu je {holder}, účastníkem {owner}. Doložte vlastnictví, nebo použijte vlastní certifikát.",
    en="The certificate's holder is {holder}, the subscriber is {owner}. Prove who owns it, or use another.",
)
define_refusal(
    "CERT_VALIDITY_TOO_SHORT",
    cs="Certifikát platí do {expires_on}; při uzavření smlouvy musí platit nejméně do {needed_on}.",
    en="The certificate is valid until {expires_on}; when the contract is concluded it must be so until {needed_on}.",
)
define_refusal(
    "CERT_NOT_READABLE",
    cs="Certifikát nelze přečíst. Pošlete jej jako PEM (X.509), celý od BEGIN CERTIFICATE po END CERTIFICATE.",
    en="The certificate cannot be read. Send it as PEM (X.509), whole from BEGIN CERTIFICATE to END CERTIFICATE.",
)
define_refusal(
    "CERT_NOT_FOR_CLIENTS",
    cs="Certifikát nedovoluje přihlášení klienta (účel clientAuth), TLS by jej odmítlo.",
    en="The certificate does not allow a client to authenticate (purpose clientAuth); TLS would turn it down.",
)
define_refusal(
    "CERT_EVIDENCE_MISSING",
    cs="Ruční schválení certifikátu potřebuje doklad o jeho držiteli.",
    en="To approve a certificate by hand, name the evidence of who holds it.",
)
define_refusal(
    "CERT_ROOT_INVALID",
    cs="Kořenem může být jen certifikát certifikační autority; {subject} jím není.",
    en="Only the certificate of a certification authority can be a root; {subject} is none.",
)
