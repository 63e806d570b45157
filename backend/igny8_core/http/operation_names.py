"""Names of operations in the API document, chosen so that a generated client's methods read well. Pure."""

# Overrides for paths that would give awkward names.
SPOKEN = {
    "POST account/api-keys/{}/revoke": "revoke_api_key",
    "POST admin/accounts/{}/credits/adjust": "admin_adjust_credits",
    "POST admin/accounts/{}/credits/consume": "admin_consume_credits",
    "POST admin/billing/invoices/{}/apply-balance": "admin_apply_balance_to_invoice",
    "POST admin/billing/invoices/{}/mark-uncollectible": "admin_mark_invoice_uncollectible",
    "GET admin/billing/ledger/accounts/{}": "admin_list_ledger_lines",
    "POST admin/billing/payments/bulk-approve": "admin_approve_payments",
    "POST admin/billing/refunds/{}/mark-paid": "admin_mark_refund_paid",
    "GET admin/billing/refunds/export": "admin_export_refunds",
    "POST admin/billing/statements": "admin_upload_statement",
    "POST admin/billing/statements/{}/auto-match": "admin_match_statement_again",
    "GET admin/billing/statements/lines/{}/candidates": "admin_get_statement_line_candidates",
    "POST admin/billing/statements/auto-match": "admin_match_statements_again",
    "GET admin/billing/verify": "admin_verify",
    "GET auth/me": "get_me",
    "POST auth/login": "log_in",
    "POST auth/logout": "log_out",
    "POST auth/refresh": "refresh_tokens",
    "GET billing/payment-methods/available": "list_available_payment_methods",
    "POST billing/payment-methods/{}/set_default": "set_default_payment_method",
    "POST billing/payments/manual": "create_manual_payment",
}
GROUPS = frozenset({"billing", "account", "ledger"})
VERBS = {"GET": "get", "POST": "create", "PUT": "set", "PATCH": "update", "DELETE": "delete"}


def operation_name(*, method: str, path: str, is_list: bool, creates: bool) -> str:
    """A verb and its object: `list_payments`, `cancel_payment`, `admin_approve_payment`.

    `path` begins after `/api/v1/`. A POST that does not create is named after the last part of its path.
    """
    parts = ["{}" if part.startswith("{") else part for part in path.strip("/").split("/")]
    spoken = SPOKEN.get(f"{method} {'/'.join(parts)}")
    if spoken is not None:
        return spoken
    prefix = "admin_" if parts[0] == "admin" else ""
    own = [part for part in parts if part not in GROUPS and part != "admin"]
    if is_list:
        return f"{prefix}list_{_noun(own, keep_last_plural=True)}"
    if method == "POST" and not creates:
        return f"{prefix}{_word(own[-1])}_{_noun(own[:-1], keep_last_plural=False)}"
    return f"{prefix}{VERBS[method]}_{_noun(own, keep_last_plural=False)}"


def _noun(parts: list[str], *, keep_last_plural: bool) -> str:
    names = [_word(part) for part in parts if part != "{}"]
    last = names[-1] if keep_last_plural else _singular(names[-1])
    return "_".join([*map(_singular, names[:-1]), last])


def _word(part: str) -> str:
    return part.replace("-", "_")


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
