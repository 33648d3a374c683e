"""Plain forms of the control room: every field has its label, every form goes back to the page that it stands on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from razorpay_simulator.pages import Markup, fill

FORM = """<form class="card" method="post" action="/_simulator/$action">
<h3>$title</h3>$note
<input type="hidden" name="back" value="$back">$fields
<button>$button</button></form>"""
LABEL = '<label for="$id">$label</label>'
INPUT = '<input id="$id" name="$name" type="text" inputmode="$mode" value="$value" autocomplete="off">'
SELECT = '<select id="$id" name="$name">$options</select>'
OPTION = '<option value="$value"$selected>$label</option>'
LABELS = {"* *": "every call", "WEBHOOK *": "every event"}
HIDDEN = '<input type="hidden" name="$name" value="$value">'


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a form says without asking."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A line to write in; `mode` chooses the keyboard of a phone."""

    name: str
    label: str
    value: str = ""
    mode: str = "text"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values; the first is chosen unless `value` is one of them."""

    name: str
    label: str
    choices: tuple[str, ...]
    value: str = ""


Field = Hidden | Text | Choice


@dataclass(frozen=True, slots=True)
class Form:
    """Something that a person can let happen."""

    action: str
    title: str
    button: str
    fields: tuple[Field, ...] = field(default=())
    note: str = ""


def whole(name: str, label: str, value: str = "") -> Text:
    """Return a line for a whole number."""
    return Text(name, label, value, "numeric")


def decimal(name: str, label: str, value: str = "") -> Text:
    """Return a line for a number."""
    return Text(name, label, value, "decimal")


def render(forms: Iterable[Form], back: str) -> Markup:
    """Return the forms of a page whose address is `back`."""
    return Markup("\n".join(_form(form, place, back) for place, form in enumerate(forms)))


def _form(form: Form, place: int, back: str) -> Markup:
    fields = Markup("\n".join(_field(found, f"{form.action}-{place}-{found.name}") for found in form.fields))
    note = fill('<p class="muted">$note</p>', note=form.note) if form.note else Markup("")
    return fill(FORM, action=form.action, title=form.title, note=note, back=back, fields=fields, button=form.button)


def _field(found: Field, id: str) -> Markup:
    if isinstance(found, Hidden):
        return fill(HIDDEN, name=found.name, value=found.value)
    label = fill(LABEL, id=id, label=found.label)
    if isinstance(found, Text):
        return Markup(label + fill(INPUT, id=id, name=found.name, mode=found.mode, value=found.value))
    options = Markup("".join(_option(value, value == found.value) for value in found.choices))
    return Markup(label + fill(SELECT, id=id, name=found.name, options=options))


def _option(value: str, chosen: bool) -> Markup:
    label = LABELS.get(value, value.replace("_", " "))
    return fill(OPTION, value=value, label=label, selected=Markup(" selected" if chosen else ""))
