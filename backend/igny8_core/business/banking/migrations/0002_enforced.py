"""Statements are the merchant's: operators and the owner see them, no tenant ever does. What a bank told is frozen."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo

LINE_GUARD = """
CREATE FUNCTION banking_guard_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.statement_id, NEW.statement_import_id, NEW.bank_account_id, NEW.position, NEW.amount_minor,
        NEW.currency, NEW.booking_date, NEW.value_date, NEW.counterparty_name, NEW.counterparty_account,
        NEW.end_to_end_id, NEW.structured_reference, NEW.remittance, NEW.bank_reference, NEW.is_return, NEW.raw,
        NEW.fingerprint, NEW.occurrence, NEW.sequence)
       IS DISTINCT FROM
       (OLD.id, OLD.statement_id, OLD.statement_import_id, OLD.bank_account_id, OLD.position, OLD.amount_minor,
        OLD.currency, OLD.booking_date, OLD.value_date, OLD.counterparty_name, OLD.counterparty_account,
        OLD.end_to_end_id, OLD.structured_reference, OLD.remittance, OLD.bank_reference, OLD.is_return, OLD.raw,
        OLD.fingerprint, OLD.occurrence, OLD.sequence) THEN
        RAISE EXCEPTION 'what a bank told of a line never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND NOT (OLD.status || '>' || NEW.status = ANY (ARRAY[
        'new>unmatched', 'new>proposed', 'new>matched', 'new>ignored', 'new>parked',
        'unmatched>proposed', 'unmatched>matched', 'unmatched>ignored', 'unmatched>parked',
        'proposed>unmatched', 'proposed>matched', 'proposed>ignored', 'proposed>parked',
        'matched>unmatched', 'ignored>unmatched',
        'parked>unmatched', 'parked>matched', 'parked>ignored', 'unreadable>ignored'])) THEN
        RAISE EXCEPTION 'a line that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER banking_line_guard BEFORE UPDATE ON banking_line
    FOR EACH ROW EXECUTE FUNCTION banking_guard_line();
CREATE FUNCTION banking_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER banking_line_keep BEFORE DELETE ON banking_line
    FOR EACH ROW EXECUTE FUNCTION banking_refuse_delete();
CREATE TRIGGER banking_match_keep BEFORE DELETE ON banking_match
    FOR EACH ROW EXECUTE FUNCTION banking_refuse_delete();
"""
SEQUENCES = (
    "banking_bankaccount_sequence",
    "banking_csvprofile_sequence",
    "banking_import_sequence",
    "banking_line_sequence",
)


def _ours(table: str, privileges: str = "SELECT, INSERT, UPDATE", *, unique_pair: bool = False) -> EnableTenancy:
    return EnableTenancy(table, privileges=privileges, shown_to_tenants=False, unique_pair=unique_pair)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("banking", "0001_tables"), ("billing", "0002_enforced")]

    operations: ClassVar = [
        *[GrantTo("operator", "USAGE", f"SEQUENCE {name}") for name in SEQUENCES],
        GrantTo("operator", "USAGE", "SEQUENCE banking_filechunk_id_seq"),
        _ours("banking_bankaccount", "SELECT, INSERT, UPDATE, DELETE"),
        _ours("banking_csvprofile", "SELECT, INSERT, UPDATE, DELETE"),
        _ours("banking_import"),
        _ours("banking_filechunk", "SELECT, INSERT, DELETE"),
        _ours("banking_statement"),
        _ours("banking_line"),
        _ours("banking_match", unique_pair=True),
        _ours("banking_knownpayer"),
        CompositeForeignKey("banking_match", "payment_id", "billing_payment"),
        CompositeForeignKey("banking_match", "refund_id", "billing_refund"),
        migrations.RunSQL(
            LINE_GUARD, "DROP FUNCTION banking_guard_line() CASCADE; DROP FUNCTION banking_refuse_delete() CASCADE"
        ),
    ]
