"""Django's form fields for what people write: the same rules as the API's fields have."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from igny8_core.kit.texts import BadText, one_line, paragraphs


class LineField(forms.CharField):
    """One line: a name, a reference, a label; without what shows nothing."""

    def to_python(self, value: Any) -> Any:
        """The text; a refusal stands at the field."""
        text = super().to_python(value)
        if not text or (self.max_length is not None and len(text) > self.max_length):
            return text  # nothing, or what the validator of the length is about to refuse
        try:
            return self.tidied(text)
        except BadText as error:
            raise forms.ValidationError(gettext(str(error))) from error

    def tidied(self, text: str) -> str:
        """What is taken of the text; raises `BadText`."""
        return one_line(text)


class ParagraphsField(LineField):
    """A note: several lines."""

    widget = forms.Textarea

    def tidied(self, text: str) -> str:
        """Line breaks stay."""
        return paragraphs(text)


class EmailLineField(LineField, forms.EmailField):
    """An e-mail address."""
