"""Four eyes on money that goes out: who asked for a refund, who approved it, and what the database refuses of them."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

# What was asked for is frozen as a whole, the sealed beneficiary too: an approval is of that account and no other.
GUARD = """
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
STATUSES = ["pending_approval", "pending", "processing", "completed", "failed", "cancelled"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0011_four_eyes_by_sum")]

    operations: ClassVar = [
        migrations.AddField(
            "payment", "payer_account", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddIndex(
            "payment",
            models.Index(
                fields=["account", "payer_account"], condition=~Q(payer_account=""), name="payment_payer_account"
            ),
        ),
        migrations.AddField("refund", "beneficiary_known", models.BooleanField(default=False)),
        migrations.AddField("refund", "approvals_needed", models.SmallIntegerField(default=1)),
        migrations.AddField("refund", "approved_by_id", models.UUIDField(null=True)),
        migrations.AddField("refund", "approved_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "refund", "approval_note", models.CharField(blank=True, default="", max_length=1000), False
        ),
        migrations.RemoveConstraint("refund", "refund_status_known"),
        migrations.AddConstraint(
            "refund", models.CheckConstraint(condition=Q(status__in=STATUSES), name="refund_status_known")
        ),
        migrations.AddConstraint(
            "refund", models.CheckConstraint(condition=Q(approvals_needed__in=(1, 2)), name="refund_approvals_needed")
        ),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("requested_by_id")),
                name="refund_approved_by_another",
            ),
        ),
        migrations.AddIndex(
            "refund",
            models.Index(
                fields=["account", "requested_by_id", "currency", "created_at"],
                include=["amount_minor"],
                condition=Q(
                    approvals_needed=1, destination="transfer", status__in=["completed", "pending", "processing"]
                ),
                name="refund_decided_alone",
            ),
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION billing_guard_refund() CASCADE"),
        migrations.RunSQL(TWO_LET_OUT, "DROP FUNCTION billing_ensure_two_let_out() CASCADE"),
    ]
