# Short forms of what is done every day. `just --list` shows them; `./dev help` has set-up, build and tests.

rapidbyte := justfile_directory() / "build/release/rapidbyte"

[private]
default:
    @just --list

# Build build/release/rapidbyte
build:
    ./dev build

# Compare INSERT and COPY loads of ROWS rows in a throwaway PostgreSQL
bench-connector-postgres ROWS="100000" *ARGS: build
    {{rapidbyte}} bench run --rows {{ROWS}} {{ARGS}}

# Measure the whole matrix: rows, load method, compression, runtime
bench-matrix *ARGS: build
    {{rapidbyte}} bench run {{justfile_directory()}}/scenarios/matrix {{ARGS}}

# The same at sizes of your choice: just bench-matrix-rows "1000 10000"
bench-matrix-rows ROWS *ARGS: build
    {{rapidbyte}} bench run {{justfile_directory()}}/scenarios/matrix --rows "{{ROWS}}" {{ARGS}}

# Compare the last two commits that were measured, or what ARGS name
bench-compare *ARGS: build
    {{rapidbyte}} bench compare {{ARGS}}

# Draw where the time of ROWS rows loaded by MODE goes, as a flamegraph in target/profiles
bench-profile ROWS="100000" MODE="copy" *ARGS: build
    {{rapidbyte}} bench profile --rows {{ROWS}} --mode {{MODE}} {{ARGS}}

# Compare INSERT and COPY, then draw where the time of each goes
bench-connector-postgres-profile ROWS="100000" *ARGS: build
    {{rapidbyte}} bench run --rows {{ROWS}} --profile {{ARGS}}
