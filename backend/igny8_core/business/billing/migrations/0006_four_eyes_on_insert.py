"""Four eyes with no way round: nobody's approval of what they recorded is stored, and no payment begins as succeeded.

An approval limit that was raised after the recording would leave the first unguarded; an INSERT the second.
"""

from typing import ClassVar

from django.db import migrations

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
NO_SHORT_CUT = """
CREATE TRIGGER billing_payment_four_eyes_at_once BEFORE INSERT ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.payment_method IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_four_eyes();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0005_methodconfig_sequence")]

    operations: ClassVar = [
        migrations.RunSQL(FOREIGN_EYES, "DROP FUNCTION billing_ensure_foreign_eyes() CASCADE"),
        migrations.RunSQL(NO_SHORT_CUT, "DROP TRIGGER billing_payment_four_eyes_at_once ON billing_payment"),
    ]
