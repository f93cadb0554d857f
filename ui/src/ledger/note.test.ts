import { expect, it } from 'vitest';
import { hex, join, sha256, utf8, type Bytes } from './merkle';
import { judge, parseCheckpoint, parsePolicy, parseProof, parseVkey, pae, rawSignature, signedBy } from './note';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

async function signer(name: string, algorithm: number) {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const typed = join(Uint8Array.of(algorithm), new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const named = async (as: string) => {
    const id = (await sha256(utf8(`${as}\n`), typed)).slice(0, 4);
    return { id, vkey: `${as}+${hex(id)}+${base64(typed)}` };
  };
  const sign = async (message: Bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
  return { named, sign, ...(await named(name)) };
}

const TEXT = `log.example/t/a\n5\n${base64(new Uint8Array(32).fill(7))}\n`;

async function world() {
  const log = await signer('log.example', 1);
  const witness = await signer('witness.example', 4);
  const asLog = await log.named('log.example/t/a');
  const time = 1_800_000_000n;
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, time);
  const line = (name: string, id: Uint8Array, sig: Uint8Array) => `\u2014 ${name} ${base64(join(id, sig))}\n`;
  const note =
    `${TEXT}\n` +
    line('log.example/t/a', asLog.id, await log.sign(utf8(TEXT))) +
    line('witness.example', witness.id, join(stamp, await witness.sign(utf8(`cosignature/v1\ntime ${time}\n${TEXT}`))));
  return { log, witness, note, policy: `# comment\nlog ${log.vkey}\nwitness w1 ${witness.vkey} http://nowhere/\ngroup both all w1\nquorum both\n` };
}

it('believes a checkpoint that the log and enough witnesses signed', async () => {
  const { note, policy } = await world();
  const judged = await judge(parseCheckpoint(note), await parsePolicy(policy));
  expect(judged).toMatchObject({ log: true, known: true, quorum: true });
  expect(judged.witnesses[0]).toMatchObject({ name: 'w1', ok: true, at: 1_800_000_000_000 });
});

it('believes nothing once a digit of the text was changed', async () => {
  const { note, policy } = await world();
  const judged = await judge(parseCheckpoint(note.replace('\n5\n', '\n6\n')), await parsePolicy(policy));
  expect(judged).toMatchObject({ log: false, known: true, quorum: false });
});

it('knows no log under a name that only begins alike', async () => {
  const { note, policy } = await world();
  const other = note.replaceAll('log.example/t/a', 'log.example.evil');
  expect(await judge(parseCheckpoint(other), await parsePolicy(policy))).toMatchObject({ known: false, log: false });
});

it('takes no key whose id is another', async () => {
  const { log } = await world();
  await expect(parseVkey(log.vkey.replace('log.example', 'log.other'))).rejects.toThrow('id');
});

it('does not take a cosignature for the signature of a log', async () => {
  const { witness, note } = await world();
  const verifier = await parseVkey(witness.vkey);
  expect((await signedBy(parseCheckpoint(note), { ...verifier, algorithm: 1 })).ok).toBe(false);
});

it('refuses notes that are none', () => {
  for (const bad of ['', 'a\n5\n', `${TEXT}\nno signature\n`, `log\n05\n${base64(new Uint8Array(32))}\n\n\u2014 a AAAAAAAA\n`, `log\n5\nAA==\n\n\u2014 a AAAAAAAA\n`]) {
    expect(() => parseCheckpoint(bad)).toThrow();
  }
});

it('reads a tlog-proof and refuses one that is none', async () => {
  const { note } = await world();
  const hash = base64(new Uint8Array(32).fill(1));
  const proof = parseProof(`c2sp.org/tlog-proof@v1\nindex 4\n${hash}\n\n${note}`);
  expect([proof.index, proof.hashes.length, proof.checkpoint.size]).toEqual([4, 1, 5]);
  expect(() => parseProof(`c2sp.org/tlog-proof@v1\n${hash}\n\n${note}`)).toThrow('which leaf');
});

it('encodes for DSSE and unpacks DER', () => {
  expect(new TextDecoder().decode(pae('a/b', utf8('hello')))).toBe('DSSEv1 3 a/b 5 hello');
  const der = Uint8Array.of(0x30, 7, 2, 1, 5, 2, 2, 0, 0x80);
  expect(hex(rawSignature(der))).toBe(`${'00'.repeat(31)}05${'00'.repeat(31)}80`);
  expect(() => rawSignature(Uint8Array.of(0x30, 9, 2, 1, 5))).toThrow('DER');
});
