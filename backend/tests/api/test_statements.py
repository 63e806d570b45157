"""Statements over HTTP: dropped, read, refused, confirmed, and never imported twice."""

import hashlib
import json

import pytest
from igny8_core.business.banking.services import reading
from tests.api.uploading import CONTENT_TYPE, form, part, upload
from tests.cast import ADMIN, BILLING, Cast
from tests.statements import DAY, LINES, STATEMENTS, bank_account, camt, decide, drop, imported, lines, payer

PROFILES = f"{ADMIN}csv-profiles/"


def test_a_statement_becomes_lines(cast: Cast) -> None:
    account = bank_account(cast)
    content = camt(
        account,
        payer(100_00, "hello", name="Asif & Sons", account="PK36SCBL0000001123456702"),
        payer(-50_00, "fees"),
        opening=1000_00,
        name="2026-11/20",
    )
    answer = drop(cast.finance, content, name="../x/November.xml")
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["file_name"], data["format"], data["sha256"]) == (
        "November.xml",
        "camt053",
        hashlib.sha256(content).hexdigest(),
    )
    (statement,) = data["statements"]
    assert {name: statement[name] for name in ("identification", "opening", "closing", "sum", "balances_agree")} == {
        "identification": "2026-11/20",
        "opening": "1000.00",
        "closing": "1050.00",
        "sum": "50.00",
        "balances_agree": True,
    }
    first, second = lines(cast, data["id"])
    assert (first["amount"], first["counterparty_name"], first["remittance"], first["booking_date"]) == (
        "100.00",
        "Asif & Sons",
        "hello",
        DAY.isoformat(),
    )
    assert (second["amount"], second["status"]) == ("-50.00", "new")
    raw = cast.support.get(f"{LINES}{first['id']}/").json()["data"]["raw"]
    assert "hello" in raw


def test_the_same_file_and_an_overlapping_one_import_nothing_twice(cast: Cast) -> None:
    account = bank_account(cast)
    equal = [payer(70_00, "same text")] * 2
    monday = camt(account, payer(10_00, "a"), *equal, name="1")
    first = imported(cast, monday)
    assert first["progress"]["lines_imported"] == 3
    again = drop(cast.finance, monday)
    assert (again.status_code, again.json()["data"]["id"]) == (200, first["id"])
    overlapping = camt(account, *equal, payer(10_00, "a"), payer(20_00, "b"), name="2")
    second = imported(cast, overlapping)
    assert (second["progress"]["lines_imported"], second["progress"]["lines_duplicate"]) == (1, 3)
    third = imported(cast, camt(account, *equal, payer(70_00, "same text"), name="3"))
    assert (third["progress"]["lines_imported"], third["progress"]["lines_duplicate"]) == (1, 2)


def test_a_batch_told_in_parts_and_then_whole_is_one(cast: Cast) -> None:
    account = bank_account(cast)
    parts = imported(cast, camt(account, [payer(10_00, "a"), payer(15_00, "b")], name="N", references=True))
    assert parts["progress"]["lines_imported"] == 2
    whole = imported(cast, camt(account, payer(25_00), name="N", references=True, opening=5))
    assert (whole["progress"]["lines_imported"], whole["progress"]["lines_duplicate"]) == (0, 1)


def test_balances_that_do_not_agree_are_shown(cast: Cast) -> None:
    account = bank_account(cast)
    data = drop(cast.finance, camt(account, payer(10_00), opening=0, closing=11_00)).json()["data"]
    assert data["statements"][0]["balances_agree"] is False


