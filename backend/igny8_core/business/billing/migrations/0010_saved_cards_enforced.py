"""What PostgreSQL enforces of saved cards: whose a card is never changes, nor what is charged by it."""

from typing import ClassVar

from django.db import migrations

from igny8_core.accounts.tenancy import CompositeForeignKey, EnableTenancy

# A name of the gateway's that could be changed would let one account pay with another's card.
CARD_KEPT = """
CREATE FUNCTION billing_guard_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.account_id, NEW.gateway, NEW.live, NEW.success_url, NEW.cancel_url, NEW.begun_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.id, OLD.account_id, OLD.gateway, OLD.live, OLD.success_url, OLD.cancel_url, OLD.begun_at, OLD.expires_at)
       OR (OLD.setup_handle <> '' AND NEW.setup_handle <> OLD.setup_handle)
       OR (OLD.card_handle <> '' AND NEW.card_handle <> OLD.card_handle)
       OR (OLD.customer <> '' AND NEW.customer <> OLD.customer)
       OR (OLD.state IN ('ended', 'removing', 'removed') AND NEW.state IN ('open', 'saved')) THEN
        RAISE EXCEPTION 'what a gateway calls a card never changes, and one that is gone stays gone'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_savedcard_guard BEFORE UPDATE ON billing_savedcard
    FOR EACH ROW EXECUTE FUNCTION billing_guard_card();
CREATE TRIGGER billing_savedcard_keep BEFORE DELETE ON billing_savedcard
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete();
CREATE FUNCTION billing_keep_charged_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the card that a payment is charged to never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_checkout_card BEFORE UPDATE OF card_id ON billing_checkout FOR EACH ROW
    WHEN (NEW.card_id IS DISTINCT FROM OLD.card_id)
    EXECUTE FUNCTION billing_keep_charged_card();
"""
FREE = "DROP FUNCTION billing_guard_card() CASCADE; DROP FUNCTION billing_keep_charged_card() CASCADE"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0009_saved_cards")]

    operations: ClassVar = [
        EnableTenancy("billing_savedcard"),
        CompositeForeignKey("billing_accountpaymentmethod", "card_id", "billing_savedcard"),
        CompositeForeignKey("billing_checkout", "card_id", "billing_savedcard"),
        migrations.RunSQL(CARD_KEPT, FREE),
    ]
