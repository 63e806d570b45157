"""What PostgreSQL enforces of gateways: money that came by one is there because the gateway said so."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy, GrantTo

# A handle that could be changed would let one gateway's payment settle another invoice.
HANDLE_KEPT = """
CREATE FUNCTION billing_keep_handle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a gateway calls a payment never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_payment_handle BEFORE UPDATE OF gateway_handle ON billing_payment FOR EACH ROW
    WHEN (OLD.gateway_handle <> '' AND NEW.gateway_handle IS DISTINCT FROM OLD.gateway_handle)
    EXECUTE FUNCTION billing_keep_handle();
"""
# No operator approves a gateway's payment, so that nobody but the gateway may have said that it is paid, and how much.
GATEWAY_SAID_SO = """
CREATE FUNCTION billing_ensure_gateway_said_so() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.gateway_handle = '' OR NEW.amount_received_minor IS DISTINCT FROM NEW.amount_minor
       OR NOT EXISTS (SELECT 1 FROM billing_checkout WHERE account_id = NEW.account_id AND payment_id = NEW.id
                         AND state = 'paid') THEN
        RAISE EXCEPTION 'the gateway has not said that this payment is paid' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_gateway_said_so BEFORE UPDATE OF status ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.status <> OLD.status
          AND NEW.payment_method NOT IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_gateway_said_so();
CREATE TRIGGER billing_payment_gateway_said_so_at_once BEFORE INSERT ON billing_payment FOR EACH ROW
    WHEN (NEW.status = 'succeeded' AND NEW.payment_method NOT IN ('bank_transfer', 'local_wallet'))
    EXECUTE FUNCTION billing_ensure_gateway_said_so();
"""
# What was asked for is frozen; the last word of a gateway that money has come is not taken back here.
CHECKOUT_KEPT = """
CREATE FUNCTION billing_guard_checkout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.payment_id, NEW.gateway, NEW.live, NEW.success_url, NEW.cancel_url, NEW.begun_at,
        NEW.expires_at)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.payment_id, OLD.gateway, OLD.live, OLD.success_url, OLD.cancel_url, OLD.begun_at,
        OLD.expires_at)
       OR (OLD.state = 'paid' AND NEW.state <> 'paid')
       OR (OLD.fee_minor IS NOT NULL
           AND (NEW.fee_minor, NEW.fee_currency) IS DISTINCT FROM (OLD.fee_minor, OLD.fee_currency)) THEN
        RAISE EXCEPTION 'what a gateway was asked for never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_checkout_guard BEFORE UPDATE ON billing_checkout
    FOR EACH ROW EXECUTE FUNCTION billing_guard_checkout();
CREATE TRIGGER billing_checkout_keep BEFORE DELETE ON billing_checkout
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0004_gateways")]

    operations: ClassVar = [
        EnableTenancy("billing_checkout"),
        CompositeForeignKey("billing_checkout", "payment_id", "billing_payment"),
        GrantTo("web", "INSERT", "TABLE billing_gatewaymessage"),
        GrantTo("operator", "SELECT, INSERT, UPDATE, DELETE", "TABLE billing_gatewaymessage"),
        migrations.RunSQL(HANDLE_KEPT, "DROP FUNCTION billing_keep_handle() CASCADE"),
        migrations.RunSQL(GATEWAY_SAID_SO, "DROP FUNCTION billing_ensure_gateway_said_so() CASCADE"),
        migrations.RunSQL(CHECKOUT_KEPT, "DROP FUNCTION billing_guard_checkout() CASCADE"),
    ]
