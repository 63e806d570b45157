"""The bodies of the SECURITY DEFINER functions, for the migration that creates them."""

# plpgsql caches plans for the session; before PostgreSQL 18 a function in plain SQL is planned on every call.
AUTHENTICATE = """
RETURNS TABLE (key_id uuid, kind varchar, user_id uuid, family_id uuid, role varchar, refusal text, stale boolean,
    account_id uuid, code varchar, name varchar, country varchar, billing_currency varchar, time_zone varchar,
    account_status varchar, account_created_at timestamptz, account_updated_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT k.id, k.kind, u.id, k.family_id, CASE WHEN u.id IS NULL THEN k.role ELSE u.role END,
        CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
             WHEN k.rotated_at IS NOT NULL THEN 'rotated'
             WHEN k.expires_at <= now() THEN 'expired'
             WHEN u.status <> 'active' THEN 'user_suspended'
             WHEN a.status <> 'active' THEN 'account_suspended'
             ELSE '' END,
        k.last_used_at IS NULL OR k.last_used_at < now() - interval '5 minutes',
        a.id, a.code, a.name, a.country, a.billing_currency, a.time_zone, a.status, a.created_at, a.updated_at
    FROM accounts_accesskey k
    LEFT JOIN accounts_user u ON u.id = k.user_id
    JOIN accounts_account a ON a.id = k.account_id
    WHERE k.secret_hash = presented;
END $$"""

TOUCH_KEY = """
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_accesskey SET last_used_at = now()
    WHERE id = touched AND (last_used_at IS NULL OR last_used_at < now() - interval '5 minutes');
END $$"""

FIND_PASSKEY = """
RETURNS TABLE (user_id uuid, refusal text, account_id uuid)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT u.id,
        CASE WHEN u.status <> 'active' THEN 'user_suspended'
             WHEN a.status <> 'active' THEN 'account_suspended' ELSE '' END,
        u.account_id
    FROM accounts_passkey p JOIN accounts_user u ON u.id = p.user_id JOIN accounts_account a ON a.id = u.account_id
    WHERE p.credential_id = wanted;
END $$"""

FIND_LOGIN = """
RETURNS TABLE (user_id uuid, password varchar, refusal text, account_id uuid)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT u.id, u.password,
        CASE WHEN u.status <> 'active' THEN 'user_suspended'
             WHEN a.status <> 'active' THEN 'account_suspended' ELSE '' END,
        u.account_id
    FROM accounts_user u JOIN accounts_account a ON a.id = u.account_id
    WHERE u.email_normalised = wanted;
END $$"""

FIND_INVITATION = """
RETURNS TABLE (id uuid, account_id uuid, account_name varchar, account_status varchar, email varchar, name varchar,
    role varchar, outcome varchar, expires_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT i.id, i.account_id, a.name, a.status, i.email, i.name, i.role, i.outcome, i.expires_at
    FROM accounts_invitation i JOIN accounts_account a ON a.id = i.account_id
    WHERE i.token_hash = wanted;
END $$"""
