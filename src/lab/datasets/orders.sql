-- Orders of about 4 KB a row: many columns of most types, and a document of lines as text.
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id integer NOT NULL,
    ordered_on date NOT NULL,
    shipped_at timestamp,
    reference uuid NOT NULL,
    total numeric(12, 2) NOT NULL,
    discount real,
    is_paid boolean NOT NULL,
    currency char(3) NOT NULL,
    address text NOT NULL,
    signature bytea NOT NULL,
    lines jsonb NOT NULL,
    notes text NOT NULL
);
-- Kept in the row or out of line, but never compressed: bytes on the wire are bytes on the disk.
ALTER TABLE orders ALTER COLUMN lines SET STORAGE EXTERNAL, ALTER COLUMN notes SET STORAGE EXTERNAL;

INSERT INTO orders
SELECT i,
       i * 13 % 50021,
       '2024-01-01'::date + (i % 700)::int,
       CASE WHEN i % 6 <> 0 THEN '2024-01-02'::timestamp + make_interval(hours => (i % 17000)::int) END,
       md5('order' || i)::uuid,
       (i * 977 % 1000000) / 100.0,
       CASE WHEN i % 3 = 0 THEN (i % 30) / 100.0 END,
       i % 10 <> 0,
       (ARRAY['EUR', 'USD', 'GBP'])[i % 3 + 1],
       i % 300 || ' Example Street, ' || md5('city' || i % 1000),
       decode(md5('s1' || i) || md5('s2' || i) || md5('s3' || i) || md5('s4' || i), 'hex'),
       (SELECT jsonb_agg(jsonb_build_object('sku', md5('sku' || i * 100 + line), 'count', line % 9 + 1,
                                            'price', (i * 7 + line) % 10000))
        FROM generate_series(1, 24) AS line),
       (SELECT string_agg(md5('note' || i * 100 + part), ' ') FROM generate_series(1, 56) AS part)
FROM generate_series(1::bigint, :bench_rows) AS i;
