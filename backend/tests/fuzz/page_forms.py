"""The forms of a page as a browser sees them: where each goes, and its fields with what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

SILENT = frozenset({"button", "reset", "image"})
TICKED = frozenset({"checkbox", "radio"})


@dataclass
class Field:
    """One field; `options` of a select, of radio buttons of one name and of buttons that send a value."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """Where a form goes, how, and its fields by their names."""

    path: str
    method: str
    multipart: bool
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, name: str, kind: str, value: str) -> None:
        """A field; of those that share a name each value is an option."""
        known = self.fields.setdefault(name, Field(name, kind, value))
        if kind in (*TICKED, "submit"):
            known.options.append(value)


def forms_of(text: str, page: str) -> list[Form]:
    """Every form of a page; a button with an address of its own is a further one, htmx's buttons as well."""
    reader = _Reader(page)
    reader.feed(text)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.named: dict[str, Form] = {}
        self.open: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(given)
        elif "hx-post" in given:
            self.forms.append(Form(self._path(given["hx-post"]), "post", multipart=False))
        elif tag == "option" and self.select is not None:
            self._choose(given)
        elif tag in ("input", "select", "textarea", "button"):
            self._hold(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def _begin(self, given: dict[str, str]) -> None:
        method = "post" if "hx-post" in given else given.get("method", "get").lower()
        path = self._path(given.get("hx-post") or given.get("action", ""))
        encoding = given.get("enctype", "") + given.get("hx-encoding", "")
        self.open = Form(path, method, multipart="multipart" in encoding)
        self.named[given.get("id", "")] = self.open
        if method in ("get", "post"):
            self.forms.append(self.open)

    def _hold(self, tag: str, given: dict[str, str]) -> None:
        form = self.named.get(given["form"]) if "form" in given else self.open
        kind = given.get("type", "submit" if tag == "button" else "text") if tag in ("input", "button") else tag
        if form is None or kind in SILENT:
            return
        if "formaction" in given:
            self.forms.append(Form(self._path(given["formaction"]), "post", form.multipart, form.fields))
        if given.get("name"):
            form.add(given["name"], kind, given.get("value", ""))
            self.select = form.fields[given["name"]] if tag == "select" else None
            self.area = form.fields[given["name"]] if tag == "textarea" else None

    def _choose(self, given: dict[str, str]) -> None:
        assert self.select is not None
        self.select.options.append(given.get("value", ""))
        if "selected" in given:
            self.select.value = given.get("value", "")

    def _path(self, action: str) -> str:
        return urljoin(self.page, action)
