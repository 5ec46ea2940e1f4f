/** Check digits, for the numbers that payloads hold. Each takes digits only, and is linear. */

/** @see ISO/IEC 7812-1 annex B */
export function hasLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - ZERO;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Digits times weights, summed. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * digitAt(digits, index), 0);
}

export function digitAt(digits: string, index: number): number {
  return digits.charCodeAt(index) - ZERO;
}

/** The remainder of a decimal number of any length. */
export function remainder(digits: string, divisor: number): number {
  let rest = 0;
  for (let index = 0; index < digits.length; index++) {
    rest = (rest * 10 + digitAt(digits, index)) % divisor;
  }
  return rest;
}

const VERHOEFF_PRODUCT = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const VERHOEFF_PERMUTATION = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** @see J. Verhoeff: Error Detecting Decimal Codes (1969) */
export function hasVerhoeff(digits: string): boolean {
  let check = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digitAt(digits, digits.length - 1 - index);
    const permuted = digitAt(VERHOEFF_PERMUTATION[index % 8] ?? '', digit);
    check = digitAt(VERHOEFF_PRODUCT[check] ?? '', permuted);
  }
  return check === 0;
}

/** Whether six or eight digits are a day: `YYMMDD` or `YYYYMMDD`. */
export function isDay(digits: string): boolean {
  const month = Number(digits.slice(-4, -2));
  const day = Number(digits.slice(-2));
  const year = digits.length === 8 ? Number(digits.slice(0, 4)) : 2000;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && year >= 1900 && year < 2100;
}

const ZERO = 0x30;
