"""The SQL of the event log: the append statement, and the objects that migrations create in the database."""

COLUMNS = (
    "account_id, id, type, subject_type, subject_id, actor_kind, actor_id, request_id, occurred_at, data, hash_version"
)


# Moves the chain's head and inserts the events and their outbox rows in one statement and one round trip. The hashes
# are computed while the head is locked, so that no other transaction can append between reading the last link and
# writing the next. However many events a unit of work has, the head is only held for one statement and the commit.
APPEND = f"""
WITH RECURSIVE given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(types)s::varchar[], %(subject_types)s::varchar[], %(subject_ids)s::uuid[],
        %(data)s::text[], %(canonical)s::text[])
    WITH ORDINALITY AS given(id, type, subject_type, subject_id, data, canonical, place)),
head AS (SELECT id, seq, hash FROM events_chainhead WHERE account_id = %(account_id)s::uuid FOR NO KEY UPDATE),
link AS (
    SELECT 0::bigint AS place, seq, NULL::bytea AS prev_hash, hash FROM head
    UNION ALL
    SELECT given.place, link.seq + 1, link.hash,
        sha256(link.hash || int8send(link.seq + 1) || convert_to(given.canonical, 'UTF8'))
    FROM link JOIN given ON given.place = link.place + 1),
moved AS (
    UPDATE events_chainhead SET seq = last.seq, prev_hash = last.prev_hash, hash = last.hash
    FROM head, (SELECT * FROM link ORDER BY place DESC LIMIT 1) last WHERE events_chainhead.id = head.id),
event AS (
    INSERT INTO events_event ({COLUMNS}, seq, prev_hash, hash)
    SELECT %(account_id)s::uuid, given.id, given.type, given.subject_type, given.subject_id, %(actor_kind)s::varchar,
        %(actor_id)s::uuid, %(request_id)s::uuid, %(occurred_at)s::timestamptz, given.data::jsonb,
        %(hash_version)s::smallint, link.seq, link.prev_hash, link.hash
    FROM given JOIN link ON link.place = given.place ORDER BY given.place RETURNING id, account_id, type, seq)
INSERT INTO events_pendingdispatch (event_id, account_id, type, recorded_at)
SELECT id, account_id, type, now() FROM event ORDER BY seq RETURNING 1"""


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
