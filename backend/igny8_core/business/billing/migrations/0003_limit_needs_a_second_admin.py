"""A limit is raised, taken away or set anew only in the transaction in which a second admin confirmed it, or none was there.

The table's owner, who could drop this trigger, is not asked.
"""

from typing import ClassVar

from django.db import migrations

GUARD_LIMIT = f"""
CREATE FUNCTION billing_guard_limit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before numeric := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := coalesce(OLD.amount_minor, {2**63});
        IF NEW.currency <> OLD.currency THEN
            RAISE EXCEPTION 'a limit keeps its currency' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF coalesce(NEW.amount_minor, {2**63}) <= before
       OR current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
       OR platform_is_decided('limit', NEW.currency, jsonb_build_object('amount_minor', NEW.amount_minor)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a second admin has to confirm this limit' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_approvallimit_guard BEFORE INSERT OR UPDATE ON billing_approvallimit
    FOR EACH ROW EXECUTE FUNCTION billing_guard_limit();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0002_enforced"), ("platform", "0002_enforced")]

    operations: ClassVar = [migrations.RunSQL(GUARD_LIMIT, "DROP FUNCTION billing_guard_limit() CASCADE")]
