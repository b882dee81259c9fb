"""
The terms of messaging that no smaller room reads alone: prices, throughput, retention, reach, nicknames, duties.

Codes of products are those of the pack; networks are classed `own`, `other_cz`, `foreign` by who serves the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.terms.units import UnitPrice

Option = Literal["throughput", "sla", "nickname"]
MtReach = Literal["unchanged", "may_be_substituted", "best_effort", "refused"]
MoReach = Literal["stored", "rejected"]


@dataclass(frozen=True, slots=True)
class ProductThroughput:
    """
    How fast one product sends (o2/4.1 to 4.3).

    Args:
        base_per_s: SMS parts, or MMS, a second.
        base_spacing_ms: the same as the time between two of them.
        max_per_s, min_spacing_ms: how fast it may become for a surcharge, where the conditions bound that.
        direction: `MT`: messages from the application.

    """

    base_per_s: Term[Decimal]
    base_spacing_ms: Term[int]
    max_per_s: Term[Decimal] | None
    min_spacing_ms: Term[int] | None
    direction: Term[Literal["MT"]]


@dataclass(frozen=True, slots=True)
class PaceTerms:
    """How fast messages leave, what may be bought on top of that, and how many may wait (o2/2.3, 4.1, 5.1-a)."""

    throughput: dict[str, ProductThroughput]
    default_throughput_bought_as: Term[Literal["total"]]
    default_throughput_shared_by_classes: Term[bool]
    default_throughput_option_products: Term[list[str]]
    throughput_options_max: Term[int]
    default_queue_parts_max: Term[int]


@dataclass(frozen=True, slots=True)
class PriorityTerms:
    """How priority messages differ and how ordinary ones are put together (o2/2.2, 5.1-d)."""

    priority_products: Term[list[str]]
    separate_priority_url: Term[bool]
    priority_batch_size_max: Term[int]
    priority_chosen_by: Term[Literal["message_parameter"]]
    priority_needs_order: Term[bool]
    default_aggregation_window_ms: Term[int]
    default_aggregation_batch_max: Term[int]


@dataclass(frozen=True, slots=True)
class PartTerms:
    """How many characters one part of an SMS has, and how large a message may be (o2/1.4, 7.1)."""

    gsm7_single_septets: Term[int]
    gsm7_part_septets: Term[int]
    ucs2_single_units: Term[int]
    ucs2_part_units: Term[int]
    default_max_sms_parts: Term[int]
    default_max_mms_bytes: Term[int]
    data_changed_only_by: Term[Literal["technical_processing"]]
    technical_processing: Term[list[str]]


@dataclass(frozen=True, slots=True)
class MtSender:
    """What becomes of a sender in each class of network."""

    own: Term[MtReach]
    other_cz: Term[MtReach]
    foreign: Term[MtReach]


@dataclass(frozen=True, slots=True)
class MoNumber:
    """Whether a message to a number is kept, by the network it comes from."""

    own: Term[MoReach]
    other_cz: Term[MoReach]
    foreign: Term[MoReach]


@dataclass(frozen=True, slots=True)
class ReachTerms:
    """Who reaches whom from which number, and how long reports and repeats are waited for (o2/3.1, 4.4)."""

    mt_matrix: dict[str, MtSender]
    mo_matrix: dict[str, MoNumber]
    transports: Term[list[str]]
    default_sender: Term[Literal["auto"]]
    default_report_wait_h: Term[int]
    default_submission_known_days: Term[int]
    default_hosted_operators_count_as_o2: Term[bool]
    delivery_not_guaranteed_to: Term[list[str]]
    default_undelivered_charged: Term[bool]


@dataclass(frozen=True, slots=True)
class RetentionTerms:
    """How long a received message waits to be picked up, and the words of a sent one are kept (o2/3.2)."""

    mo_retention_days: Term[int]
    mo_retention_hours: Term[int]
    mo_expired_compensated: Term[bool]
    default_mo_expiry_warning_h: Term[int]
    default_sent_text_kept_days: Term[int]


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """The most that an application may send, and who may ask for more (o2/3.3)."""

    limit_periods: Term[list[str]]
    limit_timezone: Term[str]
    limit_scope: Term[Literal["application"]]
    limit_raise_requested_by: Term[Literal["contact_person"]]
    default_daily_limit_messages: Term[int]
    default_monthly_limit_messages: Term[int]
    default_limit_alert_pct: Term[int]


@dataclass(frozen=True, slots=True)
class OptionTerms:
    """Which options there are and how they are ordered (o2/5.1, 5.1-b)."""

    options: Term[list[Option]]
    option_products: Term[list[str]]
    order_channel: Term[Literal["care_line"]]
    sla_options_max: Term[int]
    default_special_price_is: Term[Literal["instead"]]


@dataclass(frozen=True, slots=True)
class NicknameTerms:
    """What a nickname may be, who may have it and where it works (o2/2.5, 5.1-c, 8.5)."""

    nickname_products: Term[list[str]]
    nickname_min_chars: Term[int]
    nickname_max_chars: Term[int]
    default_nickname_characters: Term[str]
    nickname_uniqueness: Term[Literal["case_insensitive_across_subscribers"]]
    nickname_forbidden: Term[list[str]]
    nickname_abroad_supported: Term[bool]
    home_country_prefix: Term[str]
    nickname_option_per: Term[Literal["string"]]
    default_nickname_release_wait_days: Term[int]


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """Who must have agreed, how consent is withdrawn, and what precedes a suspension (o2/8.1, 9.1)."""

    consent_required: Term[Literal["all_but_own_numbers"]]
    withdrawal_offered_for: Term[list[str]]
    default_consent_mode: Term[Literal["attest", "enforce"]]
    default_opt_out_keyword: Term[str]
    default_message_purpose: Term[Literal["commercial", "service"]]
    warning_required_before_suspension: Term[bool]
    content_grounds: Term[list[str]]
    content_warning_required: Term[bool]


@dataclass(frozen=True, slots=True)
class OutageTerms:
    """When an outage lowers the fee, by what, and where faults are reported (o2/7.3, 8.3, 8.6)."""

    outage_threshold_h: Term[int]
    outage_threshold_strict: Term[bool]
    outage_credit_on_request: Term[bool]
    outage_credit_rounding_czk: Term[Decimal]
    outage_request_deadline_months: Term[int]
    fault_causes: Term[list[str]]
    provider_fault_causes: Term[list[str]]
    fault_channel: Term[str]
    fault_desk_phone: Term[str]
    fault_desk_hours: Term[str]
    fault_prechecks: Term[list[str]]


@dataclass(frozen=True, slots=True)
class SlaParameter:
    """One guaranteed parameter: its target and, for a share of messages, the time that counts."""

    target_pct: Term[Decimal]
    unit: Term[Literal["pct"]]
    within_s: Term[int] | None


@dataclass(frozen=True, slots=True)
class SlaTerms:
    """What an SLA guarantees and what it gives back (o2/2.4; the SLA terms)."""

    guaranteed_without_sla: Term[list[str]]
    sla: dict[str, SlaParameter]
    sla_window: Term[Literal["calendar_month"]]
    sla_credit_pct: Term[int]
    sla_deep_breach_below_pct: Term[int]
    sla_deep_credit_pct: Term[int]
    sla_and_outage_credit: Term[Literal["higher"]]
    sla_credit_on_request: Term[bool]
    sla_maintenance_notice_days: Term[int]


@dataclass(frozen=True, slots=True)
class DirectoryTerms:
    """What of whom is published (o2/8.7)."""

    directory_products: Term[list[str]]
    directory_fields: Term[list[str]]


@dataclass(frozen=True, slots=True)
class ConsultationTerms:
    """What must be agreed before an expert is paid, and what is free (o2/7.4, 8.8)."""

    consultation_request: Term[Literal["written"]]
    consultation_agreed_on: Term[list[str]]
    mms_application_price: Term[Money]
    mms_application_products: Term[list[str]]


@dataclass(frozen=True, slots=True)
class ConditionsTerms:
    """Since when the conditions apply, what they replace, and who may end a service (o2/3.4, 10.3, 10.4)."""

    conditions_effective_from: Term[date]
    conditions_replaced_from: Term[date] | None
    cancellation_requested_by: Term[Literal["contact_person"]]
    acceptance_by: Term[Literal["activation"]]
    queued_at_end: Term[Literal["cancelled_uncharged"]]


@dataclass(frozen=True, slots=True)
class ProductPrice:
    """What a month of one application of a product costs, without VAT."""

    title_cs: Term[str]
    title_en: Term[str]
    monthly_fee: Term[Money]


@dataclass(frozen=True, slots=True)
class OptionPrice:
    """
    What a month of an option costs, without VAT.

    Args:
        option: which.
        products: the products that may have it at this price.
        rate_per_s: the whole rate that is bought, for throughput.

    """

    title_cs: Term[str]
    title_en: Term[str]
    monthly_fee: Term[Money]
    option: Term[Option]
    products: Term[list[str]]
    rate_per_s: Term[Decimal] | None


@dataclass(frozen=True, slots=True)
class NetworkPrices:
    """The price of one SMS part or one MMS by class of network."""

    own: Term[UnitPrice]
    other_cz: Term[UnitPrice]
    foreign: Term[UnitPrice]


@dataclass(frozen=True, slots=True)
class NicknamePrices:
    """The price of one SMS part with a nickname; abroad there is none."""

    own: Term[UnitPrice]
    other_cz: Term[UnitPrice]


@dataclass(frozen=True, slots=True)
class MessagePrices:
    """What messages cost."""

    sms: NetworkPrices
    mms: NetworkPrices
    nickname_sms: NicknamePrices
    priority_surcharge: Term[UnitPrice]
    received_message: Term[Money]


@dataclass(frozen=True, slots=True)
class MessagingFees:
    """One-off fees."""

    consultation_hour: Term[Money]


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """
    The price list of messaging, and how it is applied (o2/1.4, 5.1, 5.1-e).

    Args:
        tariff: by product.
        addon: options by their code in the price list.
        price: by kind of message.
        fee: one-off.
        charged_when: which messages are paid.
        default_message_price_at, default_option_price_at: the instant whose price list counts.
        default_priority_surcharge_per: what the surcharge is counted by.
        line_rounding_czk: what a line of the bill is rounded to.
        unit_price_max_decimals: how exact a price may be.

    """

    tariff: dict[str, ProductPrice]
    addon: dict[str, OptionPrice]
    price: MessagePrices
    fee: MessagingFees
    charged_when: Term[Literal["dispatched"]]
    default_message_price_at: Term[Literal["acceptance"]]
    default_option_price_at: Term[Literal["activation"]]
    default_priority_surcharge_per: Term[Literal["part"]]
    line_rounding_czk: Term[Decimal]
    unit_price_max_decimals: Term[int]
