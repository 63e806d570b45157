"""The ledger is append-only, tenant by tenant, and the database itself refuses a journal that does not balance."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo

APPEND_ONLY = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_journal_append_only BEFORE UPDATE OR DELETE ON ledger_journal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_journal_no_truncate BEFORE TRUNCATE ON ledger_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_line_append_only BEFORE UPDATE OR DELETE ON ledger_journalline
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_line_no_truncate BEFORE TRUNCATE ON ledger_journalline
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_balance_kept BEFORE DELETE ON ledger_balance
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
# Deferred: a journal and its lines come in one transaction, and only at its end can they be judged together.
BALANCED = """
CREATE FUNCTION ledger_ensure_balanced(in_account uuid, in_journal uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    line_count bigint;
    line_sum numeric;
    strays bigint;
BEGIN
    SELECT count(*), coalesce(sum(l.amount_minor), 0), count(*) FILTER (WHERE l.unit <> j.unit)
      INTO line_count, line_sum, strays
      FROM ledger_journalline l JOIN ledger_journal j ON j.account_id = l.account_id AND j.id = l.journal_id
     WHERE l.account_id = in_account AND l.journal_id = in_journal;
    IF line_count < 2 OR line_sum <> 0 OR strays > 0 THEN
        RAISE EXCEPTION 'journal % has % lines that sum to %', in_journal, line_count, line_sum
            USING ERRCODE = 'check_violation';
    END IF;
END $$;
CREATE FUNCTION ledger_check_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_ensure_balanced(NEW.account_id, NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION ledger_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_ensure_balanced(NEW.account_id, NEW.journal_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_journal_balanced AFTER INSERT ON ledger_journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_journal();
CREATE CONSTRAINT TRIGGER ledger_line_balanced AFTER INSERT ON ledger_journalline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_line();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_tables"), ("accounts", "0002_enforced")]

    operations: ClassVar = [
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE ledger_journal_sequence"),
        GrantTo("web, worker, operator", "USAGE", "SEQUENCE ledger_line_sequence"),
        EnableTenancy("ledger_journal", privileges="SELECT, INSERT"),
        EnableTenancy("ledger_journalline", privileges="SELECT, INSERT"),
        EnableTenancy("ledger_balance"),
        # How far each account's part was verified is operators' and the owner's.
        EnableTenancy("ledger_verifiedledger", shown_to_tenants=False, unique_pair=False),
        CompositeForeignKey("ledger_journalline", "journal_id", "ledger_journal"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION ledger_refuse_change() CASCADE"),
        migrations.RunSQL(
            BALANCED,
            "DROP FUNCTION ledger_check_line() CASCADE; DROP FUNCTION ledger_check_journal() CASCADE;"
            " DROP FUNCTION ledger_ensure_balanced(uuid, uuid)",
        ),
    ]
