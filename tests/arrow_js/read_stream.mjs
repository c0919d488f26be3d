// Reads with apache-arrow the stream that write_stream.cpp writes, and holds every value against what was meant.
// Usage: node read_stream.mjs WRITE_STREAM_PROGRAM. Exits 77 where apache-arrow is not installed (npm ci).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

const skipped = 77;
const arrow = await import('apache-arrow').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.log('skipped: apache-arrow is not installed, run npm ci in tests/arrow_js');
  process.exit(skipped);
});

const text = (bytes) => Uint8Array.from(Buffer.from(bytes, 'latin1'));
const uuid = (seed) => Uint8Array.from({ length: 16 }, (_, i) => (seed + i) % 256);
const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

// Per column: name, type, and the values of the five rows of the first batch and the one of the second.
const columns = [
  ['boolean', 'Bool', [false, true, null, true, false], [true]],
  ['int16', 'Int16', [-32768, 32767, null, -7, 0], [1]],
  ['int32', 'Int32', [-2147483648, 2147483647, null, 123456, 0], [2]],
  ['int64', 'Int64', [int64Min, int64Max, null, 1234567890123456789n, 0n], [3n]],
  ['float32', 'Float32', [-Infinity, Infinity, null, 1.5, NaN], [4]],
  ['float64', 'Float64', [-Number.MAX_VALUE, Number.MAX_VALUE, null, 0.1, -0], [5]],
  ['größe "utf8" 🐘', 'Utf8', ['', 'größer 🐘 als ein\nZeichen', null, '日本語', 'nul\0inside'], ['six']],
  ['binary', 'Binary', [text(''), text('\x00\xff\x80\x7f'), null, text('bytes'), text('b'.repeat(1000))], [text('seven')]],
  ['date', 'Date32<DAY>', [-2147483648, 2147483647, null, 19723, 0], [8]],
  ['timestamp', 'Timestamp<MICROSECOND>', [int64Min, int64Max, null, 1704067200123456n, 0n], [9n]],
  ['timestamptz', 'Timestamp<MICROSECOND, UTC>', [int64Min, int64Max, null, -1n, 0n], [10n]],
  ['uuid', 'FixedSizeBinary[16]', [uuid(0), uuid(240), null, uuid(16), uuid(7)], [uuid(11)]],
  ['not null', 'Int32', [0, 1, 2, 3, 4], [5]],
];

// Dates and timestamps as the stored integers: get() makes milliseconds of them, which loses digits or throws.
function valueAt(vector, row) {
  if (!vector.isValid(row)) return null;
  const raw = arrow.DataType.isDate(vector.type) || arrow.DataType.isTimestamp(vector.type);
  return raw ? vector.data[0].values[row] : vector.get(row);
}

function checkSchema(schema) {
  assert.deepEqual(schema.fields.map((field) => field.name), columns.map(([name]) => name));
  assert.deepEqual(schema.fields.map((field) => field.type.toString()), columns.map(([, type]) => type));
  assert.deepEqual(schema.fields.map((field) => field.nullable), columns.map(([name]) => name !== 'not null'));
  const metadata = (index) => [...schema.fields[index].metadata];
  assert.deepEqual(metadata(0), []);
  assert.deepEqual(metadata(6), [
    ['rapidbyte.pg_type', 'character varying(10)'],
    ['rapidbyte.encoding', 'native'],
    ['ключ', 'значение'],
  ]);
  assert.deepEqual(metadata(11), [
    ['rapidbyte.pg_type', 'uuid'],
    ['ARROW:extension:name', 'arrow.uuid'],
    ['ARROW:extension:metadata', ''],
  ]);
}

function checkBatch(batch, expected) {
  columns.forEach(([name], index) => {
    const vector = batch.getChildAt(index);
    const values = Array.from({ length: batch.numRows }, (_, row) => valueAt(vector, row));
    assert.deepEqual(values, expected[index], name);
    assert.equal(vector.nullCount, expected[index].filter((value) => value === null).length, name);
  });
}

const reader = arrow.RecordBatchReader.from(execFileSync(process.argv[2]));
reader.open();
checkSchema(reader.schema);
const batches = [...reader];
assert.deepEqual(batches.map((batch) => batch.numRows), [5, 1, 0]);
checkBatch(batches[0], columns.map(([, , first]) => first));
checkBatch(batches[1], columns.map(([, , , second]) => second));
checkBatch(batches[2], columns.map(() => []));
console.log(`apache-arrow read ${columns.length} columns of ${batches.length} batches as they were meant`);
