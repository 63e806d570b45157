#!/bin/sh
# Pins the requirements again, without moving what is pinned (uv's options are passed on: `tools/lock.sh --upgrade`).
# What the tests run on is what is shipped: dev.txt is compiled under runtime.txt.
set -eu
cd "$(dirname "$0")/../requirements"
uv=$(command -v uv || echo ../.tools/uv/bin/uv)
lock() {
    "$uv" pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@"
}
lock runtime.in -o runtime.txt "$@"
lock dev.in -c runtime.txt -o dev.txt "$@"
