-- Wide events of about 500 bytes a row: a log of web requests, with nulls, times with a zone and short texts.
CREATE TABLE events (
    id bigint PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    session_id uuid NOT NULL,
    user_id bigint,
    method text NOT NULL,
    path text NOT NULL,
    status smallint NOT NULL,
    duration_secs double precision NOT NULL,
    is_cached boolean NOT NULL,
    referrer varchar(200),
    user_agent text NOT NULL,
    body text
);

INSERT INTO events
SELECT i,
       '2026-01-01 00:00:00+00'::timestamptz + make_interval(secs => i * 0.731),
       md5('session' || i / 7)::uuid,
       CASE WHEN i % 4 <> 0 THEN i * 7919 % 1000003 END,
       (ARRAY['GET', 'POST', 'PUT', 'DELETE'])[i % 4 + 1],
       '/api/v2/accounts/' || i * 31 % 99991 || '/items/' || i * 17 % 9973,
       (ARRAY[200, 201, 304, 404, 500])[i % 5 + 1],
       (i * 37 % 10007) / 1000.0,
       i % 3 = 0,
       CASE WHEN i % 5 <> 0 THEN 'https://example.org/search?q=' || md5('q' || i) END,
       'Mozilla/5.0 (X11; Linux x86_64) ExampleBrowser/' || i % 90 + 40 || '.0',
       CASE WHEN i % 8 <> 0 THEN md5('a' || i) || md5('b' || i) || md5('c' || i) || md5('d' || i) || md5('e' || i) || md5('f' || i) ||
            md5('g' || i) || md5('h' || i) || md5('j' || i) END
FROM generate_series(1::bigint, :bench_rows) AS i;
