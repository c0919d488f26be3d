// Tables with a column of every kind of type and with the values at their edges.
#pragma once

namespace rapidbyte::e2e {

// src.native: the types that travel as what they are; 30,000 rows.
// src.other: the types that travel as text; rows 1 to 3.
inline constexpr const char* kNativeTypes = R"(
  CREATE TABLE src.native (
    id int4 NOT NULL, b bool, i2 int2, i8 int8, f4 float4, f8 float8, t text, v varchar(12), y bytea, d date,
    ts timestamp(3), tz timestamptz, u uuid);
  INSERT INTO src.native VALUES
    (1, true, 32767, 9223372036854775807, 3.4e38, 1.7976931348623157e308, 'plain', 'twelve chars', '\x00ff10',
     '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789012+05', '00000000-0000-0000-0000-000000000001'),
    (2, false, -32768, -9223372036854775808, 'NaN', '-Infinity', 'Grüße, 世界 🚀', '', '', '4713-01-01 BC',
     '4713-01-01 BC', '4713-01-01 BC', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, true, 0, 0, '-0', '4.9e-324', E'tab\tnew\nline\\ "quote" ''single''', 'x', '\xdeadbeef', 'infinity', 'infinity',
     '-infinity', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
    (5, true, 1, 1, 1e-45, 0.1, repeat('long ', 20000), 'y', decode(repeat('ab', 50000), 'hex'), '5874897-12-31',
     '294246-12-31 23:59:59', '-infinity', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
  INSERT INTO src.native SELECT g, g % 2 = 0, g % 100, g * 1000000007::int8, g / 7.0, g / 3.0, 'row ' || g, g::text,
    int4send(g), date '2000-01-01' + g, timestamp '2000-01-01' + g * interval '1 second',
    timestamptz '1970-01-01 00:00+00' - g * interval '1 microsecond', md5(g::text)::uuid
    FROM generate_series(6, 30000) g;)";

inline constexpr const char* kOtherTypes = R"(
  CREATE TYPE src."Mood of day" AS ENUM ('happy', 'it''s "fine"');
  CREATE DOMAIN src.positive AS int4 CHECK (VALUE > 0);
  CREATE TYPE src.pair AS (a int4, b text);
  CREATE TABLE src.other (
    id int4 NOT NULL, n numeric, n2 numeric(20, 5), j json, jb jsonb, a int4[], ta text[], m src."Mood of day",
    p src.positive, c src.pair, iv interval, ti time, tt timetz, c5 char(5), q "char", mo money, ip inet, mac macaddr,
    bi bit(4), vb varbit, r int4range, tv tsvector, x xml, pt point, o oid, rc regclass, nm name);
  INSERT INTO src.other VALUES
    (1, 123456789012345678901234567890.123456789, 1.5, '{"a": 1,  "a": 2}', '{"b": [1, 2, null]}', '{1,NULL,3}',
     '{"a b","quo\"te",NULL,""}', 'it''s "fine"', 7, '(1,"x y")', '1 year 2 mons -3 days 04:05:06.789', '24:00',
     '23:59:59.999999+14', 'ab', 'q', '-12.34', '10.0.0.0/8', '08:00:2b:01:02:03', B'1010', B'101', '[1,10)',
     'fat:1A cat:2', '<a>b</a>', '(1.5,2.5)', 4294967295, 'pg_catalog.pg_class', 'name'),
    (2, 'NaN', -0.00001, 'null', 'null', '{}', '{}', 'happy', 1, '(,)', '-178000000 years', '00:00', '00:00-15:59',
     'abcde', '', '0', '::1', NULL, B'0000', B'', 'empty', '', NULL, '(0,-1e300)', 0, NULL, ''),
    (3, 'Infinity', NULL, NULL, NULL, '[0:2]={1,2,3}', '{{a,b},{c,d}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);)";

}  // namespace rapidbyte::e2e
