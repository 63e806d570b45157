"""The portal's forms validate the format of people's input; services decide the rest."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.methods import MANUAL
from igny8_core.business.billing.domain.references import LONGEST, read_reference
from igny8_core.business.billing.public import CleanFile, clean
from igny8_core.business.platform.edge import MAX_CREDENTIAL
from igny8_core.business.platform.public import MAX_EMAIL, MAX_LENGTH, MIN_LENGTH
from igny8_core.http.forms import EmailLineField, LineField, ParagraphsField
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.texts import bare
from igny8_core.portal import formatting, sentences
from igny8_core.portal.sessions import Visit

INPUT, SELECT, AREA, FILE = "input w-full", "select w-full", "textarea w-full", "file-input w-full"


class PortalForm(forms.Form):
    """A form whose fields have the portal's CSS classes."""

    use_required_attribute = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _css(field.widget))
            if self.is_bound:
                field.widget.attrs.pop("autofocus", None)


def _css(widget: forms.Widget) -> str:
    match widget:
        case forms.CheckboxInput():
            return "checkbox"
        case forms.RadioSelect():
            return "radio"
        case forms.Select():
            return SELECT
        case forms.Textarea():
            return AREA
        case forms.FileInput():
            return FILE
    return INPUT


def password_field(label: Any, *, new: bool, help_text: Any = "") -> forms.CharField:
    """A password, never trimmed and never shown again."""
    attributes = {"autocomplete": "new-password" if new else "current-password"}
    return forms.CharField(
        label=label,
        strip=False,
        min_length=MIN_LENGTH if new else None,
        max_length=MAX_LENGTH,
        widget=forms.PasswordInput(attrs=attributes),
        help_text=help_text,
    )


class SignInForm(PortalForm):
    """E-mail address and password."""

    email = LineField(
        label=_("E-mail address"),
        max_length=MAX_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "inputmode": "email"}),
    )
    password = password_field(_("Password"), new=False)
    lasting = forms.BooleanField(label=_("Stay signed in on this device"), required=False)


class CodeForm(PortalForm):
    """A code from the authenticator app."""

    code = LineField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "dir": "ltr"}
        ),
    )


class AddPasskeyForm(PortalForm):
    """A new passkey."""

    name = LineField(
        label=_("Name"), max_length=60, help_text=_("A name that you will recognise, such as the device it is on.")
    )


class ConfirmForm(PortalForm):
    """Your own password, given again."""

    secret_password = password_field(_("Your password"), new=False)


class PasskeyForm(forms.Form):
    """The authenticator's answer, filled in by the page's script."""

    credential = forms.CharField(max_length=MAX_CREDENTIAL)
    lasting = forms.BooleanField(required=False)


