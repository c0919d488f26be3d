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
