"""The states and union territories of India with their GST codes (the first two digits of a GSTIN)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """A state or union territory; its value is the GST code."""

    ANDAMAN_AND_NICOBAR_ISLANDS = "35", _("Andaman and Nicobar Islands")
    ANDHRA_PRADESH = "37", _("Andhra Pradesh")
    ARUNACHAL_PRADESH = "12", _("Arunachal Pradesh")
    ASSAM = "18", _("Assam")
    BIHAR = "10", _("Bihar")
    CHANDIGARH = "04", _("Chandigarh")
    CHHATTISGARH = "22", _("Chhattisgarh")
    DADRA_AND_NAGAR_HAVELI_AND_DAMAN_AND_DIU = "26", _("Dadra and Nagar Haveli and Daman and Diu")
    DELHI = "07", _("Delhi")
    GOA = "30", _("Goa")
    GUJARAT = "24", _("Gujarat")
    HARYANA = "06", _("Haryana")
    HIMACHAL_PRADESH = "02", _("Himachal Pradesh")
    JAMMU_AND_KASHMIR = "01", _("Jammu and Kashmir")
    JHARKHAND = "20", _("Jharkhand")
    KARNATAKA = "29", _("Karnataka")
    KERALA = "32", _("Kerala")
    LADAKH = "38", _("Ladakh")
    LAKSHADWEEP = "31", _("Lakshadweep")
    MADHYA_PRADESH = "23", _("Madhya Pradesh")
    MAHARASHTRA = "27", _("Maharashtra")
    MANIPUR = "14", _("Manipur")
    MEGHALAYA = "17", _("Meghalaya")
    MIZORAM = "15", _("Mizoram")
    NAGALAND = "13", _("Nagaland")
    ODISHA = "21", _("Odisha")
    PUDUCHERRY = "34", _("Puducherry")
    PUNJAB = "03", _("Punjab")
    RAJASTHAN = "08", _("Rajasthan")
    SIKKIM = "11", _("Sikkim")
    TAMIL_NADU = "33", _("Tamil Nadu")
    TELANGANA = "36", _("Telangana")
    TRIPURA = "16", _("Tripura")
    UTTAR_PRADESH = "09", _("Uttar Pradesh")
    UTTARAKHAND = "05", _("Uttarakhand")
    WEST_BENGAL = "19", _("West Bengal")


STATES_OF_PINS = (
    "11=07 12=06 13=06 14=03 15=03 160=04 17=02 20=09 21=09 22=09 23=09 25=09 27=09 28=09 30=08 31=08 32=08 33=08 "
    "34=08 36=24 37=24 38=24 39=24 396= 40=27 41=27 42=27 43=27 44=27 403=30 45=23 46=23 47=23 48=23 49=22 50=36 "
    "51=37 52=37 56=29 57=29 58=29 59=29 60=33 61=33 62=33 63=33 64=33 605= 607= 609= 67=32 673= 68=32 682= 69=32 "
    "70=19 71=19 72=19 73=19 74=19 737=11 744=35 75=21 76=21 77=21 78=18 790=12 791=12 792=12 793=17 794=17 "
    "795=14 796=15 797=13 798=13 799=16"
)
"""First digits of PIN codes with the GST code of the state where they leave no doubt. The longest entry wins."""

_STATE_OF_PIN = dict(entry.split("=") for entry in STATES_OF_PINS.split())


def usual_state(pin: str) -> str:
    """Return the state to which a PIN code of six digits usually belongs; nothing where that is in doubt."""
    return _STATE_OF_PIN.get(pin[:3], _STATE_OF_PIN.get(pin[:2], ""))


def state_name(code: str) -> str:
    """Return the name of the state with this GST code; the code itself when it is unknown."""
    return str(State(code).label) if code in State else code
