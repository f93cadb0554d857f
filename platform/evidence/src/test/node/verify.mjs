// node verify.mjs BUNDLE_JSON PUBLIC_KEY_PEM: exits 0 if Sigstore's library accepts the attestation.
import { readFileSync } from "node:fs";
import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { Verifier, toSignedEntity } from "@sigstore/verify";

const [bundleFile, keyFile] = process.argv.slice(2);
const publicKey = createPublicKey(readFileSync(keyFile));
const trust = {
  certificateAuthorities: [],
  timestampAuthorities: [],
  tlogs: [],
  ctlogs: [],
  publicKey: () => ({ publicKey, validFor: () => true }),
};
const bundle = bundleFromJSON(JSON.parse(readFileSync(bundleFile, "utf8")));
const options = { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 };
new Verifier(trust, options).verify(toSignedEntity(bundle));
console.log("accepted");
