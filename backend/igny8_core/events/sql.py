"""The SQL of the event log: the append statement, and what the migrations put in the database."""

COLUMNS = (
    "account_id, id, type, subject_type, subject_id, actor_kind, actor_id, request_id, occurred_at, data, hash_version"
)


def append(*, owner: str) -> str:
    """Move the chain's head, insert the event and its outbox row, in one statement and one round trip.

    `owner` is the condition that finds the head. The hash is computed where the head is locked, so that no
    other transaction can come between reading the last link and writing the next.
    """
    return f"""
WITH head AS (
    UPDATE events_chainhead SET seq = seq + 1, prev_hash = hash,
        hash = sha256(hash || int8send(seq + 1) || convert_to(%(canonical)s::text, 'UTF8'))
    WHERE {owner} RETURNING seq, prev_hash, hash),
event AS (
    INSERT INTO events_event ({COLUMNS}, seq, prev_hash, hash)
    SELECT %(account_id)s::uuid, %(id)s::uuid, %(type)s::varchar, %(subject_type)s::varchar, %(subject_id)s::uuid,
        %(actor_kind)s::varchar, %(actor_id)s::uuid, %(request_id)s::uuid, %(occurred_at)s::timestamptz,
        %(data)s::text::jsonb, %(hash_version)s::smallint, seq, prev_hash, hash
    FROM head RETURNING id, account_id, type, occurred_at)
INSERT INTO events_pendingdispatch (event_id, account_id, type, recorded_at)
SELECT id, account_id, type, now() FROM event RETURNING 1"""


APPEND_TO_ACCOUNT = append(owner="account_id = %(account_id)s::uuid")
APPEND_TO_PLATFORM = append(owner="account_id IS NULL")

APPEND_ONLY = """
CREATE FUNCTION events_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER events_event_append_only BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_refuse_change();
CREATE TRIGGER events_event_no_truncate BEFORE TRUNCATE ON events_event
    FOR EACH STATEMENT EXECUTE FUNCTION events_refuse_change();
"""

DISPATCH_LAG = """
RETURNS TABLE (pending bigint, oldest_seconds double precision) LANGUAGE sql STABLE AS $$
    SELECT count(*), coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::double precision
    FROM events_pendingdispatch
$$"""
