import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT } from '../../base/merkle/index.ts';
import {
  noteSigner,
  noteVerifier,
  readCheckpoint,
  readNote,
  signatureOf,
  signCheckpoint,
} from './index.ts';

const NOW = Date.UTC(2025, 2, 3);
const signer = (name: string, kind: 'log' | 'witness') =>
  noteSigner(name, kind, generateKeyPairSync('ed25519').privateKey);
const log = signer('reeve.example.org/audit', 'log');
const witness = signer('witness.example.org', 'witness');
const signed = signCheckpoint({ size: 17, root: EMPTY_ROOT }, log, NOW);

describe('a checkpoint', () => {
  it('says what the log is, and is signed by it', () => {
    const { checkpoint, note } = readCheckpoint(signed);
    expect(checkpoint).toEqual({ origin: log.name, size: 17, root: EMPTY_ROOT });
    expect(signatureOf(note, noteVerifier(log.text))?.line).toBe(signed.split('\n\n')[1]);
  });

  it('carries what witnesses have seen, and when', () => {
    const { note } = readCheckpoint(signed + witness.sign(readNote(signed).text, NOW));
    expect(signatureOf(note, noteVerifier(witness.text))?.seconds).toBe(NOW / 1_000);
    expect(signatureOf(note, log)).toBeDefined();
  });

  it.each([
    ['another key of the same name', signed, signer(log.name, 'log')],
    ['another size', signed.replace('\n17\n', '\n18\n'), log],
    ['another root', signed.replace(/\n\w{8}/, '\nAAAAAAAA'), log],
    ['a log in the place of a witness', signed, noteVerifier(witness.text)],
  ])('is not signed: %s', (_, note, verifier) => {
    expect(signatureOf(readNote(note), verifier)).toBeUndefined();
  });

  it('whose witness says another time is not signed by it', () => {
    const line = witness.sign(readNote(signed).text, NOW);
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    bytes.writeUInt8((bytes[11] ?? 0) ^ 1, 11);
    const changed = `${signed}— ${witness.name} ${bytes.toString('base64')}\n`;
    expect(signatureOf(readNote(changed), witness)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['without a signature', signed.split('\n\n')[0] ?? ''],
    ['with half a signature', signed.slice(0, -40)],
    ['without its last end of line', signed.slice(0, -1)],
    ['with a line that is no signature', `${signed}and more\n`],
    ['with a size that is no number', signed.replace('\n17\n', '\n017\n')],
    ['with a root that is too short', signed.replace(/\n\w{8}/, '\n')],
    ['with too many signatures', signed + signed.split('\n\n')[1]?.repeat(100)],
  ])('%s is refused', (_, note) => {
    expect(() => readCheckpoint(note)).toThrow(
      expect.objectContaining({ code: 'audit/note-malformed' }),
    );
  });
});

describe('a key', () => {
  it.each([
    ['nothing', ''],
    ['of another kind', log.text.replace(/\+A/, '+B')],
    ['with another id', log.text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['under another name', `other${log.text}`],
    ['cut short', log.text.slice(0, -4)],
  ])('%s is refused', (_, text) => {
    expect(() => noteVerifier(text)).toThrow(
      expect.objectContaining({ code: 'audit/key-malformed' }),
    );
  });

  it('has the id that C2SP gives it', () => {
    // the example of https://pkg.go.dev/golang.org/x/mod/sumdb/note
    const text = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    expect(noteVerifier(text)).toMatchObject({ name: 'PeterNeumann', kind: 'log', id: 'c74f20a3' });
  });

  it('signs the note of the example as others do', () => {
    const note =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n" +
      '\n' +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    const key = noteVerifier('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    expect(signatureOf(readNote(note), key)).toBeDefined();
    expect(signatureOf(readNote(note.replace('your problem is', 'it is')), key)).toBeUndefined();
  });

  it.each(['', 'a b', 'a+b', 'x'.repeat(257)])('cannot be named %j', (name) => {
    expect(() => signer(name, 'log')).toThrow(
      expect.objectContaining({ code: 'audit/key-malformed' }),
    );
  });
});

it('whatever arrives is read or refused', () => {
  const some = fc.oneof(
    fc.string(),
    fc.string().map((text) => signed + text),
    fc.constant(signed),
  );
  fc.assert(
    fc.property(some, some, (note, key) => {
      for (const read of [() => readCheckpoint(note), () => noteVerifier(key)]) {
        try {
          read();
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^audit\//) });
        }
      }
    }),
  );
});
