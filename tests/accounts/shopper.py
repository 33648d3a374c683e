"""A shopper who comes in as people do: by typing an address, and then the code from the mail."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from accounts import letters

ASHA = "asha@example.in"


def ask_for_code(client: Client, email: str = ASHA, **query: str) -> Any:
    """Post the address."""
    path = "/account/login/" + ("?next=" + query["next"] if query else "")
    return client.post(path, {"email": email, **query})


def read_code(email: str = ASHA) -> str:
    """Let the worker send what waits, and return the code of the last mail to an address."""
    letters.send_waiting()
    last = [message for message in mail.outbox if message.to == [email]][-1]
    found = re.search(r"\b(\d{4}-\d{4})\b", str(last.body))
    assert found, last.body
    return found[1]


def come_in(client: Client | None = None, email: str = ASHA) -> Client:
    """Return a browser that is logged in."""
    client = client or Client()
    if client.get("/account/login/").status_code == 200:
        ask_for_code(client, email)
    answer = client.post("/account/login/code/", {"code": read_code(email)})
    assert (answer.status_code, answer["Location"]) == (302, "/account/"), answer.content.decode()
    return client
