"""The reconciliation desk: upload a statement, follow its import, decide open lines, undo decisions."""

import hashlib
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.domain.line_states import ImportStatus, LineStatus
from igny8_core.business.banking.edge import (
    AcceptSerializer,
    AssignSerializer,
    ImportAnswer,
    LineDetailAnswer,
    LineReasonSerializer,
    SplitSerializer,
)
from igny8_core.business.banking.public import (
    MAX_FILE_BYTES,
    LineFilters,
    StatementFile,
    bank_accounts,
    csv_profiles,
    find_lines,
    find_targets,
    get_line,
    importing,
    line_detail,
    newest_imports,
    reconcile,
    target_of,
)
from igny8_core.console.desks.approvals import Notice
from igny8_core.console.desks.frame import chosen_id, decide, desk, render_desk
from igny8_core.console.operators import operator_of
from igny8_core.http.fields import StrictSerializer

PAGE, IMPORTS, PARTS = 50, 5, 4
TABS = (
    ("open", "To decide", (LineStatus.PROPOSED, LineStatus.UNMATCHED)),
    ("matched", "Matched", (LineStatus.MATCHED,)),
    ("parked", "Parked", (LineStatus.PARKED,)),
    ("ignored", "Ignored", (LineStatus.IGNORED,)),
    ("unreadable", "Unreadable", (LineStatus.UNREADABLE,)),
)


class DeskLine(LineDetailAnswer):
    """A line on the desk, including the direction of its money."""

    amount_minor: int | None


MOVING = frozenset({ImportStatus.RECEIVED.value, ImportStatus.MATCHING.value})


@desk(OperatorRole.SUPPORT)
@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """The desk with one of its tabs."""
    line_id = chosen_id(request.GET.get("line", ""))
    whole = request.headers.get("HX-Target") != "desk"
    template = "console/reconciliation.html" if whole else "console/parts/lines.html"
    return render_desk(request, template, lambda: _desk(_tab(request), line_id))


@desk(OperatorRole.SUPPORT)
@require_GET
def line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """One line, for the right side of the desk."""
    return render_desk(request, "console/parts/line.html", lambda: {**_line(line_id), "tab": _tab(request)})


@desk(OperatorRole.SUPPORT)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """Progress of the newest imports; polls again while one is running."""
    return render_desk(request, "console/parts/imports.html", _imports)


