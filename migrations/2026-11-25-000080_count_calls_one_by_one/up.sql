-- Counting a call had to copy the moments of all others of the minute, up to two thousand, in one array. The table stays
-- for as long as a binary from before may still be counting in it.
COMMENT ON TABLE api_calls IS 'Of the versions before 2026-11-25; nothing reads it any more. A later migration drops it.';

CREATE UNLOGGED TABLE rate_limits (
    bucket text PRIMARY KEY,
    first bigint NOT NULL DEFAULT 0,
    next bigint NOT NULL DEFAULT 0,
    latest_micros bigint NOT NULL DEFAULT 0,
    minute bigint NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE rate_limits IS 'Which calls of a bucket were made in the last minute: from number first to next, without it. Limits hold across instances; empty after a crash, by intent.';
CREATE INDEX rate_limits_by_minute ON rate_limits (minute);

CREATE UNLOGGED TABLE rate_limit_calls (
    bucket text,
    number bigint,
    at_micros bigint NOT NULL,
    PRIMARY KEY (bucket, number)
);
COMMENT ON TABLE rate_limit_calls IS 'The moments of those calls, which only grow with their number.';

-- Forgets a few buckets that nobody has used for more than a minute. Whoever opens a new one pays for that, so there are
-- never many more than two minutes bring.
CREATE FUNCTION forget_rate_limits(before bigint) RETURNS void LANGUAGE sql AS $$
    WITH forgotten AS (
        DELETE FROM rate_limits WHERE bucket IN (
            SELECT bucket FROM rate_limits WHERE minute < before ORDER BY minute LIMIT 8 FOR UPDATE SKIP LOCKED)
        RETURNING bucket)
    DELETE FROM rate_limit_calls WHERE bucket IN (SELECT bucket FROM forgotten)
$$;

-- Counts a call in a bucket unless it had its calls (most) within the minute before. The lock on the bucket comes first,
-- and each statement sees what was committed before it began: so no two callers count from the same number. Tables that
-- nobody has analysed since they were empty look small to the planner: it may only go along the index, up to the first hit.
CREATE FUNCTION count_call(asked text, most bigint, moment bigint, OUT used bigint, OUT oldest_micros bigint, OUT is_over boolean)
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    span CONSTANT bigint := 60000000;
    held rate_limits;
    oldest bigint;
BEGIN
    LOOP
        SELECT * INTO held FROM rate_limits l WHERE l.bucket = asked FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO rate_limits (bucket, minute) VALUES (asked, moment / span) ON CONFLICT DO NOTHING;
        PERFORM forget_rate_limits(moment / span - 1);
    END LOOP;
    -- A clock that was far ahead and is right again: what it counted is of no minute that matters.
    IF held.latest_micros > moment + span THEN
        oldest := held.next;
    ELSE
        SELECT c.number, c.at_micros INTO oldest, oldest_micros FROM rate_limit_calls c
            WHERE c.bucket = asked AND c.number >= held.first AND c.at_micros > moment - span ORDER BY c.number LIMIT 1;
        oldest := coalesce(oldest, held.next);
        moment := greatest(moment, held.latest_micros);
    END IF;
    used := held.next - oldest;
    oldest_micros := coalesce(oldest_micros, moment);
    is_over := used >= most;
    IF is_over THEN
        RETURN;
    END IF;
    used := used + 1;
    IF oldest > held.first THEN
        DELETE FROM rate_limit_calls c WHERE c.bucket = asked AND c.number >= held.first AND c.number < oldest;
    END IF;
    INSERT INTO rate_limit_calls (bucket, number, at_micros) VALUES (asked, held.next, moment);
    UPDATE rate_limits l SET first = oldest, next = held.next + 1, latest_micros = moment, minute = moment / span
        WHERE l.bucket = asked;
END
$$;
