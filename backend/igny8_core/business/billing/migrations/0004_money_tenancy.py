"""Row-level security of the money tables, and what the database itself refuses: one pair of eyes, too large a refund."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo

# What was submitted never changes, and what was received is written once, with the status.
PAYMENT_FROZEN = """
CREATE FUNCTION billing_freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.recorded_by_id, NEW.plan) IS DISTINCT FROM (OLD.recorded_by_id, OLD.plan)
       OR (OLD.amount_received_minor IS NOT NULL
           AND NEW.amount_received_minor IS DISTINCT FROM OLD.amount_received_minor)
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
FOUR_EYES = """
CREATE FUNCTION billing_ensure_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limit_minor bigint;
    eyes bigint;
BEGIN
    SELECT amount_minor INTO limit_minor FROM billing_approvallimit WHERE currency = NEW.currency;
    IF limit_minor IS NULL OR greatest(NEW.amount_minor, NEW.amount_received_minor) <= limit_minor THEN
        RETURN NEW;
    END IF;
    SELECT count(DISTINCT operator_id) INTO eyes FROM billing_approval
     WHERE account_id = NEW.account_id AND payment_id = NEW.id AND operator_id IS DISTINCT FROM NEW.recorded_by_id;
    IF eyes < 2 THEN
        RAISE EXCEPTION 'a payment above the limit needs two approvals, it has %', eyes
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_four_eyes BEFORE UPDATE OF status ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.status <> OLD.status
          AND NEW.payment_method IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_four_eyes();
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
CREATE TRIGGER billing_refund_keep BEFORE DELETE ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE TRIGGER billing_allocation_keep BEFORE DELETE ON billing_allocation
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
"""
GLOBAL_TABLES = ("billing_approvallimit", "billing_creditpackage", "billing_creditpackageprice")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0003_money"), ("accounts", "0002_tenancy")]

    operations: ClassVar = [
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE billing_refund_sequence"),
        EnableTenancy("billing_allocation"),
        EnableTenancy("billing_approval", privileges="SELECT, INSERT"),
        EnableTenancy("billing_refund"),
        CompositeForeignKey("billing_allocation", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_allocation", "invoice_id", "billing_invoice"),
        CompositeForeignKey("billing_approval", "payment_id", "billing_payment"),
        CompositeForeignKey("billing_refund", "payment_id", "billing_payment"),
        *[GrantTo("web, worker", "SELECT", f"TABLE {table}") for table in GLOBAL_TABLES],
        *[GrantTo("operator", "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}") for table in GLOBAL_TABLES],
        migrations.RunSQL(PAYMENT_FROZEN, "DROP FUNCTION billing_freeze_payment() CASCADE"),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION billing_ensure_four_eyes() CASCADE"),
        migrations.RunSQL(REFUNDS_BOUNDED, "DROP FUNCTION billing_bound_refunds() CASCADE"),
    ]
