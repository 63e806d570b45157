"""What PostgreSQL enforces of loosening a control, whatever the code forgets.

Who confirms is an active admin other than who asked; who says to be alone is. An operator decides more about money only
in the transaction in which that took effect. The tables' owner, who could drop these triggers, is not asked: migrations
and restores write as they always did.
"""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.tenancy import GrantTo

# `decided_in` is written here and nowhere else: the transaction in which a change took effect is the one that may make it.
GUARD_CHANGE = f"""
CREATE FUNCTION platform_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.outcome <> '' OR
        (NEW.id, NEW.kind, NEW.subject, NEW.payload, NEW.requested_by_id, NEW.created_at, NEW.expires_at)
        IS DISTINCT FROM
        (OLD.id, OLD.kind, OLD.subject, OLD.payload, OLD.requested_by_id, OLD.created_at, OLD.expires_at)) THEN
        RAISE EXCEPTION 'what was asked for never changes, nor what was decided' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.outcome NOT IN ('', 'alone') OR TG_OP = 'UPDATE' AND NEW.outcome = 'alone' THEN
        RAISE EXCEPTION 'a change is asked for before it is decided' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome = 'confirmed' AND (
        NEW.requested_by_id IS NULL OR NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.requested_by_id
        OR (NEW.kind = 'role' AND NEW.subject = NEW.decided_by_id::text) OR NEW.decided_at >= NEW.expires_at
        OR NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.decided_by_id AND account_id = '{PLATFORM_ID}'
                          AND role = 'admin' AND status = 'active')) THEN
        RAISE EXCEPTION 'another active admin has to confirm this' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome = 'alone' AND NEW.requested_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM accounts_user WHERE account_id = '{PLATFORM_ID}' AND id <> NEW.requested_by_id
           AND ((role = 'admin' AND status = 'active') OR admin_until > now() - interval '7 days')) THEN
        RAISE EXCEPTION 'there is another admin, who has to confirm this' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.decided_in := CASE WHEN NEW.outcome IN ('confirmed', 'alone') THEN pg_current_xact_id()::text::bigint END;
    RETURN NEW;
END $$;
CREATE TRIGGER platform_pendingchange_guard BEFORE INSERT OR UPDATE ON platform_pendingchange
    FOR EACH ROW EXECUTE FUNCTION platform_guard_change();
"""
# Whoever accepts an invitation becomes what it says, which was guarded when it was written.
GUARD_OPERATOR = f"""
CREATE FUNCTION platform_power(role text, status text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN status = 'active'
        THEN coalesce(array_position(ARRAY['approver', 'finance', 'admin'], role), 0) ELSE 0 END
$$;
CREATE FUNCTION platform_is_decided(wanted_kind text, wanted_subject text, wanted jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM platform_pendingchange WHERE kind = wanted_kind AND subject = wanted_subject
        AND decided_in = pg_current_xact_id_if_assigned()::text::bigint AND payload @> wanted);
END $$;
CREATE FUNCTION platform_guard_operator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before int := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := platform_power(OLD.role, OLD.status);
    END IF;
    IF platform_power(NEW.role, NEW.status) <= before
       OR current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
       OR platform_is_decided('role', NEW.id::text, jsonb_build_object('role', NEW.role, 'status', NEW.status))
       OR (TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM accounts_invitation
              WHERE id = NEW.id AND account_id = NEW.account_id AND role = NEW.role AND outcome = '')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a second admin has to confirm this role' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_user_operator BEFORE INSERT OR UPDATE OF role, status, account_id ON accounts_user
    FOR EACH ROW WHEN (NEW.account_id = '{PLATFORM_ID}') EXECUTE FUNCTION platform_guard_operator();
CREATE FUNCTION platform_guard_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before int := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := platform_power(OLD.role, 'active');
    END IF;
    IF platform_power(NEW.role, 'active') <= before
       OR current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID)
       OR platform_is_decided('role', NEW.id::text, jsonb_build_object('role', NEW.role)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a second admin has to confirm this role' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_invitation_operator BEFORE INSERT OR UPDATE OF role, account_id ON accounts_invitation
    FOR EACH ROW WHEN (NEW.account_id = '{PLATFORM_ID}') EXECUTE FUNCTION platform_guard_invitation();
"""
UNGUARD_OPERATOR = """
DROP FUNCTION platform_guard_operator() CASCADE;
DROP FUNCTION platform_guard_invitation() CASCADE;
DROP FUNCTION platform_is_decided(text, text, jsonb);
DROP FUNCTION platform_power(text, text);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("platform", "0001_tables"), ("accounts", "0003_admin_until")]

    operations: ClassVar = [
        GrantTo("operator", "SELECT, INSERT, UPDATE", "TABLE platform_pendingchange"),
        migrations.RunSQL(GUARD_CHANGE, "DROP FUNCTION platform_guard_change() CASCADE"),
        migrations.RunSQL(GUARD_OPERATOR, UNGUARD_OPERATOR),
    ]