@desk(OperatorRole.SUPPORT)
@require_GET
def targets(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """The search results for a line's target."""
    text = request.GET.get("q", "")[:80]
    collect = lambda: {"line": {"id": line_id}, "targets": find_targets(text), "tab": _tab(request), "asked": text}  # noqa: E731
    return render_desk(request, "console/parts/targets.html", collect)


@desk(OperatorRole.FINANCE)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Import an uploaded file; the answer is the desk with the result."""
    dropped = request.FILES.get("file")
    if dropped is None or dropped.file is None:
        return _answered(request, "Choose a file first.", done="")
    digest = hashlib.sha256()
    for chunk in dropped.chunks():
        digest.update(chunk)
    dropped.seek(0)
    given = StatementFile(
        name=(dropped.name or "statement")[:255],
        size_bytes=dropped.size or 0,
        sha256=digest.hexdigest(),
        file=dropped.file,
        bank_account_id=chosen_id(request.POST.get("bank_account", "")),
        csv_profile_id=chosen_id(request.POST.get("csv_profile", "")),
        uploaded_by_id=operator_of(request).id,
    )
    told: list[str] = []

    def operation() -> None:
        found, new = importing.import_file(given)
        told.append(_summary(ImportAnswer.of(found), new=new))

    refused = decide(request, operation)
    return _answered(request, refused, done="".join(told[-1:]))


upload.uploads = {"upload": MAX_FILE_BYTES}  # type: ignore[attr-defined]


@desk(OperatorRole.FINANCE)
@require_POST
def settle_import(request: HttpRequest, import_id: UUID, action: str) -> HttpResponse:
    """Import the readable lines of a file with unreadable ones, or discard the file."""
    operation = IMPORT_ACTIONS.get(action)
    if operation is None:
        raise Http404
    return _answered(request, decide(request, lambda: operation(import_id)), done="Done.")


@desk(OperatorRole.FINANCE)
@require_POST
def act(request: HttpRequest, line_id: UUID, action: str) -> HttpResponse:
    """Decide a line: accept, reject, assign, split, ignore, park, undo."""
    if action not in ACTIONS:
        raise Http404
    refused = decide(request, lambda: ACTIONS[action](line_id, request))
    notice = Notice(refused or DONE[action], good=not refused)
    stay = line_id if refused or action in ("reject", "undo") else None
    return render_desk(request, "console/parts/lines.html", lambda: {**_desk(_tab(request), stay), "notice": notice})


def _accept(line_id: UUID, request: HttpRequest) -> None:
    chosen = _checked(AcceptSerializer, request)
    reconcile.accept(line_id=line_id, proposal_id=chosen.proposal_id, operator_id=operator_of(request).id)


def _reject(line_id: UUID, request: HttpRequest) -> None:
    reconcile.reject(line_id=line_id, proposal_id=_checked(AcceptSerializer, request).proposal_id)


def _assign(line_id: UUID, request: HttpRequest) -> None:
    target = _checked(AssignSerializer, request)
    reconcile.assign(line_id=line_id, targets=[target], operator_id=operator_of(request).id)


def _split(line_id: UUID, request: HttpRequest) -> None:
    """Each row has an invoice number or an account code, and an amount."""
    rows = zip(request.POST.getlist("target"), request.POST.getlist("part"), strict=False)
    filled = [(target.strip(), amount.strip()) for target, amount in rows if target.strip() or amount.strip()]
    sent = {"parts": [{**target_of(target), "amount": amount} for target, amount in filled]}
    parts = SplitSerializer.checked(sent).parts
    reconcile.split(line_id=line_id, parts=parts, operator_id=operator_of(request).id)


def _ignore(line_id: UUID, request: HttpRequest) -> None:
    reconcile.ignore(line_id=line_id, reason=_checked(LineReasonSerializer, request).reason)


def _park(line_id: UUID, request: HttpRequest) -> None:
    reconcile.park(line_id=line_id, reason=_checked(LineReasonSerializer, request).reason)


def _undo(line_id: UUID, request: HttpRequest) -> None:
    reason = _checked(LineReasonSerializer, request).reason
    reconcile.undo(line_id=line_id, reason=reason, operator_id=operator_of(request).id)


ACTIONS = {
    "accept": _accept,
    "reject": _reject,
    "assign": _assign,
    "split": _split,
    "ignore": _ignore,
    "park": _park,
    "undo": _undo,
}
IMPORT_ACTIONS = {"confirm": importing.confirm, "discard": importing.discard}
DONE = {
    "accept": "Accepted: the money is booked.",
    "reject": "This will not be proposed again.",
    "assign": "Assigned: the money is booked.",
    "split": "Split: the money is booked.",
    "ignore": "Ignored.",
    "park": "Parked.",
    "undo": "Taken back.",
}


def _checked[Checked](shape: type[StrictSerializer[Checked]], request: HttpRequest) -> Checked:
    sent = {str(name): request.POST.get(str(name), "").strip() for name in shape().fields}
    return shape.checked({name: text for name, text in sent.items() if text})


def _answered(request: HttpRequest, refused: str, *, done: str) -> HttpResponse:
    notice = Notice(refused or done, good=not refused)
    return render_desk(request, "console/parts/lines.html", lambda: {**_desk("open", None), "notice": notice})


def _summary(found: ImportAnswer, *, new: bool) -> str:
    """The result of an import in one sentence."""
    told = found.progress
    if not new:
        return "This file was imported before, so nothing was imported again."
    match found.status:
        case ImportStatus.NEEDS_CONFIRMATION:
            return f"{told.lines_unreadable} lines cannot be read. Nothing is imported until you confirm."
        case ImportStatus.REFUSED:
            return found.problem
        case ImportStatus.RECEIVED:
            return "The file has arrived and is being read."
    again = f", {told.lines_duplicate} were already there" if told.lines_duplicate else ""
    waiting = sum(statement.lines_not_booked for statement in found.statements)
    pending = f", {waiting} are not booked yet and were left out" if waiting else ""
    return f"{told.lines_imported} lines imported{again}{pending}."


def _desk(tab: str, line_id: UUID | None) -> dict[str, Any]:
    """The lines of a tab, the open line, and the newest imports."""
    statuses = next(tuple(map(str, statuses)) for name, _, statuses in TABS if name == tab)
    rows = list(find_lines(LineFilters(statuses=statuses)).order_by("-sequence")[: PAGE + 1])
    chosen = line_id or (rows[0].id if rows else None)
    return {
        "tab": tab,
        "tabs": [(name, title) for name, title, _ in TABS],
        "lines": rows[:PAGE],
        "more": len(rows) > PAGE,
        "bank_accounts": bank_accounts(),
        "csv_profiles": csv_profiles(),
        **_imports(),
        **(_line(chosen) if chosen else {}),
    }


def _imports() -> dict[str, Any]:
    newest = ImportAnswer.of_all(newest_imports(IMPORTS))
    return {"imports": newest, "moving": any(one.status in MOVING or one.progress.left for one in newest)}


def _line(line_id: UUID) -> dict[str, Any]:
    found = get_line(line_id)
    detail = DeskLine.of_detail(line_detail(found))
    live = [match_ for match_ in detail.matches if match_.undone_at is None]
    return {"line": detail, "account": found.bank_account, "live": live, "parts": range(PARTS)}


def _tab(request: HttpRequest) -> str:
    asked = request.GET.get("tab", "") or request.POST.get("tab", "")
    return asked if asked in {name for name, _, _ in TABS} else "open"
