import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { Fault, quote } from '../../base/fault.ts';

/** Texts that carry signatures of those who vouch for them.
 *  @see https://c2sp.org/signed-note */

/** What signs: a log, or a witness who says when it has seen a log. The numbers are those of the specification. */
const ALGORITHMS = { log: 1, witness: 4 } as const;
export type SignerKind = keyof typeof ALGORITHMS;

const KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = { log: 64, witness: 72 } as const;
/** Of a note. */
const MAX_LENGTH = 16 * 1024;
const MAX_SIGNATURES = 100;
/** The end of the year 9999: no witness says more. */
const MAX_SECONDS = 253_402_300_799;

/** Who vouches. */
export interface NoteVerifier {
  readonly name: string;
  readonly kind: SignerKind;
  /** Ed25519. */
  readonly key: KeyObject;
  /** Tells keys of one name apart: eight hex digits. */
  readonly id: string;
  /** How it is handed on: `name+id+key`. */
  readonly text: string;
}

export interface NoteSigner extends NoteVerifier {
  /** A line behind the text that is signed.
   *  @param now milliseconds since 1970: what a witness says */
  sign(text: string, now: number): string;
}

export interface SignedNote {
  /** With its last line's end. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Of the key. */
  readonly id: string;
  readonly bytes: Buffer;
  /** The line that it was read from. */
  readonly line: string;
}

/** @param privateKey Ed25519
 *  @throws {Fault} `audit/key-malformed` for a name that no note can hold */
export function noteSigner(name: string, kind: SignerKind, privateKey: KeyObject): NoteSigner {
  const verifier = verifierOf(name, kind, createPublicKey(privateKey));
  return {
    ...verifier,
    sign: (text, now) => {
      const seconds = Math.floor(now / 1_000);
      const signature = sign(null, signedBytes(kind, text, seconds), privateKey);
      const bytes = kind === 'witness' ? Buffer.concat([timeBytes(seconds), signature]) : signature;
      const said = Buffer.concat([Buffer.from(verifier.id, 'hex'), bytes]);
      return `— ${name} ${said.toString('base64')}\n`;
    },
  };
}

/** @throws {Fault} `audit/key-malformed` */
export function noteVerifier(text: string): NoteVerifier {
  const [, name = '', id = '', key = ''] =
    /^([^+\s]{1,256})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44}={0,2})$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(key, 'base64');
  const kind = kindOf(bytes[0]);
  if (kind && bytes.length === 1 + KEY_BYTES) {
    const verifier = verifierOf(name, kind, publicKeyOf(bytes.subarray(1)));
    if (verifier.id === id) return verifier;
  }
  throw new Fault(
    'audit/key-malformed',
    `${quote(text, 200)} is not the key of a log or a witness`,
    {
      hint: 'a key is one line, name+id+key: `reeve audit log` prints that of the log, `reeve witness` its own',
    },
  );
}

const kindOf = (number: number | undefined): SignerKind | undefined =>
  (Object.keys(ALGORITHMS) as SignerKind[]).find((kind) => ALGORITHMS[kind] === number);

function verifierOf(name: string, kind: SignerKind, key: KeyObject): NoteVerifier {
  if (!isName(name)) {
    throw new Fault('audit/key-malformed', `${quote(name)} cannot be the name of a signer`, {
      hint: 'take 1 to 256 characters without spaces and without +',
    });
  }
  const typed = Buffer.concat([Buffer.of(ALGORITHMS[kind]), rawKey(key)]);
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer');
  const id = digest.subarray(0, ID_BYTES).toString('hex');
  return { name, kind, key, id, text: `${name}+${id}+${typed.toString('base64')}` };
}

const isName = (name: string): boolean => /^[^+\s]{1,256}$/u.test(name);

/** The 32 bytes of RFC 8032 §5.1.5, which end the SubjectPublicKeyInfo (RFC 8410 §4). */
const rawKey = (key: KeyObject): Buffer =>
  key.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES);

const publicKeyOf = (raw: Buffer): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });

/** @throws {Fault} `audit/note-malformed` */
export function readNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split('\n');
  const isEnded = lines.pop() === '';
  const signatures = lines.map(readSignature);
  const isRead = signatures.every((one) => one !== undefined);
  const isBounded = note.length <= MAX_LENGTH && lines.length <= MAX_SIGNATURES;
  if (end === -1 || !isEnded || !isRead || !isBounded || lines.length === 0) {
    throw new Fault('audit/note-malformed', `This is not a signed note: ${quote(note)}`, {
      hint: 'it is a text, an empty line, and a line for each signature; it must arrive unchanged',
    });
  }
  return { text, signatures };
}

function readSignature(line: string): NoteSignature | undefined {
  const [, name = '', said = ''] = /^— (\S{1,256}) ([A-Za-z0-9+/]{8,200}={0,2})$/u.exec(line) ?? [];
  const bytes = Buffer.from(said, 'base64');
  if (name === '' || bytes.length <= ID_BYTES) return undefined;
  const id = bytes.subarray(0, ID_BYTES).toString('hex');
  return { name, id, bytes: bytes.subarray(ID_BYTES), line: `${line}\n` };
}

/** The signature of a verifier, if there is one that holds, with the time that a witness says. */
export function signatureOf(
  { text, signatures }: SignedNote,
  { name, id, kind, key }: NoteVerifier,
): { readonly line: string; readonly seconds: number | undefined } | undefined {
  for (const signature of signatures) {
    const { bytes } = signature;
    if (signature.name !== name || signature.id !== id) continue;
    if (bytes.length !== SIGNATURE_BYTES[kind]) continue;
    const seconds = kind === 'witness' ? Number(bytes.readBigUInt64BE(0)) : undefined;
    if (seconds !== undefined && seconds > MAX_SECONDS) continue;
    const proper = kind === 'witness' ? bytes.subarray(8) : bytes;
    if (!verify(null, signedBytes(kind, text, seconds ?? 0), key, proper)) continue;
    return { line: signature.line, seconds };
  }
  return undefined;
}

/** @see https://c2sp.org/tlog-cosignature */
function signedBytes(kind: SignerKind, text: string, seconds: number): Buffer {
  return Buffer.from(kind === 'witness' ? `cosignature/v1\ntime ${seconds}\n${text}` : text);
}

function timeBytes(seconds: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(seconds));
  return bytes;
}
