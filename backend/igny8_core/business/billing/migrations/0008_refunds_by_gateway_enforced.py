"""What PostgreSQL enforces of refunds through a gateway: four eyes as for transfers, and no duty that is forgotten."""

from typing import ClassVar

from django.db import migrations

# What the gateway calls a refund is written once, and what it refused or sent back is owed until it is given up.
REFUND_GUARD = """
CREATE OR REPLACE FUNCTION billing_guard_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.payment_id, NEW.amount_minor, NEW.from_balance_minor, NEW.currency, NEW.destination, NEW.parts,
        NEW.beneficiary_sealed, NEW.beneficiary_known, NEW.approvals_needed, NEW.requested_by_id, NEW.created_at)
       IS DISTINCT FROM
       (OLD.payment_id, OLD.amount_minor, OLD.from_balance_minor, OLD.currency, OLD.destination, OLD.parts,
        OLD.beneficiary_sealed, OLD.beneficiary_known, OLD.approvals_needed, OLD.requested_by_id, OLD.created_at)
       OR (OLD.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id)
       OR (OLD.gateway_handle <> '' AND NEW.gateway_handle IS DISTINCT FROM OLD.gateway_handle) THEN
        RAISE EXCEPTION 'what a refund was asked for never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('pending_approval', 'pending'), ('pending_approval', 'processing'), ('pending_approval', 'cancelled'),
        ('pending', 'completed'), ('pending', 'cancelled'), ('processing', 'completed'), ('processing', 'failed'),
        ('completed', 'failed'), ('failed', 'processing'), ('failed', 'completed'), ('failed', 'cancelled')) THEN
        RAISE EXCEPTION 'a refund that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND NEW.destination <> 'original' AND NEW.status IN ('processing', 'failed') THEN
        RAISE EXCEPTION 'no gateway sends this refund' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status <> OLD.status AND NEW.destination = 'original' AND NEW.status = 'completed'
       AND NEW.gateway_handle = '' THEN
        RAISE EXCEPTION 'the gateway has not said that this refund is done' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# One that was made in the gateway's own dashboard has left already: nobody here could have held it back.
TWO_LET_OUT = """
CREATE OR REPLACE FUNCTION billing_ensure_two_let_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limit_minor bigint;
    is_set boolean;
    alone numeric;
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND NEW.requested_by_id IS NOT NULL
       AND NEW.approved_by_id <> NEW.requested_by_id THEN
        RETURN NEW;
    END IF;
    IF NEW.destination = 'original' AND NEW.requested_by_id IS NULL AND NEW.gateway_handle <> '' THEN
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
       AND approvals_needed = 1 AND destination IN ('original', 'transfer')
       AND status IN ('pending', 'processing', 'completed')
       AND created_at > NEW.created_at - interval '24 hours' AND id <> NEW.id;
    IF NEW.amount_minor + alone > coalesce(limit_minor, 0) THEN
        RAISE EXCEPTION 'another operator has to approve this refund: it is above the limit with % let out alone', alone
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER billing_refund_two_at_once ON billing_refund;
CREATE TRIGGER billing_refund_two_at_once BEFORE INSERT ON billing_refund FOR EACH ROW
    WHEN (NEW.destination IN ('original', 'transfer') AND NEW.status NOT IN ('pending_approval', 'cancelled'))
    EXECUTE FUNCTION billing_ensure_two_let_out();
DROP TRIGGER billing_refund_two ON billing_refund;
CREATE TRIGGER billing_refund_two BEFORE UPDATE OF status ON billing_refund FOR EACH ROW
    WHEN (NEW.destination IN ('original', 'transfer') AND OLD.status = 'pending_approval'
          AND NEW.status <> 'cancelled' AND NEW.status <> OLD.status)
    EXECUTE FUNCTION billing_ensure_two_let_out();
"""
# Less is refunded, or no longer the whole, only where a refund has come back.
REFUND_CAME_BACK = """
CREATE FUNCTION billing_ensure_refund_came_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_refund WHERE account_id = NEW.account_id AND payment_id = NEW.id
                      AND status = 'failed') THEN
        RAISE EXCEPTION 'no refund of this payment has come back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_refund_came_back BEFORE UPDATE ON billing_payment FOR EACH ROW
    WHEN (NEW.amount_refunded_minor < OLD.amount_refunded_minor
          OR (OLD.status = 'refunded' AND NEW.status <> OLD.status))
    EXECUTE FUNCTION billing_ensure_refund_came_back();
"""
PAYMENT_GUARD = """
CREATE OR REPLACE FUNCTION billing_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
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
        'succeeded>refunded', 'succeeded>failed', 'refunded>succeeded'])) THEN
        RAISE EXCEPTION 'a payment that is % cannot become %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
PAYMENT_FROZEN = """
CREATE OR REPLACE FUNCTION billing_freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.recorded_by_id, NEW.plan) IS DISTINCT FROM (OLD.recorded_by_id, OLD.plan)
       OR (OLD.amount_received_minor IS NOT NULL
           AND NEW.amount_received_minor IS DISTINCT FROM OLD.amount_received_minor)
       OR ((NEW.decided_alone_by_id, NEW.approved_at) IS DISTINCT FROM (OLD.decided_alone_by_id, OLD.approved_at)
           AND NOT (NEW.status = 'succeeded' AND OLD.status NOT IN ('succeeded', 'refunded'))) THEN
        RAISE EXCEPTION 'what was received or recorded of a payment never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'succeeded' AND NEW.amount_received_minor IS NULL THEN
        RAISE EXCEPTION 'a payment succeeds with the amount that was received' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0007_refunds_by_gateway"), ("ledger", "0004_money_back")]

    operations: ClassVar = [
        migrations.RunSQL(REFUND_GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(TWO_LET_OUT, migrations.RunSQL.noop),
        migrations.RunSQL(REFUND_CAME_BACK, "DROP FUNCTION billing_ensure_refund_came_back() CASCADE"),
        migrations.RunSQL(PAYMENT_GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(PAYMENT_FROZEN, migrations.RunSQL.noop),
    ]
