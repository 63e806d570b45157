"""The page printed once everything is running: addresses, keys and passwords to try."""

import json
from pathlib import Path
from typing import Any


def text(data_dir: Path, base_url: str, gateway: tuple[str, str] | None) -> str:
    """Addresses, keys and passwords of the demo; without demo data, the addresses alone."""
    lines = [
        "",
        "  IGNY8 Billing is up.",
        "",
        f"  Portal       {base_url}/portal/",
        f"  API          {base_url}/api/v1/",
        f"  API docs     {base_url}/api/docs/ and {base_url}/api/redoc/",
        f"  Health       {base_url}/readyz",
        f"  Data         {data_dir}",
    ]
    if gateway is not None:
        lines.append(f"  Demo gateway {gateway[0]} (no money moves), its control plane {gateway[1]}")
    demo = data_dir / "demo.json"
    if demo.exists():
        lines += _demo(json.loads(demo.read_text()), base_url, data_dir)
    else:
        lines += ["", "  The first operator and account: manage.py create_operator, manage.py create_account (--help)"]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


def _demo(document: dict[str, Any], base_url: str, data_dir: Path) -> list[str]:
    account = document["accounts"][0]
    key, operators = account["keys"]["owner"], document["operators"]
    billing, admin = f"{base_url}/api/v1/billing", f"{base_url}/api/v1/admin/billing"
    lines = [
        "",
        f"  Demo account {account['name']} ({account['country']}, {account['currency']})",
        f"    owner's key      {key}",
        "  Demo operators",
        f"    approver's key   {operators['approver']}",
        f"    finance's key    {operators['finance']}",
        "",
        "  People (owners, members and viewers sign in to the portal)",
    ]
    people = [user for each in document["accounts"] for user in each["users"]] + document["operator_users"]
    lines += [f"    {user['email']:<34} {user['password']:<22} {user['role']}" for user in people]
    return [
        *lines,
        "",
        "  Try",
        f"    curl -H 'Authorization: Bearer {key}' '{billing}/payments/?page_size=2'",
        f"    curl -H 'Authorization: Bearer {operators['approver']}' '{admin}/payments/?needs=approval'",
        f"    curl -H 'Authorization: Bearer {operators['finance']}' -F file=@{data_dir}/demo-statement.xml \\",
        f"      '{admin}/statements/'",
        "    and the session with curl in README.md; every key is in demo.json too",
    ]
