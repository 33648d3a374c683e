"""`make lists`: write the documents anew."""

from tests.lists import LISTS

for one in LISTS:
    one.document.write_text(one.text())
