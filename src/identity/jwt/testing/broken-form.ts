import { createHmac, sign } from 'node:crypto';
import { claim, header, ID, keyOf, type Row, raw, SECONDS, signedBy } from './tokens.ts';

/** Tokens that are not written as they must be. */
export const FORM: readonly Row[] = [
  ['nothing in it', 'parts', 'does not have three parts', (p) => (p.finish = () => '')],
  [
    'two parts',
    'parts',
    'does not have three parts',
    (p) => (p.finish = (t) => t.slice(0, t.lastIndexOf('.'))),
  ],
  ['four parts', 'parts', 'does not have three parts', (p) => (p.finish = (t) => `${t}.a`)],
  ['an empty header', 'parts', 'are empty', (p) => (p.finish = (t) => t.slice(t.indexOf('.')))],
  [
    'the JSON serialization',
    'parts',
    'does not have three parts',
    (p) => (p.finish = (t) => JSON.stringify({ payload: t.split('.')[1] })),
  ],
  [
    'padding',
    'base64',
    'its signature, that is not base64url',
    (p) => (p.finish = (t) => `${t}==`),
  ],
  [
    'a space before it',
    'base64',
    'its header, that is not base64url',
    (p) => (p.finish = (t) => ` ${t}`),
  ],
  [
    'a line break behind it',
    'base64',
    'its signature, that is not base64url',
    (p) => (p.finish = (t) => `${t}\n`),
  ],
  [
    'bits left over',
    'base64',
    'its signature, that is not base64url',
    (p) => (p.finish = (t) => `${t.slice(0, -1)}B`),
  ],
  [
    'the other base64',
    'base64',
    'its claims, that is not base64url',
    (p) => (p.finish = (t) => t.replace('.', '.+')),
  ],
  [
    'more characters than allowed',
    'too-long',
    'more than the 16384',
    claim('x', 'x'.repeat(16_384)),
  ],
  ['a header that is no JSON', 'json', 'a header that is not JSON', raw('header', '{')],
  ['claims that are no JSON', 'json', 'claims that are not JSON', raw('claims', 'sub')],
  ['claims that are a list', 'json', 'claims that are not an object', raw('claims', '[]')],
  [
    'claims that are not UTF-8',
    'json',
    'claims that are not JSON',
    raw('claims', Buffer.from('{"sub":"\xff"}', 'latin1')),
  ],
  [
    'a byte order mark',
    'json',
    'a header that is not JSON',
    raw('header', '\ufeff{"alg":"ES256","kid":"ES256"}'),
  ],
  [
    'a claim twice',
    'duplicate',
    'a name stands there twice',
    raw('claims', `{"sub":"${ID}","sub":"${ID}","aud":"payments","exp":${SECONDS + 9}}`),
  ],
  [
    'a claim twice, once in another spelling',
    'duplicate',
    'a name stands there twice',
    raw('claims', `{"sub":"${ID}","s\\u0075b":"${ID}","aud":"payments","exp":${SECONDS + 9}}`),
  ],
  [
    'claims that are nested deep',
    'too-deep',
    'claims that are deeper than 16 levels',
    claim('x', JSON.parse('['.repeat(16) + ']'.repeat(16))),
  ],
];

/** Tokens with a header that is refused. */
export const HEADERS: readonly Row[] = [
  [
    'alg none',
    'algorithm',
    '`none`, which is not allowed',
    (p) => {
      p.header.alg = 'none';
      p.sign = () => Buffer.alloc(0);
    },
  ],
  ['alg none in other letters', 'algorithm', '`nOnE`', header('alg', 'nOnE')],
  ['no alg', 'algorithm', '`undefined`', header('alg', undefined)],
  ['an alg that is a list', 'algorithm', '`ES256`, which is not allowed', header('alg', ['ES256'])],
  [
    'the public key as a secret',
    'algorithm',
    '`HS256`',
    (p) => {
      p.header.alg = 'HS256';
      p.sign = (bytes) => createHmac('sha256', keyOf('ES256').spki).update(bytes).digest();
    },
  ],
  [
    'EdDSA',
    'algorithm',
    '`EdDSA`',
    (p) => {
      signedBy('ed')(p);
      p.header.alg = 'EdDSA';
      p.sign = (bytes, key) => sign(null, bytes, key);
    },
  ],
  [
    'ES256K',
    'algorithm',
    '`ES256K`',
    (p) => {
      signedBy('koblitz')(p);
      p.header.alg = 'ES256K';
    },
  ],
  [
    'a key of its own',
    'header',
    'the header `jwk`',
    header('jwk', keyOf('foreign').publicKey.export({ format: 'jwk' })),
  ],
  ['an address of keys', 'header', 'the header `jku`', header('jku', 'https://example.com/keys')],
  ['critical headers', 'header', 'the header `crit`', header('crit', ['exp'])],
  ['certificates', 'header', 'the header `x5c`', header('x5c', [])],
  [
    'a header that is called like none',
    'header',
    'the header `__proto__`',
    raw('header', '{"alg":"ES256","kid":"ES256","__proto__":{}}'),
  ],
  ['another type', 'type', '(typ) `at+jwt`', header('typ', 'at+jwt')],
  ['a type in other letters', 'type', '(typ) `jwt`', header('typ', 'jwt')],
  ['no kid', 'key-id', 'no key id', header('kid', undefined)],
  ['an empty kid', 'key-id', 'no key id', header('kid', '')],
  ['a kid that is a number', 'key-id', 'no key id', header('kid', 7)],
  ['a kid of 257 characters', 'key-id', '1 to 256 characters', header('kid', 'k'.repeat(257))],
];
