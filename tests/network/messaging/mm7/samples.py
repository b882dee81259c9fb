"""Messages as peers write them, by hand: their layout, namespaces and habits differ from ours."""

from __future__ import annotations

REL_6 = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4"
REL_5 = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-5-MM7-1-2"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(body, *, namespace=REL_6, transaction_id="tr-1", header=""):
    """An envelope around a body, with the transaction's header."""
    mark = (
        f'<TransactionID xmlns="{namespace}" soap-env:mustUnderstand="1">\n  {transaction_id}\n</TransactionID>'
        if transaction_id is not None
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap-env:Envelope xmlns:soap-env="{SOAP}">\n'
        f"<soap-env:Header>{mark}{header}</soap-env:Header>\n<soap-env:Body>{body}</soap-env:Body></soap-env:Envelope>"
    )


def delivery_report(status="Retrieved", *, namespace=REL_6, version="6.8.0"):
    """A delivery report with the elements in no particular order."""
    return envelope(
        f"""
        <m:DeliveryReportReq xmlns:m="{namespace}">
          <m:MM7Version>{version}</m:MM7Version>
          <m:MessageID>369500617770864640</m:MessageID>
          <!-- the sender stands before the recipient -->
          <m:Sender><m:ShortCode>1991042</m:ShortCode></m:Sender>
          <m:Recipient><m:Number>+420602000001</m:Number></m:Recipient>
          <m:Date>2026-03-16T14:03:51.749+0100</m:Date>
          <m:MMStatus>{status}</m:MMStatus>
          <m:StatusText>Done</m:StatusText>
          <m:UACapabilities UAProf="http://handset/profile" TimeStamp="2026-03-01T00:00:00Z"/>
          <m:Vendor><m:Own>kept out</m:Own></m:Vendor>
        </m:DeliveryReportReq>""",
        namespace=namespace,
    )


DELIVER = envelope(
    f"""<DeliverReq xmlns="{REL_6}">
    <MM7Version>6.8.0</MM7Version><MMSRelayServerID>mmsc</MMSRelayServerID><LinkedID>l-1</LinkedID>
    <Sender><Number>+420602000001</Number></Sender>
    <Recipients><To><ShortCode>1991042</ShortCode></To></Recipients>
    <TimeStamp>2026-03-16T13:03:51Z</TimeStamp><Priority>normal</Priority>
    <Subject>Fotka &amp; text</Subject>
    <Content href="cid:SaturnPics-01020930@news" allowAdaptations="true"/></DeliverReq>"""
)

DELIVER_TYPE = 'multipart/related; type=text/xml; start="</tnn-200102/mm7-vasp>"; boundary="NextPart"'


def deliver_body(*, line="\r\n", content_id="SaturnPics-01020930@news"):
    """A delivered message: related content in three transfer encodings, a preamble and an epilogue."""
    lines = [
        "what stands before the first boundary is nobody's",
        "--NextPart",
        'Content-Type:text/xml; charset="utf-8"',
        "Content-ID:</tnn-200102/mm7-vasp>",
        "",
        DELIVER.replace("\n", line),
        "--NextPart  ",
        "content-type: multipart/related; start=<0.smil>;",
        '\ttype="application/smil"; boundary=Sub',
        f"Content-ID: <{content_id}>",
        "",
        "--Sub",
        'Content-Type: application/smil; charset=UTF-8; name="0.smil"',
        "Content-ID: <0.smil>",
        "Content-Transfer-Encoding: 8bit",
        "",
        '<smil><body><par><img src="cid:1.gif"/></par></body></smil>',
        "--Sub",
        "Content-Type: image/gif",
        "Content-ID: <1.gif>",
        "Content-Location: 1.gif",
        "Content-Transfer-Encoding: BASE64",
        "",
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEA",
        "AAAALAAAAAABAAEAAAIBRAA7",
        "",
        "--Sub",
        "Content-Type: text/plain; charset=iso-8859-2",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "P=F8=EDli=B9 =3D dlouh=",
        "=FD  ",
        "--Sub--",
        "",
        "--NextPart--",
        "what stands after the last is nobody's either",
    ]
    return line.join(lines).encode()
