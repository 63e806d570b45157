"""Four eyes by sum: what one operator decided alone for an account within 24 hours counts together against the limit.

A currency without a row in the limits is the strictest, a row without an amount says that nothing needs two.
"""

from typing import ClassVar

from django.db import migrations, models

# The account is held while the sum is read: two decisions at once would both find that nothing was decided yet. The
# service holds it already; here it is for whoever forgets.
BY_SUM = """
CREATE OR REPLACE FUNCTION billing_ensure_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""
# Who decided alone, and when, is written once, with the success.
FROZEN = """
CREATE OR REPLACE FUNCTION billing_freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0010_passkey_tenancy"), ("billing", "0010_proofs")]

    operations: ClassVar = [
        migrations.AddField("payment", "decided_alone_by_id", models.UUIDField(null=True)),
        migrations.AlterField("approvallimit", "amount_minor", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["account", "decided_alone_by_id", "currency", "approved_at"],
                include=["amount_received_minor"],
                condition=models.Q(decided_alone_by_id__isnull=False, status__in=["refunded", "succeeded"]),
                name="payment_decided_alone",
            ),
        ),
        migrations.RunSQL(BY_SUM, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]
