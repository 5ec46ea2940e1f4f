import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { readKeys, readReport, verdictOf } from './index.ts';

/** The sample of GitHub Docs, Secret scanning partner program. */
const KEY_ID = 'f9525bf080f75b3506ca1ead061add62b8633a346606dc5fe544e29231c6ee0d';
const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsz9ugWDj5jK5ELBK42ynytbo38gP
HzZFI03Exwz8Lh/tCfL3YxwMdLjB+bMznsanlhK0RwcGP3IDb34kQDIo3Q==
-----END PUBLIC KEY-----
`;
const BODY =
  '[{"token":"NMIfyYncKcRALEXAMPLE","type":"mycompany_api_token","url":"https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt","source":"content"}]';
const SIGNATURE =
  'MEUCIQDfLvT8/zM8F1aB3cM0ZwyeWF1m5YR6IhcUIv1OKQYL0wIgBZ5lVXB3gHK+dT8+xt0WgRVLqvsTPFiDO9QP/7eJ4yE=';
const keys = readKeys(
  JSON.stringify({ public_keys: [{ key_identifier: KEY_ID, key: KEY, is_current: true }] }),
);
const shown = { keyId: KEY_ID, signature: SIGNATURE };

describe('a report of GitHub', () => {
  it('is read where it is signed', () => {
    expect(readReport(BODY, shown, keys)).toEqual([
      {
        token: 'NMIfyYncKcRALEXAMPLE',
        type: 'mycompany_api_token',
        url: 'https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt',
      },
    ]);
  });

  it.each([
    ['an edited body', BODY.replace('foo', 'fo0'), shown],
    ['white space that was added', `${BODY} `, shown],
    ['another key', BODY, { ...shown, keyId: 'other' }],
    ['no key', BODY, { ...shown, keyId: undefined }],
    ['no signature', BODY, { ...shown, signature: undefined }],
    ['a signature that is none', BODY, { ...shown, signature: 'AAAA' }],
  ])('is refused with %s', (_, body, given) => {
    expect(() => readReport(body, given, keys)).toThrow('not signed by GitHub');
  });

  it('of any bytes is refused, and no reason tells of them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (body, signature) => {
        expect(() => readReport(body, { ...shown, signature }, keys)).toThrow(Fault);
      }),
    );
  });

  it('is answered by a hash of what was found', () => {
    expect(verdictOf({ token: 'abc', type: 't', url: null }, true)).toEqual({
      token_hash: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
      token_type: 't',
      label: 'true_positive',
    });
  });
});

describe('keys of GitHub', () => {
  it.each(['', '{}', '{"public_keys":[{"key_identifier":"a","key":"b"}]}', '[]'])(
    'are not %j',
    (text) => {
      expect(() => readKeys(text)).toThrow('does not hold keys of GitHub');
    },
  );

  it('are those that are listed', () => {
    expect([...keys.keys()]).toEqual([KEY_ID]);
    expect(keys.get(KEY_ID)?.equals(createPublicKey(KEY))).toBe(true);
  });
});
