-- Documents of about 50 KB a row: few rows, long values.
CREATE TABLE documents (
    id bigint PRIMARY KEY,
    title text NOT NULL,
    updated_at timestamptz NOT NULL,
    content text NOT NULL,
    attachment bytea
);
-- Out of line, but never compressed: bytes on the wire are bytes on the disk.
ALTER TABLE documents ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN attachment SET STORAGE EXTERNAL;

INSERT INTO documents
SELECT i,
       'Document ' || i,
       '2026-01-01 00:00:00+00'::timestamptz + make_interval(mins => i::int),
       (SELECT string_agg(md5('text' || i * 10000 + part), ' ') FROM generate_series(1, 1200) AS part),
       CASE WHEN i % 2 = 0
            THEN decode((SELECT string_agg(md5('bytes' || i * 10000 + part), '') FROM generate_series(1, 1250) AS part),
                        'hex') END
FROM generate_series(1::bigint, :bench_rows) AS i;
