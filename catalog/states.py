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


def state_name(code: str) -> str:
    """Return the name of the state with this GST code; the code itself when it is unknown."""
    return str(State(code).label) if code in State else code
