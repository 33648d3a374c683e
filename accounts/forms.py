"""What shoppers type about their account."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from checkout.fields import WORDS, MailField, OneLineField


def email_field(**more: Any) -> MailField:
    """Return the field for an email address, as everywhere in the shop."""
    attributes = {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
    return MailField(
        label=_("Email"),
        error_messages={"required": _("Enter your email address.")},
        widget=forms.EmailInput(attributes),
        **more,
    )


PASSWORD_NEEDED = {
    "old_password": _("Enter the password that you have now."),
    "new_password1": _("Enter a new password."),
    "new_password2": _("Enter the new password once more."),
}


class DoorForm(forms.Form):
    """The address that a code is sent to."""

    email = email_field(help_text=_("We send a code there; a new address begins a new account"))
    use_required_attribute = False

    def clean_email(self) -> str:
        """Return the address as accounts have it."""
        return str(self.cleaned_data["email"]).lower()


class PasswordDoorForm(allauth_forms.LoginForm):
    """Address and password, for those who have set one."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = forms.CharField(
            label=_("Password"),
            strip=False,
            max_length=4096,
            error_messages={**WORDS, "required": _("Enter your password.")},
            widget=forms.PasswordInput({"autocomplete": "current-password"}),
        )
        self.fields = {"login": email_field(), "password": password}

    def _setup_password_field(self) -> None:
        """Keep the password, though nobody types one to begin an account."""


class CodeMixin:
    """The look of a field for a code."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = OneLineField(  # type: ignore[attr-defined]
            label=_("Code"),
            max_length=40,
            help_text=_("8 digits, from the email"),
            error_messages={"required": _("Enter the code from the email.")},
            widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "size": "12"}),
        )


class LoginCodeForm(CodeMixin, allauth_forms.ConfirmLoginCodeForm):
    """The code that lets somebody in."""


class EmailCodeForm(CodeMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that shows that a new address is the shopper's."""


class NewEmailForm(allauth_forms.AddEmailForm):
    """Another address for the account."""

    email = email_field(help_text=_("We send a code there; until you type it, nothing changes"))
    use_required_attribute = False


class DetailsForm(forms.ModelForm[User]):
    """What the account knows of its owner beside the address."""

    first_name = OneLineField(
        label=_("Full name"),
        required=False,
        max_length=100,
        help_text=_("Filled in for you at the checkout"),
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    class Meta:
        model = User
        fields = ["first_name"]
