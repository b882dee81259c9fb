"""Our tool for certificates: the key is made and kept here, only the certificate is registered."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typer

from spojka.network.messaging.certificates.generating import (
    Holder,
    certificate_pem,
    key_pem,
    key_store,
    new_key,
    self_signed,
)
from spojka.surfaces.cli.calling import answer, ask, refuse
from spojka.surfaces.cli.options import REFUSED, WRONG_CALL, language_of
from spojka.surfaces.cli.printing import print_problem, print_refusal

OWNER_ALONE: Final = 0o600
ANYONE_READS: Final = 0o644


@dataclass(frozen=True, slots=True)
class Files:
    """Where a key, its certificate and both as PKCS#12 go, and the file that holds the password of the last one."""

    key: Path
    certificate: Path
    store: Path | None
    password: Path | None

    def there(self) -> list[Path]:
        """Those that exist: none is ever written over."""
        return [file for file in (self.key, self.certificate, self.store) if file is not None and file.exists()]


def make(
    application: str,
    common_name: str,
    files: Files,
    *,
    days: int,
    key_type: str,
    tenant: str | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Make a key and a certificate, write them, register the certificate; a refusal leaves no file behind."""
    if key_type not in ("ec", "rsa"):
        raise typer.BadParameter(f"{key_type!r} is not ec or rsa", param_hint="--key-type")
    if files.there():
        print_problem(f"{', '.join(map(str, files.there()))} is there already; name another file")
        raise typer.Exit(WRONG_CALL)
    holder = ask("certificates.holder", {"application": application}, tenant=tenant)
    if holder.refusal is not None:
        refuse(holder, as_json=as_json, language=language_of(lang))
    key = new_key("rsa" if key_type == "rsa" else "ec")
    named = Holder(common_name, holder.plain["name"], holder.plain["company_number"])
    made = self_signed(key, named, now=datetime.now(UTC), days=days)
    written: dict[Path, tuple[bytes, int]] = {
        files.key: (key_pem(key), OWNER_ALONE),
        files.certificate: (certificate_pem(made).encode(), ANYONE_READS),
    }
    if files.store is not None:
        store = key_store(key, made, name=common_name, password=_password(files))
        written[files.store] = (store, OWNER_ALONE)
    _write(written)
    try:
        given = {"application": application, "certificate": certificate_pem(made)}
        registered = ask("certificates.register_generated", given, tenant=tenant)
    except BaseException:
        _remove(written)
        raise
    if registered.refusal is not None:
        _remove(written)
    answer(registered, as_json=as_json, lang=lang)


def _password(files: Files) -> str:
    if files.password is not None:
        password = files.password.read_text(encoding="utf-8").rstrip("\r\n")
        if not password:
            raise typer.BadParameter(f"{files.password} is empty", param_hint="--password-file")
        return password
    return str(typer.prompt("Password of the PKCS#12 file", hide_input=True, confirmation_prompt=True))


def _write(files: Mapping[Path, tuple[bytes, int]]) -> None:
    """Write new files with their rights from the first moment on."""
    for file, (content, mode) in files.items():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            out.write(content)


def _remove(files: Mapping[Path, tuple[bytes, int]]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def show(application: str, *, tenant: str | None, as_json: bool, lang: str | None) -> None:
    """Print an application's certificates."""
    listed = ask("certificates.of_application", {"application": application}, tenant=tenant)
    answer(listed, as_json=as_json, lang=lang, only="certificates")


def file_report(
    operation: str,
    fingerprint: str,
    asked_by: str,
    phone: str,
    reason: str,
    *,
    tenant: str | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """File a report or a request and print its case; one that was taken as a report only ends with exit code 1."""
    given = {
        "fingerprint": fingerprint,
        "reason": reason,
        "asked_by": {"name": asked_by, "phone": phone} if asked_by or phone else None,
    }
    filed = ask(operation, given, tenant=tenant)
    answer(filed, as_json=as_json, lang=lang)
    if filed.plain["refusal"] is not None:
        from spojka.kernel.refusals import Refusal
        from spojka.terms.refusals import explain_refusal

        said = filed.plain["refusal"]
        why = Refusal(said["code"], tuple(said["clauses"]), said["figures"])
        if not as_json:
            print_refusal(why.code, explain_refusal(why, language_of(lang)))
        raise typer.Exit(REFUSED)
