#!/bin/bash
# What docs/verify.md tells an auditor: outsider.sh BUNDLE TRUST PROJECT. Other people's tools only; says which ones accepted.
set -euo pipefail
trust=$(realpath "$2"); project=$(realpath "$3")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
unzip -q "$1" -d "$work/bag"; cd "$work"/bag/*/

sha256sum -c --strict --quiet manifest-sha256.txt tagmanifest-sha256.txt
echo "accepted: sha256sum"

field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\\1/" attestations/evidence.sigstore.json | base64 -d; }
field payload > "$work/payload"; field sig > "$work/signature"
(printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(stat -c %s "$work/payload")"; cat "$work/payload") > "$work/signed"
openssl dgst -sha256 -verify "$trust/evidence.pub" -signature "$work/signature" "$work/signed" > /dev/null
echo "accepted: openssl, the statement"

stamped() {
  at=$(date -d "$(openssl ts -reply -in "$2" -text 2> /dev/null | sed -n 's/^Time stamp: //p')" +%s)
  openssl ts -verify -data "$1" -in "$2" -CAfile "$trust/tsa-root.pem" -untrusted trust/tsa-chain.pem -attime "$at" > /dev/null 2>&1
}
stamped data/ledger/checkpoint attestations/checkpoint.tsr
stamped "$work/signature" attestations/evidence.tsr
echo "accepted: openssl, both time stamps"

if command -v go > /dev/null && (cd "$project/platform/evidence/src/test/go" && go build -o "$work/check" . 2> /dev/null); then
  "$work/check" . "$(cat trust/log.vkey)" > /dev/null
  echo "accepted: go, every entry"
fi
modules=$project/platform/evidence/target/node
if command -v node > /dev/null && [ -d "$modules/node_modules" ]; then
  (bag=$PWD; cd "$modules" && node verify.mjs "$bag/attestations/evidence.sigstore.json" "$trust/evidence.pub" | grep -q accepted)
  echo "accepted: @sigstore/verify"
fi
