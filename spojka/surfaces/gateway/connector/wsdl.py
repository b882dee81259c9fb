"""The SOAP interface described (WSDL 1.1): names and types as programs of the established dialect know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

NAMESPACE: Final = "http://b2b.eurotel.cz"
ACTIONS: Final = f"{NAMESPACE}/PPGw/"
_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_SCALARS: Final = {"string", "dateTime", "boolean", "int", "long", "base64Binary"}
_PLAIN: Final = {"boolean", "int", "long"}
"""Types whose elements are never nil."""

Fields = tuple[tuple[str, str], ...]


def _fields(written: str) -> Fields:
    """`baID:string parts:MmsPart*` as pairs of name and type; `*` repeats."""
    return tuple((name, kind) for name, _, kind in (one.partition(":") for one in written.split()))


_SMS_TEXT: Final = "intruder:boolean multiPart:boolean text:string"
_SMS: Final = (
    "dataCodingScheme:int fromNumber:string header:base64Binary premiumInfo:PremiumInfo"
    " protocolIdentifier:string reportLevel:string toNumber:string validityPeriod:long"
)
_MMS: Final = (
    "fromNumber:string messageClass:string parts:MmsPart* premiumInfo:PremiumInfo presentation:string"
    " reportLevel:string subject:string toNumber:string validityPeriod:long"
)
_CONTAINER: Final = "binarySms:BinarySms{0} mms:Mms response:Response selector:string textSms:TextSms{0}"

TYPES: Final[Mapping[str, tuple[str, Fields]]] = {
    name: (base, _fields(written))
    for name, base, written in (
        ("Message", "", "baID:string msgID:string"),
        (
            "Response",
            "Message",
            "code:string description:string refBaID:string refMsgID:string timestamp:dateTime type:string",
        ),
        ("Request", "Message", "priority:string"),
        ("PremiumInfo", "", "billingCode:string orderID:string orderingChannel:string"),
        ("MmsPart", "", "content:base64Binary contentEncoding:string contentType:string id:string"),
        (
            "Mms",
            "Request",
            _MMS,
        ),
        (
            "Sms",
            "Request",
            _SMS,
        ),
        ("TextSms", "Sms", _SMS_TEXT),
        ("BinarySms", "Sms", "data:base64Binary"),
        ("SmsWithTime", "Sms", "startTime:dateTime"),
        ("TextSmsWithTime", "SmsWithTime", _SMS_TEXT),
        ("BinarySmsWithTime", "SmsWithTime", "data:base64Binary"),
        ("MessageContainer", "", _CONTAINER.format("")),
        ("MessageContainerWithTime", "", _CONTAINER.format("WithTime")),
    )
}
"""Types by name: what each extends, and its own fields in their order."""

OPERATIONS: Final[Mapping[str, tuple[Fields, str, Fields]]] = {
    "send": (_fields("mc:MessageContainer"), "sendResponse", _fields("result:Response")),
    "sendWithTime": (_fields("mc:MessageContainerWithTime"), "sendWithTimeResponse", _fields("result:Response")),
    "sendSms": (
        _fields(
            "baID:string text:string toNumber:string fromNumber:string validityPeriod:long priority:string"
            " intruder:boolean"
        ),
        "sendSmsResponse",
        _fields("result:string"),
    ),
    "receive": (_fields("baID:string"), "receiveResponse", _fields("result:MessageContainer")),
    "receiveWithTime": (
        _fields("baID:string"),
        "receiveResponseWithTime",
        _fields("result:MessageContainerWithTime"),
    ),
    "confirm": (_fields("baID:string refBaID:string refMsgID:string"), "confirmResponse", _fields("result:Response")),
    "ping": (_fields("baID:string"), "pingResponse", _fields("result:Response")),
    "activateBA": (_fields("baID:string"), "activateBAResponse", _fields("result:boolean")),
    "deactivateBA": (
        _fields("baID:string deleteOutstandingMessages:boolean"),
        "deactivateBAResponse",
        _fields("result:boolean"),
    ),
}
"""Operations: fields of the request, the element of the answer, its fields."""


def wsdl(address: str) -> bytes:
    """The description of the service at an address, for SOAP 1.1 and 1.2."""
    ports = "".join(
        f'<wsdl:port name="{port}" binding="tns:{binding}"><{soap}:address location={quoteattr(address)}/></wsdl:port>'
        for port, binding, soap in (
            ("PPGwPort", "MessagingGatewaySoapBinding", "soap12"),
            ("PPGwPort11", "MessagingGatewaySoap11Binding", "soap"),
        )
    )
    bindings = _binding("MessagingGatewaySoapBinding", "soap12") + _binding("MessagingGatewaySoap11Binding", "soap")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<wsdl:definitions name="MessagingGateway" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}"'
        f' xmlns:xs="{_XSD}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"'
        ' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">'
        f'<wsdl:types><xs:schema targetNamespace="{NAMESPACE}" elementFormDefault="unqualified">'
        f"{_elements()}{''.join(map(_type, TYPES))}</xs:schema></wsdl:types>"
        f"{_messages()}{_port_type()}{bindings}"
        f'<wsdl:service name="MessagingGateway">{ports}</wsdl:service></wsdl:definitions>'
    ).encode()


def _elements() -> str:
    found = []
    for name, (fields, answer, answer_fields) in OPERATIONS.items():
        found += [_element(name, fields), _element(answer, answer_fields)]
    return "".join(found)


def _element(name: str, fields: Fields) -> str:
    return f'<xs:element name="{name}"><xs:complexType>{_sequence(fields)}</xs:complexType></xs:element>'


def _type(name: str) -> str:
    base, fields = TYPES[name]
    inside = _sequence(fields)
    if base:
        inside = f'<xs:complexContent><xs:extension base="tns:{base}">{inside}</xs:extension></xs:complexContent>'
    return f'<xs:complexType name="{name}">{inside}</xs:complexType>'


def _sequence(fields: Fields) -> str:
    return f"<xs:sequence>{''.join(_field(name, kind) for name, kind in fields)}</xs:sequence>"


def _field(name: str, kind: str) -> str:
    bare = kind.removesuffix("*")
    of_type = f"xs:{bare}" if bare in _SCALARS else f"tns:{bare}"
    nillable = "" if bare in _PLAIN else ' nillable="true"'
    most = ' maxOccurs="unbounded"' if kind.endswith("*") else ""
    return f'<xs:element name="{name}" type="{of_type}" minOccurs="0"{most}{nillable}/>'


def _messages() -> str:
    return "".join(
        f'<wsdl:message name="{message}"><wsdl:part name="parameters" element="tns:{element}"/></wsdl:message>'
        for name, (_, answer, _) in OPERATIONS.items()
        for message, element in ((name, name), (f"{name}Response", answer))
    )


def _port_type() -> str:
    operations = "".join(
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}"/>'
        f'<wsdl:output message="tns:{name}Response"/></wsdl:operation>'
        for name in OPERATIONS
    )
    return f'<wsdl:portType name="PPGw">{operations}</wsdl:portType>'


def _binding(name: str, soap: str) -> str:
    body = f'<{soap}:body use="literal"/>'
    operations = "".join(
        f'<wsdl:operation name="{one}"><{soap}:operation soapAction="{ACTIONS}{one}" style="document"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"
        for one in OPERATIONS
    )
    transport = "http://schemas.xmlsoap.org/soap/http"
    return (
        f'<wsdl:binding name="{name}" type="tns:PPGw"><{soap}:binding style="document" transport="{transport}"/>'
        f"{operations}</wsdl:binding>"
    )
