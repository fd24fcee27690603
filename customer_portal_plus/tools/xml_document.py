"""What kind of electronic document an XML file is, told by its first element. Each authority has
its own; what stands inside is not looked at."""

import io

from lxml import etree

# Names of the first element and a part of its namespace, and what that is. Versions of a format
# differ in the rest of the namespace.
_ROOTS = (
    ("Facturae", "facturae", "facturae"),
    ("FatturaElettronica", "fatturapa", "fatturapa"),
    ("Comprobante", "sat.gob.mx/cfd", "cfdi"),
    ("DTE", "sii.cl", "dte"),
    ("EnvioDTE", "sii.cl", "dte"),
    ("CrossIndustryInvoice", "crossindustryinvoice", "cii"),
    ("CrossIndustryDocument", "crossindustrydocument", "cii"),
    ("Invoice", "oasis:names:specification:ubl", "ubl"),
    ("CreditNote", "oasis:names:specification:ubl", "ubl"),
)


def xml_document_kind(data):
    """Return what an XML file is.

    :param bytes data: anything
    :return: ``facturae``, ``fatturapa``, ``cfdi``, ``dte``, ``cii``, ``ubl``; ``xml`` for any
        other XML, None for what is none
    :rtype: str | None
    """
    # Stops at the first element: neither entities nor what follows are read.
    parser = etree.iterparse(
        io.BytesIO(data), events=("start",), resolve_entities=False, no_network=True
    )
    try:
        _event, element = next(parser)
    except (etree.XMLSyntaxError, StopIteration):
        return None
    name = etree.QName(element)
    namespace = (name.namespace or "").lower()
    for local_name, part, kind in _ROOTS:
        if name.localname == local_name and part in namespace:
            return kind
    return "xml"
