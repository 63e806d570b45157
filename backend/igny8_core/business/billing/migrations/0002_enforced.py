"""What PostgreSQL enforces of the money, whatever the code forgets.

Rows by tenant and keys that carry the account; which status may follow which, and what never changes once it is written;
four eyes on money in both directions; refunds within what came.
"""

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
"""
# What was submitted never changes, and what was received is written once, with the status.
# Who decided alone, and when, is written once, with the success.
PAYMENT_FROZEN = """
CREATE FUNCTION billing_freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.recorded_by_id, NEW.plan) IS DISTINCT FROM (OLD.recorded_by_id, OLD.plan)
       OR (OLD.amount_received_minor IS NOT NULL
           AND NEW.amount_received_minor IS DISTINCT FROM OLD.amount_received_minor)
       OR ((NEW.decided_alone_by_id, NEW.approved_at) IS DISTINCT FROM (OLD.decided_alone_by_id, OLD.approved_at)
           AND NOT (NEW.status = 'succeeded' AND OLD.status <> 'succeeded'))
       OR NEW.amount_refunded_minor < OLD.amount_refunded_minor THEN
        RAISE EXCEPTION 'what was received or recorded of a payment never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'succeeded' AND NEW.amount_received_minor IS NULL THEN
        RAISE EXCEPTION 'a payment succeeds with the amount that was received' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_frozen BEFORE UPDATE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_freeze_payment();
"""
# What one operator decided alone for an account within 24 hours counts together against the limit. A currency without a
# row in the limits is the strictest, a row without an amount says that nothing needs two. An INSERT is no way round.
# The account is held while the sum is read: two decisions at once would both find that nothing was decided yet. The
# service holds it already; here it is for whoever forgets.
FOUR_EYES = """
CREATE FUNCTION billing_ensure_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limit_minor bigint;
    eyes bigint;
    alone numeric;
BEGIN
    SELECT amount_minor INTO limit_minor FROM billing_approvallimit WHERE currency = NEW.currency;
    IF FOUND AND limit_minor IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT count(*) INTO eyes FROM billing_approval
     WHERE account_id = NEW.account_id AND payment_id = NEW.id AND operator_id IS DISTINCT FROM NEW.recorded_by_id;
    IF eyes >= 2 THEN
        RETURN NEW;
    END IF;
    IF NEW.approved_at IS NULL OR NEW.decided_alone_by_id IS NULL OR NOT (
        (eyes = 0 AND NEW.decided_alone_by_id IS NOT DISTINCT FROM NEW.recorded_by_id)
        OR EXISTS (SELECT 1 FROM billing_approval WHERE account_id = NEW.account_id AND payment_id = NEW.id
                      AND operator_id = NEW.decided_alone_by_id)) THEN
        RAISE EXCEPTION 'a payment needs two approvals or names the one who decided it alone, it has %', eyes
            USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_received_minor), 0) INTO alone FROM billing_payment
     WHERE account_id = NEW.account_id AND decided_alone_by_id = NEW.decided_alone_by_id AND currency = NEW.currency
       AND status IN ('succeeded', 'refunded') AND approved_at > NEW.approved_at - interval '24 hours';
    IF greatest(NEW.amount_minor, NEW.amount_received_minor + alone) > coalesce(limit_minor, 0) THEN
        RAISE EXCEPTION 'above the limit a payment needs two approvals, it has %, and its operator decided % alone',
            eyes, alone USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_four_eyes BEFORE UPDATE OF status ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.status <> OLD.status
          AND NEW.payment_method IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_four_eyes();
CREATE TRIGGER billing_payment_four_eyes_at_once BEFORE INSERT ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.payment_method IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_four_eyes();
"""
# An approval limit that was raised after the recording would let somebody approve what they recorded.
FOREIGN_EYES = """
CREATE FUNCTION billing_ensure_foreign_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_payment WHERE account_id = NEW.account_id AND id = NEW.payment_id
                  AND recorded_by_id = NEW.operator_id) THEN
        RAISE EXCEPTION 'who recorded a payment does not approve it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_approval_foreign_eyes BEFORE INSERT ON billing_approval
    FOR EACH ROW EXECUTE FUNCTION billing_ensure_foreign_eyes();
"""
# What was asked for is frozen as a whole, the sealed beneficiary too: an approval is of that account and no other.
REFUND_GUARD = """
CREATE FUNCTION billing_guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.payment_id, NEW.amount_minor, NEW.from_balance_minor, NEW.currency, NEW.destination, NEW.parts,
        NEW.beneficiary_sealed, NEW.beneficiary_known, NEW.approvals_needed, NEW.requested_by_id, NEW.created_at)
       IS DISTINCT FROM
       (OLD.payment_id, OLD.amount_minor, OLD.from_balance_minor, OLD.currency, OLD.destination, OLD.parts,
        OLD.beneficiary_sealed, OLD.beneficiary_known, OLD.approvals_needed, OLD.requested_by_id, OLD.created_at)
       OR (OLD.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id) THEN
        RAISE EXCEPTION 'what a refund was asked for never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('pending_approval', 'pending'), ('pending_approval', 'cancelled'), ('pending', 'completed'),
        ('pending', 'cancelled')) THEN
        RAISE EXCEPTION 'a refund that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_refund_guard BEFORE UPDATE ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION billing_guard_refund();
