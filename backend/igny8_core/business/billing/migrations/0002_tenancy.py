"""Row-level security, keys that carry the account, and the database's own table of payment statuses."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo

PAYMENT_GUARD = """
CREATE FUNCTION billing_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.invoice_id, NEW.amount_minor, NEW.currency, NEW.payment_method,
        NEW.transaction_reference, NEW.reference_normalised, NEW.sequence)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.invoice_id, OLD.amount_minor, OLD.currency, OLD.payment_method,
        OLD.transaction_reference, OLD.reference_normalised, OLD.sequence) THEN
        RAISE EXCEPTION 'what was submitted of a payment never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND NOT (OLD.status || '>' || NEW.status = ANY (ARRAY[
        'pending>pending_approval', 'pending>processing', 'pending>succeeded', 'pending>failed', 'pending>cancelled',
        'pending_approval>processing', 'pending_approval>succeeded', 'pending_approval>failed',
        'pending_approval>cancelled', 'processing>succeeded', 'processing>failed', 'processing>cancelled',
        'succeeded>refunded', 'succeeded>failed'])) THEN
        RAISE EXCEPTION 'a payment that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_guard BEFORE UPDATE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_guard_payment();
CREATE FUNCTION billing_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_payment_keep BEFORE DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_invoice_keep BEFORE DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
"""
SEQUENCES = ("billing_invoice_sequence", "billing_payment_sequence", "billing_creditor_reference_sequence")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_initial"), ("accounts", "0002_tenancy")]

    operations: ClassVar = [
        *[GrantTo("web, worker, operator", "USAGE", f"SEQUENCE {name}") for name in SEQUENCES],
        EnableTenancy("billing_invoice"),
        EnableTenancy("billing_invoiceline", privileges="SELECT, INSERT"),
        EnableTenancy("billing_invoicecounter"),
        EnableTenancy("billing_payment"),
        EnableTenancy("billing_accountpaymentmethod", privileges="SELECT, INSERT, UPDATE, DELETE"),
        EnableTenancy(
            "billing_paymentduplicate", privileges="SELECT, INSERT", shown_to_tenants=False, unique_pair=False
        ),
        GrantTo("operator", "USAGE", "SEQUENCE billing_paymentduplicate_id_seq"),
        GrantTo("web, worker", "SELECT", "TABLE billing_paymentmethodconfig"),
        GrantTo("operator", "SELECT, INSERT, UPDATE, DELETE", "TABLE billing_paymentmethodconfig"),
        CompositeForeignKey("billing_invoiceline", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_payment", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_paymentduplicate", "payment_id", "billing_payment"),
        migrations.RunSQL(
            PAYMENT_GUARD,
            "DROP FUNCTION billing_guard_payment() CASCADE; DROP FUNCTION billing_refuse_delete() CASCADE",
        ),
    ]
