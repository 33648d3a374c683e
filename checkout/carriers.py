"""Who carries parcels, and where a carrier tells how far one has come."""

from urllib.parse import quote

# A carrier without an address that takes the number in it is not linked.
TRACKED_AT = {
    "India Post": "",
    "Delhivery": "https://www.delhivery.com/track/package/{}",
    "Blue Dart": "https://www.bluedart.com/trackdartresultthirdparty?trackFor=0&trackNo={}",
    "DTDC": "https://www.dtdc.in/trace.asp?strCnno={}",
    "Ekart": "https://ekartlogistics.com/shipmenttrack/{}",
    "Shadowfax": "",
    "Xpressbees": "https://www.xpressbees.com/shipment/tracking?awbNo={}",
}
CARRIERS = list(TRACKED_AT)
_BY_NAME = {name.casefold().replace(" ", ""): address for name, address in TRACKED_AT.items()}


def tracking_url(carrier: str, number: str) -> str:
    """Return where a parcel can be followed, or an empty text.

    Spaces and capitals of the carrier do not matter, nor what follows its name: Delhivery Surface is Delhivery.
    """
    written = carrier.casefold().replace(" ", "")
    address = next((address for name, address in _BY_NAME.items() if written.startswith(name)), "")
    return address.format(quote(number, safe="")) if number else ""
