import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanSegment, isClean, maskOf, ownText, segmentsOf, suffixOf } from './index.ts';

describe('maskOf', () => {
  it.each<[segment: string, mask: string]>([
    ['0', '{integer}'],
    ['98437593475', '{integer}'],
    ['-3.25', '{number}'],
    ['10.0.0.7', '{number}'],
    ['2025-03-14', '{date}'],
    ['2025-03', '{date}'],
    ['2025-03-14T08:30:00Z', '{date}'],
    ['2025-W07', '{date}'],
    ['3f2b8c1e-9d4a-4e21-a7b5-0c6d8e9f1a2b', '{uuid}'],
    ['3F2B8C1E-9D4A-4E21-A7B5-0C6D8E9F1A2B', '{uuid}'],
    ['01HZX3W5K8Q2N7B4M6V9T1R0CD', '{ulid}'],
    ['507f1f77bcf86cd799439011', '{hex}'],
    ['a1b2c3d', '{hex}'],
    ['ORD-20931', '{prefixed}'],
    ['dQw4w9WgXcQ', '{opaque}'],
    ['k3j4h5g6f7', '{opaque}'],
    ['pod_kdgfr9qczzrl', '{opaque}'],
    ['ada@example.org', '{email}'],
    ['@ada', '{handle}'],
    ['1,2,3', '{list}'],
    ['urn:isbn:0451450523', '{urn}'],
    ['Ada%20Lovelace', '{text}'],
    ['undefined', '{text}'],
    ["'plain'", '{text}'],
    ['17.json', '{integer}.json'],
    ['17:cancel', '{integer}:cancel'],
    ['main...v2', '{any}...{any}'],
    ['Users(5)', 'Users({integer})'],
    ["Products(id='x',page=2)", 'Products(id={any},page={integer})'],
  ])('%s is %s', (segment, mask) => {
    expect(maskOf(segment)).toBe(mask);
  });

  it.each([
    'v1',
    'v2beta1',
    'users',
    'me',
    'getUserById',
    'oauth2',
    'invoice-items',
    'SHOUTING_CASE',
    '.well-known',
    'chat.postMessage',
    'openapi.json',
    '$metadata',
    'sha256',
    'x509-certificates',
    'html5-players',
    's3',
    'eu-west-1',
    'spring-sale',
    'batch:run',
  ])('%s may be a literal', (segment) => {
    expect(maskOf(segment)).toBeUndefined();
  });

  it('knows a JWT and a long random text, whose values are never kept', () => {
    const part = (text: string): string => Buffer.from(text).toString('base64url');
    expect(maskOf(`${part('{"alg":"none"}')}.${part('{"sub":"1234"}')}.x`)).toBe('{jwt}');
    expect(maskOf('Ab3dE9fGh1'.repeat(5))).toBe('{token}');
    expect(maskOf('a'.repeat(121))).toBe('{long}');
  });

  it('says of any segment the same whenever it is asked, and fast', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const mask = maskOf(cleanSegment(text));
        expect(mask).toBe(maskOf(cleanSegment(text)));
        if (mask === undefined) expect(cleanSegment(text)).not.toMatch(/[{}]/);
      }),
    );
    for (const text of [
      'a.'.repeat(40_000),
      '('.repeat(80_000),
      '-a'.repeat(59),
      'A1-'.repeat(40),
    ]) {
      maskOf(text);
    }
  });
});

describe('cleanSegment', () => {
  it.each<[segment: string, clean: string]>([
    ['%61lice', 'alice'],
    ['a%2fb', 'a%2Fb'],
    ['08%3A30', '08:30'],
    ['cars;color=red;size=5', 'cars'],
    [';v=1', ''],
    ['100%', '100%'],
    ['%zz', '%zz'],
  ])('%s is %s', (segment, clean) => {
    expect(cleanSegment(segment)).toBe(clean);
    expect(isClean(segment)).toBe(false);
  });

  it('changes nothing twice', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z%0-9A-F;]{0,20}$/), (text) => {
        const once = cleanSegment(text);
        if (!/%(?:25|[0-9A-Fa-f]?%)/.test(text)) expect(cleanSegment(once)).toBe(once);
      }),
    );
  });
});

describe('suffixOf', () => {
  it.each<[segment: string, suffix: string]>([
    ['report.json', '.json'],
    ['report.final.pdf', '.pdf'],
    ['jobs:run', ':run'],
    ['a:b:c', ':c'],
    ['john.smith', ''],
    ['.env', ''],
    [':run', ''],
    ['plain', ''],
  ])('of %s is %s', (segment, suffix) => {
    expect(suffixOf(segment)).toBe(suffix);
  });
});

describe('ownText', () => {
  it('is the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(ownText(text)).toBe(text);
      }),
    );
  });
});

describe('segmentsOf', () => {
  it('leaves out what is empty', () => {
    expect(segmentsOf('//a///b/')).toEqual(['a', 'b']);
  });
});
