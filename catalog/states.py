"""The states and union territories of India with their GST codes (the first two digits of a GSTIN)."""

from django.db import models


class State(models.TextChoices):
    """A state or union territory; its value is the GST code."""

    ANDAMAN_AND_NICOBAR_ISLANDS = "35", "Andaman and Nicobar Islands"
    ANDHRA_PRADESH = "37", "Andhra Pradesh"
    ARUNACHAL_PRADESH = "12", "Arunachal Pradesh"
    ASSAM = "18", "Assam"
    BIHAR = "10", "Bihar"
    CHANDIGARH = "04", "Chandigarh"
    CHHATTISGARH = "22", "Chhattisgarh"
    DADRA_AND_NAGAR_HAVELI_AND_DAMAN_AND_DIU = "26", "Dadra and Nagar Haveli and Daman and Diu"
    DELHI = "07", "Delhi"
    GOA = "30", "Goa"
    GUJARAT = "24", "Gujarat"
    HARYANA = "06", "Haryana"
    HIMACHAL_PRADESH = "02", "Himachal Pradesh"
    JAMMU_AND_KASHMIR = "01", "Jammu and Kashmir"
    JHARKHAND = "20", "Jharkhand"
    KARNATAKA = "29", "Karnataka"
    KERALA = "32", "Kerala"
    LADAKH = "38", "Ladakh"
    LAKSHADWEEP = "31", "Lakshadweep"
    MADHYA_PRADESH = "23", "Madhya Pradesh"
    MAHARASHTRA = "27", "Maharashtra"
    MANIPUR = "14", "Manipur"
    MEGHALAYA = "17", "Meghalaya"
    MIZORAM = "15", "Mizoram"
    NAGALAND = "13", "Nagaland"
    ODISHA = "21", "Odisha"
    PUDUCHERRY = "34", "Puducherry"
    PUNJAB = "03", "Punjab"
    RAJASTHAN = "08", "Rajasthan"
    SIKKIM = "11", "Sikkim"
    TAMIL_NADU = "33", "Tamil Nadu"
    TELANGANA = "36", "Telangana"
    TRIPURA = "16", "Tripura"
    UTTAR_PRADESH = "09", "Uttar Pradesh"
    UTTARAKHAND = "05", "Uttarakhand"
    WEST_BENGAL = "19", "West Bengal"


STATE_NAMES: dict[str, str] = {state.value: str(state.label) for state in State}


def state_name(code: str) -> str:
    """Return the name of the state with this GST code; the code itself when it is unknown."""
    return STATE_NAMES.get(code, code)
