"""Django form fields for people's text, with the same rules as the API's fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from igny8_core.kit.texts import BadText, one_line, paragraphs


class LineField(forms.CharField):
    """One line: a name, a reference, a label; without invisible characters."""

    def to_python(self, value: Any) -> Any:
        """The text; an error is shown at the field."""
        text = super().to_python(value)
        if not text or (self.max_length is not None and len(text) > self.max_length):
            return text  # empty, or about to be refused by the length validator
        try:
            return self.clean_text(text)
        except BadText as error:
            raise forms.ValidationError(gettext(str(error))) from error

    def clean_text(self, text: str) -> str:
        """The accepted text; raises `BadText`."""
        return one_line(text)


class ParagraphsField(LineField):
    """A note of several lines."""

    widget = forms.Textarea

    def clean_text(self, text: str) -> str:
        """Line breaks are kept."""
        return paragraphs(text)


class EmailLineField(LineField, forms.EmailField):
    """An e-mail address."""