def test_bad_files_change_nothing(cast: Cast) -> None:
    account = bank_account(cast)
    before = cast.support.get(STATEMENTS).json()["count"]
    good = camt(account, payer(10_00))
    cases = {
        b"hello": "statement_refused",
        good[: len(good) // 2]: "statement_refused",
        camt("99999999999999", payer(10_00)): "unknown_bank_account",
        camt(account, payer(10_00), currency="EUR"): "unknown_bank_account",
    }
    for content, code in cases.items():
        answer = drop(cast.finance, content)
        assert (answer.status_code, answer.json()["code"]) == (400, code), answer.content
    other = cast.support.get(f"{ADMIN}bank-accounts/").json()["results"][0]["id"]
    differs = drop(cast.finance, camt("88888888888888", payer(10_00)), part("bank_account", other.encode()))
    assert (differs.status_code, differs.json()["code"]) == (400, "bank_account_differs")
    assert cast.support.get(STATEMENTS).json()["count"] == before


def test_a_file_with_too_many_lines_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LINES_AT_MOST", 3)
    account = bank_account(cast)
    refused = drop(cast.finance, camt(account, *[payer(10_00, str(index)) for index in range(4)]))
    assert (refused.status_code, refused.json()["code"]) == (400, "statement_refused")
    assert "more than 3 lines" in refused.json()["error"]
    again = imported(cast, camt(account, *[payer(10_00, str(index)) for index in range(3)]))
    assert (again["progress"]["lines_imported"], again["progress"]["lines_duplicate"]) == (3, 0)


def test_uploads_are_strict(cast: Cast) -> None:
    content = camt(bank_account(cast), payer(10_00))
    assert drop(cast.support, content).status_code == 403
    assert drop(cast.owner, content).status_code == 403
    assert cast.finance.post(STATEMENTS, {"file": "x"}).status_code == 400
    unknown = drop(cast.finance, content, part("bank_acount", b"x"))
    assert (unknown.status_code, list(unknown.json()["errors"])) == (400, ["bank_acount"])
    nobody = drop(cast.finance, content, part("bank_account", b"00000000-0000-7000-8000-00000000dead"))
    assert (nobody.status_code, list(nobody.json()["errors"])) == (400, ["bank_account"])
    assert drop(cast.finance, b"").json()["errors"] == {"file": ["The file is empty."]}
    cut = upload(cast.finance, STATEMENTS, form(part("file", content, "a"))[:-8])
    assert (cut.status_code, cut.json()["code"]) == (400, "validation_error")
    elsewhere = cast.finance.call(
        "POST", f"{ADMIN}bank-accounts/", form(part("name", b"x")), **{"Content-Type": CONTENT_TYPE}
    )
    assert elsewhere.status_code == 415


def test_uploads_are_idempotent(cast: Cast) -> None:
    account = bank_account(cast)
    content, key = camt(account, payer(10_00)), {"Idempotency-Key": f"drop {account}"}
    first = drop(cast.finance, content, **key)
    again = drop(cast.finance, content, **key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotency-Replayed"] == "true"
    other = drop(cast.finance, camt(account, payer(11_00)), **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_unreadable_lines_wait_for_a_person(cast: Cast) -> None:
    account = bank_account(cast)
    content = camt(account, payer(987_654_31, "good"), payer(33_00, "bad")).replace(b">33.00<", b">33,0x<")
    answer = drop(cast.finance, content)
    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["progress"]["lines_unreadable"]) == (
        201,
        "needs_confirmation",
        1,
    )
    assert "33,0x" in data["unreadable_lines"][0]["problem"]
    assert lines(cast, data["id"]) == []
    assert cast.support.post(f"{STATEMENTS}{data['id']}/confirm/").status_code == 403
    assert cast.finance.post(f"{STATEMENTS}{data['id']}/confirm/").status_code == 202
    assert cast.finance.post(f"{STATEMENTS}{data['id']}/confirm/").status_code == 409
    found = imported(cast, camt(account, payer(1_00, "other")))  # the worker reads what waits
    assert found["status"] == "done"
    statuses = [line["status"] for line in lines(cast, data["id"])]
    assert sorted(statuses) == ["unmatched", "unreadable"]
    unreadable = lines(cast, data["id"], status="unreadable")[0]
    assert (unreadable["amount"], decide(cast, unreadable, "park", {"reason": "?"}).status_code) == (None, 409)
    assert decide(cast, unreadable, "assign", {"account_id": str(cast.account.id)}).status_code == 409
    assert decide(cast, unreadable, "ignore", {"reason": "A page footer."}).status_code == 200


def test_a_file_with_unreadable_lines_can_be_let_go(cast: Cast) -> None:
    content = camt(bank_account(cast), payer(33_00, "bad"), opening=1_00).replace(b">33.00<", b">33,0x<")
    data = drop(cast.finance, content).json()["data"]
    assert cast.finance.post(f"{STATEMENTS}{data['id']}/discard/").json()["data"]["status"] == "discarded"
    assert drop(cast.finance, content).status_code == 201


def test_large_files_are_read_by_the_worker(cast: Cast) -> None:
    account = bank_account(cast)
    content = camt(account, *[payer(100 + index, f"line {index}", name="x" * 200) for index in range(900)])
    assert len(content) > 512 * 1024
    answer = drop(cast.finance, content)
    assert (answer.status_code, answer.json()["data"]["status"]) == (202, "received")
    found = imported(cast, camt(account, payer(5, "other")))
    large = cast.support.get(f"{STATEMENTS}{answer.json()['data']['id']}/").json()["data"]
    assert (large["status"], large["progress"]["lines_imported"], found["status"]) == ("done", 900, "done")
    broken = drop(cast.finance, content[:-4000])
    imported(cast, camt(account, payer(6, "another")))
    refused = cast.support.get(f"{STATEMENTS}{broken.json()['data']['id']}/").json()["data"]
    assert (refused["status"], refused["problem_code"]) == ("refused", "statement_refused")
    assert lines(cast, refused["id"]) == []


def test_lists_are_filtered_and_paged(cast: Cast) -> None:
    account = bank_account(cast)
    found = imported(cast, camt(account, *[payer(100 + index, f"t {index}") for index in range(30)], payer(-5, "fee")))
    first = cast.support.get(f"{LINES}?import_id={found['id']}").json()
    assert (first["count"], len(first["results"])) == (31, 25)
    rest = cast.support.get(first["next"].replace("http://testserver", "")).json()
    assert len(rest["results"]) == 6
    debits = lines(cast, found["id"], direction="debit")
    assert [line["amount"] for line in debits] == ["-0.05"]
    assert lines(cast, found["id"], status="matched,proposed", booked_from="2026-11-21") == []
    for query in ("status=nothing", "colour=red", "direction=up", "import_id=1"):
        assert cast.support.get(f"{LINES}?{query}").status_code == 400, query
    assert cast.viewer.get(LINES).status_code == 403


def test_bank_accounts(cast: Cast) -> None:
    path = f"{ADMIN}bank-accounts/"
    iban = {"name": "Spreebank", "number": "DE89 3704 0044 0532 0130 00", "currency": "EUR"}
    for number in ("DE88 3704 0044 0532 0130 00", "DE51 3704 0044 0532 0130 0", "ZZ22 3704 0044 0532 0130 00"):
        wrong = cast.finance.post(path, {**iban, "number": number})
        assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["number"])
    assert cast.support.post(path, iban).status_code == 403
    made = cast.finance.post(path, iban)
    if made.status_code == 409:  # another test's database has it
        assert made.json()["code"] == "already_taken"
        return
    account = made.json()["data"]
    assert (account["number"], account["payment_method"]) == ("DE89370400440532013000", "bank_transfer")
    assert cast.finance.post(path, iban).json()["code"] == "already_taken"
    changed = cast.finance.call("PATCH", f"{path}{account['id']}/", {"name": "New"})
    assert changed.json()["data"]["name"] == "New"
    national = imported(cast, camt("0532013000", payer(5_00, "x"), currency="EUR"))
    assert national["statements"][0]["bank_account_id"] == account["id"]
    kept = cast.finance.call("DELETE", f"{path}{account['id']}/")
    assert (kept.status_code, kept.json()["code"]) == (409, "bank_account_in_use")


def test_tenants_see_nothing_of_it(cast: Cast) -> None:
    for path in (STATEMENTS, LINES, f"{ADMIN}bank-accounts/", f"{ADMIN}csv-profiles/"):
        assert cast.owner.get(path).status_code == 403
    assert cast.owner.get(f"{BILLING}statements/").status_code == 404


def test_tables_are_read_by_a_profile_that_was_tried_first(cast: Cast) -> None:
    bank_account(cast)
    account = cast.support.get(f"{ADMIN}bank-accounts/").json()["results"][0]["id"]
    table = b"Datum;Betrag;Text\n20.11.2026;1.234,50;Rechnung\n21.11.2026;x;Summe\n"
    definition = {
        "delimiter": ";",
        "decimal": ",",
        "thousands": ".",
        "date_order": "dmy",
        "booking_date": "Datum",
        "amount": "Betrag",
        "remittance": ["Text"],
        "fixed_currency": "PKR",
    }
    tried = part("definition", json.dumps(definition).encode())
    preview = upload(cast.finance, f"{PROFILES}preview/", form(part("file", table, "t.csv"), tried)).json()["data"]
    assert preview["header"] == ["Datum", "Betrag", "Text"]
    assert [(line["amount"], bool(line["problem"])) for line in preview["lines"]] == [("1234.50", False), (None, True)]
    wrong = cast.finance.post(PROFILES, {"name": "W", "definition": {**definition, "decimal": "!", "colour": "red"}})
    assert wrong.status_code == 400
    assert all(name.startswith("definition.") for name in wrong.json()["errors"])
    name = f"Sparkasse {account}"
    profile = cast.finance.post(PROFILES, {"name": name, "definition": definition}).json()["data"]
    assert cast.finance.post(PROFILES, {"name": name, "definition": definition}).json()["code"] == "already_taken"
    hints = (part("bank_account", account.encode()), part("csv_profile", profile["id"].encode()))
    assert drop(cast.finance, table, hints[0]).json()["code"] == "statement_refused"
    good = table.replace(b"21.11.2026;x;Summe\n", b"")
    data = drop(cast.finance, good, *hints, name="t.csv").json()["data"]
    assert (data["format"], [line["amount"] for line in lines(cast, data["id"])]) == ("csv", ["1234.50"])
    changed = cast.finance.call("PATCH", f"{PROFILES}{profile['id']}/", {"name": f"{name} 2"})
    assert changed.json()["data"]["definition"] == profile["definition"]
    assert cast.finance.call("DELETE", f"{PROFILES}{profile['id']}/").status_code == 200
