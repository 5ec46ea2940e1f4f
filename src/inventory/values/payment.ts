import { hasLuhn, remainder } from './check-digits.ts';

/** Ranges of first digits that issuers have, and the lengths of their numbers; only those in use.
 *  @see ISO/IEC 7812-1; the ranges as the networks publish them */
const ISSUERS: readonly {
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}[] = [
  { from: 4, to: 4, lengths: [13, 16, 19] },
  { from: 51, to: 55, lengths: [16] },
  { from: 2221, to: 2720, lengths: [16] },
  { from: 34, to: 34, lengths: [15] },
  { from: 37, to: 37, lengths: [15] },
  { from: 6011, to: 6011, lengths: [16, 19] },
  { from: 644, to: 649, lengths: [16, 19] },
  { from: 65, to: 65, lengths: [16, 19] },
  { from: 300, to: 305, lengths: [14, 16] },
  { from: 36, to: 36, lengths: [14] },
  { from: 38, to: 39, lengths: [14, 16] },
  { from: 3528, to: 3589, lengths: [16, 19] },
  { from: 62, to: 62, lengths: [16, 17, 18, 19] },
];

/** Four by four, American Express and Diners as their cards are printed, or one run of digits. */
const WRITTEN =
  /^(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})$/;

/** A card number (PAN): an issuer's range, its length, and the Luhn digit. */
export function isCardNumber(text: string): boolean {
  if (text.length > 23 || !WRITTEN.test(text)) return false;
  const digits = text.replace(/[ -]/g, '');
  const isIssued = ISSUERS.some(({ from, to, lengths }) => {
    const first = Number(digits.slice(0, String(from).length));
    return lengths.includes(digits.length) && first >= from && first <= to;
  });
  return isIssued && new Set(digits).size > 1 && hasLuhn(digits);
}

/** Length of IBANs by country.
 *  @see ISO 13616, SWIFT IBAN Registry */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 ' +
    'DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 ' +
    'IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 ' +
    'MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 ' +
    'SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** @see ISO 13616-1, ISO/IEC 7064 (MOD 97-10) */
export function isIban(text: string): boolean {
  if (text.length > 42 || !/^[A-Z]{2}\d{2}[A-Z0-9 ]+$/.test(text)) return false;
  const plain = text.replaceAll(' ', '');
  if (IBAN_LENGTHS.get(plain.slice(0, 2)) !== plain.length) return false;
  const turned = plain.slice(4) + plain.slice(0, 4);
  const digits = turned.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return remainder(digits, 97) === 1;
}
