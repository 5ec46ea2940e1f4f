import { digitAt, hasLuhn, hasVerhoeff, isDay, remainder, weighted } from './check-digits.ts';

/** A national number of a person. */
interface NationalNumber {
  readonly country: string;
  /** As it is written, in capitals. */
  readonly written: RegExp;
  /** @param compact without blanks, dots, dashes and slashes */
  readonly isValid: (compact: string) => boolean;
  /** One in so many random numbers of this form would pass: it counts only where a field's name says
   *  what it is. */
  readonly isWeak: boolean;
}

const NATIONAL_NUMBERS: readonly NationalNumber[] = [
  {
    country: 'BR (CPF)',
    written: /^\d{3}\.\d{3}\.\d{3}-\d{2}$/,
    isValid: isCpf,
    isWeak: false,
  },
  { country: 'BR (CPF), digits', written: /^\d{11}$/, isValid: isCpf, isWeak: true },
  {
    country: 'CN (resident identity card)',
    written: /^[1-8]\d{16}[\dX]$/,
    isValid: (id) =>
      isDay(id.slice(6, 14)) && '10X98765432'[weighted(id, CHINA_WEIGHTS) % 11] === id[17],
    isWeak: false,
  },
  {
    country: 'ES (DNI, NIE)',
    written: /^(?:\d{8}|[XYZ]\d{7})-?[A-Z]$/,
    isValid: (id) => {
      const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
      return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === id.at(-1);
    },
    isWeak: true,
  },
  {
    country: 'FR (NIR)',
    written: /^[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{2}$/,
    isValid: (id) => 97 - remainder(id.slice(0, 13), 97) === Number(id.slice(13)),
    isWeak: true,
  },
  {
    country: 'IN (Aadhaar)',
    written: /^[2-9]\d{3} ?\d{4} ?\d{4}$/,
    isValid: hasVerhoeff,
    isWeak: true,
  },
  {
    country: 'IT (codice fiscale)',
    written: /^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/,
    isValid: isCodiceFiscale,
    isWeak: false,
  },
  {
    country: 'NL (BSN)',
    written: /^\d{9}$/,
    isValid: (id) => Number(id) > 0 && weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    isWeak: true,
  },
  {
    country: 'PL (PESEL)',
    written: /^\d{11}$/,
    isValid: (id) => weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
    isWeak: true,
  },
  {
    country: 'SE (personnummer)',
    written: /^(?:\d{2})?\d{6}[-+]\d{4}$/,
    isValid: (id) => isDay(id.slice(0, -4)) && hasLuhn(id.slice(-10)),
    isWeak: true,
  },
  {
    country: 'GB (NINO)',
    written: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]$/,
    isValid: () => true,
    isWeak: true,
  },
];

const CHINA_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** @param isNamed the field's name says that it is a national number */
export function isNationalNumber(text: string, isNamed: boolean): boolean {
  if (text.length > 24) return false;
  const capitals = text.toUpperCase();
  const compact = capitals.replace(/[ .\-+/]/g, '');
  return NATIONAL_NUMBERS.some(
    ({ written, isValid, isWeak }) =>
      (isNamed || !isWeak) && written.test(capitals) && isValid(compact),
  );
}

/** A number of the US Social Security Administration. It has no check digit, so it counts only under
 *  its name.
 *  @see SSA, POMS RM 10201.035: areas, groups and serials that are not given out */
export function isSocialSecurityNumber(text: string): boolean {
  const [, area = '', group, serial] = /^(\d{3})-?(\d{2})-?(\d{4})$/.exec(text) ?? [];
  return area !== '' && !/^(?:000|666|9)/.test(area) && group !== '00' && serial !== '0000';
}

function isCpf(id: string): boolean {
  if (new Set(id).size === 1) return false;
  const check = (length: number): number => {
    const weights = Array.from({ length }, (_, index) => length + 1 - index);
    return ((weighted(id, weights) * 10) % 11) % 10;
  };
  return check(9) === digitAt(id, 9) && check(10) === digitAt(id, 10);
}

/** Values of letters at odd places.
 *  @see Decreto Ministeriale 23/12/1976, the control character */
const ODD_VALUES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isCodiceFiscale(id: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = id.charCodeAt(index);
    const value = code < 65 ? code - 48 : code - 65;
    sum += index % 2 === 0 ? (ODD_VALUES[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === id[15];
}

/** Endings of files' names, which stand where those of hosts do: `icon@2x.png`. */
const FILE_ENDINGS = new Set(
  'png jpg jpeg gif svg webp avif ico css js mjs ts json map html xml md txt pdf zip'.split(' '),
);

/** An address as people have it: no quoted part, a host with a top level of letters. */
export function isEmail(text: string): boolean {
  if (text.length > 254) return false;
  const [, local = '', host = ''] =
    /^([A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,24})$/.exec(
      text,
    ) ?? [];
  if (local === '' || local.includes('..') || host.includes('..')) return false;
  return !FILE_ENDINGS.has(host.slice(host.lastIndexOf('.') + 1).toLowerCase());
}

/** Country codes by their first digits; all others have three.
 *  @see ITU-T E.164.1 and its list of assigned country codes */
const SHORT_COUNTRY = /^(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const LONG_COUNTRY =
  /^(?:2[1-689]\d|3[578]\d|42[013]|5[09]\d|6[789]\d|8[0578]\d|96[0-8]|97[0-79]|99[2-68])/;

/** A number with its country in front, as E.164 has it.
 *  @param isNamed the field's name says that it is a phone: numbers without a country pass too */
export function isPhone(text: string, isNamed: boolean): boolean {
  if (text.length > 24 || !/^\+?[\d(][\d ().\-/]{5,}\d$/.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 15) return false;
  if (!text.startsWith('+')) return isNamed;
  if (/^\+\d+\.\d+$/.test(text)) return false; // a decimal with its sign
  const isAssigned = SHORT_COUNTRY.test(digits) || LONG_COUNTRY.test(digits);
  return isAssigned && digits.length >= 9;
}

/** A day, alone or with a time, in the orders that people write it in. */
export function isDate(text: string): boolean {
  if (text.length > 40) return false;
  const [, year, month = '', day = ''] =
    /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?$/.exec(text) ?? [];
  if (year !== undefined) return isDay(year + month + day);
  const [, first = '', second = '', last = ''] =
    /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text) ?? [];
  const [a, b] = [first.padStart(2, '0'), second.padStart(2, '0')];
  return last !== '' && (isDay(last + a + b) || isDay(last + b + a));
}