"""
# A transfer leaves `pending_approval`, or never enters it, by another operator's word, or within what one may let out
# alone. The account is held while the sum is read, as it is for money that comes in.
TWO_LET_OUT = """
CREATE FUNCTION billing_ensure_two_let_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limit_minor bigint;
    is_set boolean;
    alone numeric;
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND NEW.requested_by_id IS NOT NULL
       AND NEW.approved_by_id <> NEW.requested_by_id THEN
        RETURN NEW;
    END IF;
    IF NEW.requested_by_id IS NULL OR NEW.approvals_needed <> 1
       OR (NEW.beneficiary_sealed <> '' AND NOT NEW.beneficiary_known) THEN
        RAISE EXCEPTION 'another operator has to approve this refund' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT amount_minor INTO limit_minor FROM billing_approvallimit WHERE currency = NEW.currency;
    is_set := FOUND;
    IF is_set AND limit_minor IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_minor), 0) INTO alone FROM billing_refund
     WHERE account_id = NEW.account_id AND requested_by_id = NEW.requested_by_id AND currency = NEW.currency
       AND approvals_needed = 1 AND destination = 'transfer' AND status IN ('pending', 'processing', 'completed')
       AND created_at > NEW.created_at - interval '24 hours' AND id <> NEW.id;
    IF NEW.amount_minor + alone > coalesce(limit_minor, 0) THEN
        RAISE EXCEPTION 'another operator has to approve this refund: it is above the limit with % let out alone', alone
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_refund_two_at_once BEFORE INSERT ON billing_refund FOR EACH ROW
    WHEN (NEW.destination = 'transfer' AND NEW.status NOT IN ('pending_approval', 'cancelled'))
    EXECUTE FUNCTION billing_ensure_two_let_out();
CREATE TRIGGER billing_refund_two BEFORE UPDATE OF status ON billing_refund FOR EACH ROW
    WHEN (NEW.destination = 'transfer' AND OLD.status = 'pending_approval' AND NEW.status <> 'cancelled'
          AND NEW.status <> OLD.status)
    EXECUTE FUNCTION billing_ensure_two_let_out();
"""
REFUNDS_BOUNDED = """
CREATE FUNCTION billing_bound_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_minor) FROM billing_refund
         WHERE account_id = NEW.account_id AND payment_id = NEW.payment_id AND status <> 'cancelled')
       > (SELECT coalesce(amount_received_minor, 0) FROM billing_payment
           WHERE account_id = NEW.account_id AND id = NEW.payment_id) THEN
        RAISE EXCEPTION 'refunds pass what payment % brought', NEW.payment_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_refund_bounded AFTER INSERT OR UPDATE ON billing_refund
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_bound_refunds();
"""
# Neither is a row of money deleted, nor a proof changed.
KEPT = """
CREATE FUNCTION billing_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_payment_keep BEFORE DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_invoice_keep BEFORE DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_refund_keep BEFORE DELETE ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_allocation_keep BEFORE DELETE ON billing_allocation
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_paymentproof_keep BEFORE UPDATE OR DELETE ON billing_paymentproof
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
"""
# Pictures and documents are compressed already: trying again would cost time on every write.
PLAIN = "ALTER TABLE billing_paymentproof ALTER COLUMN content SET STORAGE EXTERNAL"
SEQUENCES = ("invoice", "payment", "creditor_reference", "refund", "paymentproof")
GLOBAL_TABLES = (
    "billing_paymentmethodconfig",
    "billing_approvallimit",
    "billing_creditpackage",
    "billing_creditpackageprice",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_tables"), ("accounts", "0002_enforced")]

    operations: ClassVar = [
        *[GrantTo("web, worker, operator", "USAGE", f"SEQUENCE billing_{name}_sequence") for name in SEQUENCES],
        EnableTenancy("billing_invoice"),
        EnableTenancy("billing_invoiceline", privileges="SELECT, INSERT"),
        EnableTenancy("billing_invoicecounter"),
        EnableTenancy("billing_payment"),
        EnableTenancy("billing_paymentproof", privileges="SELECT, INSERT"),
        EnableTenancy("billing_approval", privileges="SELECT, INSERT"),
        EnableTenancy("billing_allocation"),
        EnableTenancy("billing_refund"),
        EnableTenancy("billing_accountpaymentmethod", privileges="SELECT, INSERT, UPDATE, DELETE"),
        EnableTenancy(
            "billing_paymentduplicate", privileges="SELECT, INSERT", shown_to_tenants=False, unique_pair=False
        ),
        GrantTo("operator", "USAGE", "SEQUENCE billing_paymentduplicate_id_seq"),
        CompositeForeignKey("billing_invoiceline", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_payment", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_paymentproof", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_paymentduplicate", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_approval", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_allocation", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_allocation", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_refund", "payment_id", "billing_payment"),
        *[GrantTo("web, worker", "SELECT", f"TABLE {table}") for table in GLOBAL_TABLES],
        *[GrantTo("operator", "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}") for table in GLOBAL_TABLES],
        GrantTo("operator", "USAGE", "SEQUENCE billing_methodconfig_sequence"),
        migrations.RunSQL(PAYMENT_GUARD, "DROP FUNCTION billing_guard_payment() CASCADE"),
        migrations.RunSQL(PAYMENT_FROZEN, "DROP FUNCTION billing_freeze_payment() CASCADE"),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION billing_ensure_four_eyes() CASCADE"),
        migrations.RunSQL(FOREIGN_EYES, "DROP FUNCTION billing_ensure_foreign_eyes() CASCADE"),
        migrations.RunSQL(REFUND_GUARD, "DROP FUNCTION billing_guard_refund() CASCADE"),
        migrations.RunSQL(TWO_LET_OUT, "DROP FUNCTION billing_ensure_two_let_out() CASCADE"),
        migrations.RunSQL(REFUNDS_BOUNDED, "DROP FUNCTION billing_bound_refunds() CASCADE"),
        migrations.RunSQL(KEPT, "DROP FUNCTION billing_refuse_delete() CASCADE"),
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
    ]
