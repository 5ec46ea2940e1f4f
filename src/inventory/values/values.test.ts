import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyValues, VALUE_KINDS, VALUE_LIMITS, type ValueLimits } from './index.ts';

/** Parts put together at run time, so that no file holds a key. */
const token = (payload: object) =>
  `${Buffer.from(JSON.stringify({ alg: 'HS256' })).toString('base64url')}.${Buffer.from(
    JSON.stringify(payload),
  ).toString('base64url')}.${'a'.repeat(20)}`;
const key = (prefix: string, length: number) => prefix + 'A2B3'.repeat(100).slice(0, length);

/** What the kinds of values make of a payload. */
function tagsIn(sample: unknown, limits?: ValueLimits): string[] {
  const tags = classifyValues(sample, limits).map((kind) => VALUE_KINDS[kind].tag);
  return [...new Set(tags)].sort();
}

describe('the kinds of data that a payload holds', () => {
  const cases: [sentence: string, sample: unknown, want: string[]][] = [
    ['a card number under its name', { cardNumber: '4111111111111111' }, ['pci']],
    ['a card number as a number under its name', { card: 4111111111111111 }, ['pci']],
    ['a card number in groups', { value: '5500 0000 0000 0004' }, ['pci']],
    ['a card number with dashes', { value: '4111-1111-1111-1111' }, ['pci']],
    ['an American Express card as printed', { value: '3782 822463 10005' }, ['pci']],
    ['a card number in prose', { note: 'please charge 4111 1111 1111 1111, thanks' }, ['pci']],
    ['a card number without a name', ['4242424242424242'], ['pci']],
    ['a card number with a wrong last digit', { cardNumber: '4111111111111112' }, []],
    ['a number of no issuer with the right last digit', { card: '9999999999999995' }, []],
    ['an issuer and a length that it does not have', { card: '41111111111111114' }, []],
    ['digits all the same', { card: '4444444444444448' }, ['pci']],
    ['zeros', { card: '0000000000000000' }, []],
    ['a number that would be a card as an order', { orderId: '4111111111111111' }, []],
    ['a number that would be a card as a tracking number', { tracking_no: '4111111111111111' }, []],
    ['a number of no name', { n: 4111111111111111 }, []],
    ['a time in milliseconds', { created: 1767225600000 }, []],
    ['card groups of mixed separators', { value: '4111-1111 1111-1111' }, []],
    ['an IBAN', { to: 'DE89370400440532013000' }, ['pci']],
    ['an IBAN in groups', { to: 'GB82 WEST 1234 5698 7654 32' }, ['pci']],
    ['an IBAN with a wrong digit', { to: 'DE89370400440532013001' }, []],
    ['an IBAN of the wrong length', { to: 'DE8937040044053201300' }, []],
    ['an e-mail address', { to: 'ada.lovelace+x@mail.example.org' }, ['pii']],
    ['an e-mail address in prose', 'Write to <ada@example.org>.', ['pii']],
    ['a picture for dense screens', { icon: 'logo@2x.png' }, []],
    ['a package with its version', { dependency: 'react@18.2.0' }, []],
    ['a repository', { origin: 'git@example.com:team/repo.git' }, []],
    ['a host without a top level', { to: 'root@localhost' }, []],
    ['a phone number with its country', { c: '+49 30 901820-0' }, ['pii']],
    ['a phone number with brackets', { c: '+1 (202) 555-0123' }, ['pii']],
    ['a phone number without a country under its name', { mobile: '0170 1234567' }, ['pii']],
    ['the same without its name', { c: '0170 1234567' }, []],
    ['a country code that nobody has', { c: '+999 12345678' }, []],
    ['a decimal with its sign', { c: '+1.5000000000' }, []],
    ['an offset of time', { c: '+0200' }, []],
    ['a social security number under its name', { ssn: '219-09-9999' }, ['pii']],
    ['the same without its name', { code: '219-09-9999' }, []],
    ['an area that is not given out', { ssn: '666-09-9999' }, []],
    ['a CPF as written', { doc: '529.982.247-25' }, ['pii']],
    ['a CPF with wrong check digits', { doc: '529.982.247-26' }, []],
    ['a CPF of equal digits', { cpf: '111.111.111-11' }, []],
    ['a CPF in digits under its name', { cpf: '52998224725' }, ['pii']],
    ['the same without its name', { doc: '52998224725' }, []],
    ['a resident identity card', { doc: '11010519491231002X' }, ['pii']],
    ['a resident identity card of no day', { doc: '11010519491331002X' }, []],
    ['a codice fiscale', { doc: 'RSSMRA85T10A562S' }, ['pii']],
    ['a codice fiscale with a wrong letter', { doc: 'RSSMRA85T10A562T' }, []],
    ['a DNI under its name', { dni: '12345678Z' }, ['pii']],
    ['a DNI with a wrong letter', { dni: '12345678A' }, []],
    ['a BSN under its name', { bsn: '111222333' }, ['pii']],
    ['a BSN that fails its test', { bsn: '111222334' }, []],
    ['a PESEL under its name', { pesel: '44051401359' }, ['pii']],
    ['a NIR under its name', { nir: '2 55 08 14 168 025 38' }, ['pii']],
    ['a NIR with a wrong key', { nir: '2 55 08 14 168 025 39' }, []],
    ['an Aadhaar under its name', { aadhaar: '2341 2341 2346' }, ['pii']],
    ['an Aadhaar with a wrong digit', { aadhaar: '2341 2341 2345' }, []],
    ['a personnummer under its name', { personnummer: '811228-9874' }, ['pii']],
    ['a National Insurance number under its name', { nino: 'AB 12 34 56 C' }, ['pii']],
    ['a day of birth', { dateOfBirth: '1990-04-01' }, ['pii']],
    ['a day of birth as people write it', { birthday: '1.4.1990' }, ['pii']],
    ['a day of something else', { updated: '1990-04-01' }, []],
    ['a month that is none', { dob: '1990-13-01' }, []],
    ['a place', { lat: 52.52, lng: 13.405, latitude: 52.5163, longitude: 13.3777 }, ['pii']],
    ['a place that is a region', { lat: 52.5, lng: 13.4 }, []],
    ['a latitude alone', { lat: 52.5163 }, []],
    ['a place beyond the poles', { lat: 95.1234, lng: 13.3777 }, []],
    ['a place in one text', { location: '52.5163,13.3777' }, ['pii']],
    ['GeoJSON', { type: 'Point', coordinates: [113.3777, 52.5163] }, ['pii']],
    ['two decimals of another meaning', { range: [1.2345, 2.3456] }, []],
    ['a diagnosis', { diagnosis: { code: 'J45' } }, ['phi']],
    ['an empty diagnosis', { diagnosis: null, symptoms: [] }, []],
    ['a web token', { jwt: token({ sub: 'x' }) }, ['credentials']],
    ['a web token behind its scheme', { h: `Bearer ${token({})}` }, ['credentials']],
    ['three parts without a header', { v: token({}).slice(1), w: 'eyJub3QgYSBoZWFkZXI.ab.cd' }, []],
    ['a key with a known prefix', { v: key('AKIA', 16) }, ['credentials']],
    ['a key that is too short', { v: key('AKIA', 15) }, []],
    ['a private key', { v: `-----BEGIN ${'PRIVATE'} KEY-----\nMII` }, ['credentials']],
    ['a certificate', { v: '-----BEGIN CERTIFICATE-----\nMII' }, []],
    ['a password', { password: 'correct horse' }, ['credentials']],
    ['a masked password', { password: '********', pwd: '<redacted>' }, []],
    ['a page of things to buy', { items: [{ id: 17, name: 'Lamp', price: 19.99 }] }, []],
    [
      'a UUID and a hash',
      { id: '123e4567-e89b-42d3-a456-426614174000', sha: 'da39a3ee5e6b4b0d' },
      [],
    ],
    ['several at once', { email: 'a@example.org', cards: ['4111111111111111'] }, ['pci', 'pii']],
    ['nothing', null, []],
  ];
  it.each(cases)('in %s', (_, sample, want) => {
    expect(tagsIn(sample)).toEqual(want);
  });

  it('are told apart', () => {
    const sample = {
      ...{ cards: ['4111111111111111'], to: 'DE89370400440532013000', email: 'a@example.org' },
      ...{ mobile: '0170 1234567', cpf: '529.982.247-25', ssn: '219-09-9999', dob: '1990-04-01' },
      ...{
        location: '52.5163,13.3777',
        diagnosis: 'J45',
        jwt: token({}),
        password: 'correct horse',
      },
    };
    expect(classifyValues(sample)).toEqual(Object.keys(VALUE_KINDS).sort());
  });

  it('are in whole numbers of any size', () => {
    expect(classifyValues({ card: 4111111111111111n })).toEqual(['card']);
    expect(classifyValues({ n: 4111111111111111n })).toEqual([]);
  });

  it('seldom see more in numbers that mean nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0 }), { maxLength: 30 }), (numbers) => {
        expect(classifyValues({ values: numbers })).toEqual([]);
      }),
    );
  });
});