class ForgottenForm(PortalForm):
    """The address of somebody who forgot their password."""

    email = EmailLineField(
        label=_("E-mail address"),
        max_length=MAX_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


LONG_ENOUGH = _("At least 10 characters. A sentence is easier to remember than symbols.")


class NewPasswordForm(PortalForm):
    """A new password."""

    password = password_field(_("New password"), new=True, help_text=LONG_ENOUGH)


class AcceptForm(PortalForm):
    """Somebody who accepts an invitation, and their new password."""

    name = LineField(
        label=_("Your name"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = password_field(_("New password"), new=True, help_text=LONG_ENOUGH)


class AcceptByPasskeyForm(PasskeyForm):
    """The same with a new passkey."""

    name = LineField(max_length=200, required=False)


class ChangePasswordForm(PortalForm):
    """Your own password."""

    secret_current = password_field(_("Current password"), new=False)
    secret_new = password_field(_("New password"), new=True, help_text=LONG_ENOUGH)


def proof_field(*, required: bool) -> forms.FileField:
    """A picture or PDF that shows the transfer; phones also offer the camera."""
    return forms.FileField(
        label=_("Proof of payment") if required else _("Proof of payment (optional)"),
        required=required,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp,.pdf,image/*"}),
        help_text=_("A photo or PDF of your bank's confirmation, at most 5 MB."),
    )


def harmless(upload: "UploadedFile[Any]", visit: Visit) -> CleanFile:
    """The upload, decoded and encoded again; an error is shown at the field."""
    try:
        return clean(upload.read(), name=upload.name or "", field="proof", account_id=visit.account.id)
    except ValidationError as error:
        raise forms.ValidationError([gettext(text) for text in error.fields["proof"]]) from error
    finally:
        upload.seek(0)


class ReferenceField(LineField):
    """A payer's reference, which must not be empty once normalised."""

    def clean_text(self, text: str) -> str:
        """The reference as displayed."""
        return read_reference(text).text


class TypedAmountField(LineField):
    """An amount as a person types it, or copies it from a page, where direction marks surround it."""

    def clean_text(self, text: str) -> str:
        """Without those."""
        return bare(text).strip()


class ClaimForm(PortalForm):
    """The form for reporting a payment: what the payer knows about the transfer."""

    transaction_reference = ReferenceField(
        label=_("Transaction reference"),
        max_length=LONGEST,
        help_text=_("The number your bank or wallet shows for this transfer."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    amount = TypedAmountField(
        label=_("Amount sent"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )
    paid_on = forms.DateField(
        label=_("Date of the transfer"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    notes = ParagraphsField(
        label=_("Note (optional)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    proof = proof_field(required=False)

    def __init__(self, *args: Any, visit: Visit, currency: str, **kwargs: Any) -> None:
        self.visit, self.currency = visit, currency
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].widget.attrs["max"] = self.today.isoformat()

    @property
    def today(self) -> date:
        """Today's date in the account's time zone."""
        return formatting.today(self.visit.account.time_zone)

    def clean_amount(self) -> str:
        """Decimal text, parsed from the notation of the reader's language."""
        amount = formatting.typed_amount(self.cleaned_data["amount"], self.currency, self.visit.locale)
        if amount is None:
            raise forms.ValidationError(_("This is not an amount of %(currency)s."), params={"currency": self.currency})
        return amount

    def clean_proof(self) -> CleanFile | None:
        """The attached file, if any, re-encoded before any transaction begins."""
        upload = self.cleaned_data["proof"]
        return None if upload is None else harmless(upload, self.visit)

    def clean_paid_on(self) -> date:
        """The transfer's date cannot be in the future."""
        paid_on: date = self.cleaned_data["paid_on"]
        if paid_on > self.today:
            raise forms.ValidationError(_("This date is in the future."))
        return paid_on


class ProofForm(PortalForm):
    """A file for a payment that is being checked."""

    proof = proof_field(required=True)

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        self.visit = visit
        super().__init__(*args, **kwargs)

    def clean_proof(self) -> CleanFile:
        """The file, re-encoded before any transaction begins."""
        return harmless(self.cleaned_data["proof"], self.visit)


class SavedMethodForm(PortalForm):
    """A payment method to save."""

    payment_method = forms.ChoiceField(
        label=_("Kind"), choices=[(name, sentences.PAYMENT_METHOD[name]) for name in sorted(map(str, MANUAL))]
    )
    label = LineField(
        label=_("Name"), max_length=80, help_text=_("A name that you will recognise, such as “Main account at HBL”.")
    )
    last_four = forms.RegexField(
        label=_("Last four digits (optional)"),
        regex=r"\A[0-9A-Za-z]{4}\Z",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off", "dir": "ltr"}),
        help_text=_("Never the whole number: four digits are enough to tell accounts apart."),
        error_messages={"invalid": _("Enter exactly four digits.")},
    )


def role_field() -> forms.ChoiceField:
    """An account role."""
    return forms.ChoiceField(label=_("Role"), choices=[(str(role), sentences.ROLE[role]) for role in AccountRole])


class InviteForm(PortalForm):
    """A person to invite to the account."""

    email = EmailLineField(label=_("E-mail address"), max_length=MAX_EMAIL)
    name = LineField(label=_("Name (optional)"), max_length=200, required=False)
    role = role_field()


class PersonChangeForm(PortalForm):
    """The fields that an owner changes about a person."""

    name = LineField(label=_("Name"), max_length=200, required=False)
    role = role_field()


class KeyForm(PortalForm):
    """A new API key."""

    name = LineField(label=_("What it is for"), max_length=100)
    role = role_field()
    expires_on = forms.DateField(
        label=_("Valid until (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
