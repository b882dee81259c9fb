"""Every table of the package, gathered for Django."""

from spojka.access.audit.models import Audit, AuditSeal
from spojka.access.deadlines.models import Deadline
from spojka.access.events.models import Event
from spojka.access.operations.models import OperationKey
from spojka.access.tenants.models import Tenant
from spojka.access.users.models import AccessToken, SignInAttempt, User
from spojka.charging.balances.models import Balance, BalanceGrant, ChargingSession, SpendingAdvance, SpendingLimit
from spojka.charging.charges.models import Charge
from spojka.charging.ledger.models import LedgerEntry, LedgerPosting
from spojka.charging.rating.models import RatedSegment, RatedTotal
from spojka.charging.usage.models import (
    Suspense,
    UsageBuffer,
    UsageFile,
    UsageIdentity,
    UsagePeriod,
    UsageSegment,
    UsageVoid,
)
from spojka.journeys.complaints.models import Complaint, ComplaintWarning, DamagesClaim
from spojka.journeys.misuse.models import MisuseCase
from spojka.journeys.ordering.models import CustomerOrder, TermsAcceptance
from spojka.network.messaging.applications.accounts.models import BindAccount
from spojka.network.messaging.applications.contacts.models import ContactDisclosure, ContactPerson
from spojka.network.messaging.applications.diagnosis.models import InterfaceProbe, RefusedRequest
from spojka.network.messaging.applications.downloads.models import ProgramDownload
from spojka.network.messaging.applications.listing.models import HiddenEntry
from spojka.network.messaging.applications.models import (
    Application,
    ApplicationLimit,
    ApplicationOption,
    ResaleConsent,
)
from spojka.network.messaging.billing.models import MessageTotal
from spojka.network.messaging.certificates.models import (
    CertificateReport,
    CertificateRoot,
    CertificateVersion,
    ConnectorCertificate,
)
from spojka.network.messaging.consents.models import Consent, ConsentWithdrawal
from spojka.network.messaging.consultations.models import Consultation
from spojka.network.messaging.messages.models import InboxLease
from spojka.network.messaging.outages.models import FaultTicket, ServiceOutage
from spojka.network.messaging.premises.models import SafetyAcknowledgement, SafetyRules, SitePerson, SiteVisit
from spojka.network.messaging.routes.models import Route
from spojka.network.messaging.webhooks.models import WebhookTry
from spojka.network.provisioning.models import NatSession
from spojka.network.quality.models import CallAttemptDay
from spojka.revenue.billing.models import BillRun, Invoice
from spojka.revenue.payments.models import Payment, PaymentAllocation
from spojka.trade.contracts.models import Contract, ContractNumber, NumberSeries
from spojka.trade.notices.models import Notice
from spojka.trade.numbering.models import Msisdn, PoolNumber, PortedNumber, Sim
from spojka.trade.parties.models import Party
from spojka.trade.publications.models import Publication
from spojka.trade.services.models import Service, ServiceAddon, ServiceHold, ServiceReader, ServiceSwitch, ServiceTariff

__all__ = [
    "AccessToken",
    "Application",
    "ApplicationLimit",
    "ApplicationOption",
    "Audit",
    "AuditSeal",
    "Balance",
    "BalanceGrant",
    "BillRun",
    "BindAccount",
    "CallAttemptDay",
    "CertificateReport",
    "CertificateRoot",
    "CertificateVersion",
    "Charge",
    "ChargingSession",
    "Complaint",
    "ComplaintWarning",
    "ConnectorCertificate",
    "Consent",
    "ConsentWithdrawal",
    "Consultation",
    "ContactDisclosure",
    "ContactPerson",
    "Contract",
    "ContractNumber",
    "CustomerOrder",
    "DamagesClaim",
    "Deadline",
    "Event",
    "FaultTicket",
    "HiddenEntry",
    "InboxLease",
    "InterfaceProbe",
    "Invoice",
    "LedgerEntry",
    "LedgerPosting",
    "MessageTotal",
    "MisuseCase",
    "Msisdn",
    "NatSession",
    "Notice",
    "NumberSeries",
    "OperationKey",
    "Party",
    "Payment",
    "PaymentAllocation",
    "PoolNumber",
    "PortedNumber",
    "ProgramDownload",
    "Publication",
    "RatedSegment",
    "RatedTotal",
    "RefusedRequest",
    "ResaleConsent",
    "Route",
    "SafetyAcknowledgement",
    "SafetyRules",
    "Service",
    "ServiceAddon",
    "ServiceHold",
    "ServiceOutage",
    "ServiceReader",
    "ServiceSwitch",
    "ServiceTariff",
    "SignInAttempt",
    "Sim",
    "SitePerson",
    "SiteVisit",
    "SpendingAdvance",
    "SpendingLimit",
    "Suspense",
    "Tenant",
    "TermsAcceptance",
    "UsageBuffer",
    "UsageFile",
    "UsageIdentity",
    "UsagePeriod",
    "UsageSegment",
    "UsageVoid",
    "User",
    "WebhookTry",
]
