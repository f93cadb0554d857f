import { intent, told, write } from '../lib/api';
import type { components } from '../api/write';

// Passkeys (WebAuthn): what is signed is the server's challenge over exactly the calls that were shown. The private key stays
// in the authenticator; only what it signed leaves this page.

export type Assertion = components['schemas']['Assertion'];
export type GateCall = components['schemas']['GateCall'];

export function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

export function base64url(buffer: ArrayBuffer): string {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws if the person has no passkey here, or did not touch it */
export async function sign(items: GateCall[]): Promise<Assertion> {
  if (!('credentials' in navigator)) throw new Error('This browser has no passkeys here. They need https, or localhost.');
  const asked = await told(write.POST('/v1/gate-challenges', { params: { header: { 'Idempotency-Key': intent() } }, body: { items } }));
  const given = await navigator.credentials
    .get({
      publicKey: {
        challenge: bytes(asked.challenge),
        rpId: asked.rpId,
        allowCredentials: asked.allowCredentials.map((c) => ({ type: 'public-key', id: bytes(c.id) })),
        userVerification: 'required',
        timeout: asked.timeout,
      },
    })
    .catch(refused);
  if (!(given instanceof PublicKeyCredential)) throw new Error('The passkey gave nothing. Nothing was decided.');
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    challenge: asked.id,
    credential: base64url(given.rawId),
    authenticatorData: base64url(response.authenticatorData),
    clientDataJson: base64url(response.clientDataJSON),
    signature: base64url(response.signature),
  };
}

/** Makes a passkey and registers its public half. */
export async function register(label: string): Promise<unknown> {
  if (!('credentials' in navigator)) throw new Error('This browser has no passkeys here. They need https, or localhost.');
  const asked = await told(write.POST('/v1/passkey-challenges', { params: { header: { 'Idempotency-Key': intent() } }, body: {} }));
  const made = await navigator.credentials
    .create({
      publicKey: {
        challenge: bytes(asked.challenge),
        rp: asked.rp,
        user: { ...asked.user, id: bytes(asked.user.id) },
        pubKeyCredParams: asked.pubKeyCredParams.map((p) => ({ type: 'public-key', alg: p.alg })),
        excludeCredentials: (asked.excludeCredentials as { id: string }[]).map((c) => ({ type: 'public-key', id: bytes(c.id) })),
        authenticatorSelection: asked.authenticatorSelection as AuthenticatorSelectionCriteria,
        attestation: 'none',
        timeout: asked.timeout,
      },
    })
    .catch(refused);
  if (!(made instanceof PublicKeyCredential)) throw new Error('No passkey was made.');
  const response = made.response as AuthenticatorAttestationResponse;
  return told(
    write.POST('/v1/passkeys', {
      params: { header: { 'Idempotency-Key': intent() } },
      body: { challenge: asked.id, ...(label ? { label } : {}), attestationObject: base64url(response.attestationObject), clientDataJson: base64url(response.clientDataJSON) },
    }),
  );
}

function refused(failure: unknown): never {
  const name = failure instanceof DOMException ? failure.name : '';
  if (name === 'NotAllowedError') throw new Error('The passkey was not used: the question was closed, or took too long. Nothing was decided.');
  if (name === 'InvalidStateError') throw new Error('This authenticator has a passkey of yours already.');
  throw failure;
}