describe('a sample', () => {
  it('of any value gives kinds alone, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (sample) => {
        const found = classifyValues(sample);
        expect(found.every((kind) => Object.hasOwn(VALUE_KINDS, kind))).toBe(true);
        expect([...found].sort()).toEqual(found);
      }),
    );
  });

  it('that throws when it is read says nothing', () => {
    const sample = {
      get secret(): string {
        throw new Error('value');
      },
    };
    expect(classifyValues(sample)).toEqual([]);
  });

  const nested = (depth: number): unknown =>
    depth === 0 ? 'ada@example.org' : { a: nested(depth - 1) };
  const limits: [sentence: string, sample: unknown, want: string[]][] = [
    ['as deep as is looked at', nested(VALUE_LIMITS.maxDepth), ['pii']],
    ['deeper', nested(VALUE_LIMITS.maxDepth + 1), []],
    [
      'behind as many values as are looked at',
      [...Array(VALUE_LIMITS.maxValues - 2).fill(0), 'ada@example.org'],
      ['pii'],
    ],
    ['behind more', [...Array(VALUE_LIMITS.maxValues).fill(0), 'ada@example.org'], []],
    ['behind a long text', `${' x'.repeat(VALUE_LIMITS.maxTextLength)} ada@example.org`, []],
  ];
  it.each(limits)('is looked at within its limits: %s', (_, sample, want) => {
    expect(tagsIn(sample)).toEqual(want);
  });
});
