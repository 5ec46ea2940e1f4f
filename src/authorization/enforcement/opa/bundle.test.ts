import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../targets/opa/index.ts';
import { packBundle } from './bundle.ts';
import type { BundleFile, BundleSigner } from './signatures.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer: BundleSigner = {
  keyId: 'reeve',
  sign: (input) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
};
const unsigned: BundleSigner = { keyId: 'reeve', sign: () => new Uint8Array(64) };

const FILES = [
  { path: 'reeve/authz.rego', text: 'package reeve.authz\n' },
  { path: 'data.json', text: '{ "b": [1, "ä"], "a": {} }\n' },
  { path: '.manifest', text: '{"revision":"r","roots":["reeve"]}' },
];

async function unpack(bytes: Buffer): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const archive = extract();
  archive.end(gunzipSync(bytes));
  for await (const entry of archive)
    files.set(entry.header.name, (await buffer(entry)).toString('utf8'));
  return files;
}

const revisionOf = async (files: readonly BundleFile[]) =>
  (await packBundle(files, unsigned)).revision;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a bundle', () => {
  it('holds its files in the order of their paths, behind their signatures', async () => {
    const files = await unpack((await packBundle(FILES, signer)).bytes);
    expect([...files.keys()]).toEqual([
      '/.signatures.json',
      '/.manifest',
      '/data.json',
      '/reeve/authz.rego',
    ]);
    expect(files.get('/reeve/authz.rego')).toBe('package reeve.authz\n');
  });

  it('is vouched for by a token over the hashes of what its files say', async () => {
    const files = await unpack((await packBundle(FILES, signer)).bytes);
    const { signatures } = JSON.parse(files.get('/.signatures.json') ?? '');
    const [header, payload, signature] = signatures[0].split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'ES256', kid: 'reeve', typ: 'JWT' });
    expect(read(payload)).toEqual({
      files: [
        ['.manifest', '{"revision":"r","roots":["reeve"]}'],
        ['data.json', '{"a":{},"b":[1,"ä"]}'],
        ['reeve/authz.rego', 'package reeve.authz\n'],
      ].map(([name, said = '']) => ({ name, hash: sha256(said), algorithm: 'SHA-256' })),
    });
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const isTrue = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      key,
      Buffer.from(signature, 'base64url'),
    );
    expect(isTrue).toBe(true);
  });

  it('is the same for the same files in any order', async () => {
    const one = await packBundle(FILES, unsigned);
    const other = await packBundle(FILES.toReversed(), unsigned);
    expect(other).toEqual(one);
  });

  it.each([
    ['a text', FILES.with(0, { path: 'reeve/authz.rego', text: 'package reeve.other\n' })],
    ['a path', FILES.with(0, { path: 'reeve/other.rego', text: 'package reeve.authz\n' })],
    ['a file less', FILES.slice(1)],
    [
      'text that moves between files',
      [
        { path: 'a', text: 'b1:c' },
        { path: 'd', text: '' },
      ],
    ],
  ])('has another revision with another %s', async (_, files) => {
    const base = [
      { path: 'a', text: 'b' },
      { path: 'd', text: '1:c' },
    ];
    const revision = await revisionOf(files);
    expect(revision).not.toBe(await revisionOf(FILES));
    expect(revision).not.toBe(await revisionOf(base));
  });
});

describe('canonical JSON', () => {
  it.each<readonly [string, unknown, string]>([
    [
      'sorts members by their bytes',
      { '\u{1f600}': 1, '\uffff': 2, b: 3 },
      '{"b":3,"\uffff":2,"\u{1f600}":1}',
    ],
    ['leaves out what is undefined', { a: undefined, b: null }, '{"b":null}'],
    ['escapes line separators', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['does not escape what HTML would', '<&>', '"<&>"'],
    ['replaces halves of characters', '\ud800', '"\ufffd"'],
    ['nests', { a: [{ c: 1, b: [] }] }, '{"a":[{"b":[],"c":1}]}'],
  ])('%s', (_, value, want) => {
    expect(canonicalJson(value)).toBe(want);
  });

  it('says the same as JSON does', () => {
    const values = fc.jsonValue();
    fc.assert(
      fc.property(values, (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(canonicalJson(plain))).toEqual(JSON.parse(JSON.stringify(plain)));
      }),
    );
  });
});
