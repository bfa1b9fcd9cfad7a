#!/usr/bin/env bash
# How we say Heddle's client takes a URL against what it does: Heddle's own bus on nats-py, on real
# servers, over a table of URLs.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "${top_builddir:-.}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! sh "$here/heddle_venv.sh" "$build/heddle-venv" 2> "$work/why"; then
    echo "SKIP: Heddle cannot be installed: $(tail -n 1 "$work/why")"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
export HOME=$work PATH=$PATH:/usr/sbin PYTHONDONTWRITEBYTECODE=1 SSL_CERT_FILE=$work/cert.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/key.pem" -out "$work/cert.pem" 2> /dev/null || exit 1
timeout 60 "$build/heddle-venv/venv/bin/python" "$here/url_view.py" \
    "$build/tests/interop/say_url" "$work"
