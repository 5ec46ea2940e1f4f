import { isCredential, isPassword } from './credentials.ts';
import { isDate, isEmail, isNationalNumber, isPhone, isSocialSecurityNumber } from './identity.ts';
import type { ValueKind } from './kinds.ts';
import { isCardNumber, isIban } from './payment.ts';

/** One value of a sample, and the name of the nearest field above it. */
export interface Scalar {
  /** Numbers as their digits. */
  readonly text: string;
  readonly isNumber: boolean;
  readonly field: FieldName;
}

/** What the name of a field says of its value. */
export interface FieldName {
  readonly isCard: boolean;
  /** An identifier, a time or an amount: whatever its digits look like. */
  readonly isOther: boolean;
  readonly isPhone: boolean;
  readonly isNationalNumber: boolean;
  readonly isSocialSecurity: boolean;
  readonly isBirthDate: boolean;
  readonly isHealth: boolean;
  readonly isPassword: boolean;
  readonly isPlace: boolean;
  /** `latitude` or `longitude`, where it is one of a pair. */
  readonly axis: 'latitude' | 'longitude' | undefined;
}

/** What names of fields speak of, as words in lower case with blanks around and between them. */
const NAMES: Readonly<Record<Exclude<keyof FieldName, 'axis'>, RegExp>> = {
  isCard: / (?:card|cards|pan|cc|credit ?card|debit ?card|card ?number|ccnum|cc number) /,
  isOther:
    / (?:id|ids|uid|uuid|guid|key|ref|reference|order|tracking|trace|span|request|session|transaction|timestamp|time|ts|at|date|serial|imei|imsi|iccid|ean|gtin|upc|isbn|sku|version|hash|checksum|offset|sequence|seq|count|amount|price|total|balance|size|bytes|index|phone|mobile|fax|tel|msisdn) /,
  isPhone: / (?:phone|phones|mobile|cell|cellphone|tel|telephone|msisdn|fax|whatsapp|landline) /,
  isNationalNumber:
    / (?:social insurance|national id|national number|national insurance|nino|nin|identity number|identity card|id card|id number|citizen id|personal number|personnummer|bsn|burgerservicenummer|cpf|pesel|dni|nie|nif|nir|insee|aadhaar|aadhar|codice fiscale|tax id|tax number|tin) /,
  isSocialSecurity: / (?:ssn|ssn\d|social security|social security number|tax id|tin|itin) /,
  isBirthDate: / (?:dob|birth ?date|birth ?day|date of birth|born|born on|birth) /,
  isHealth:
    / (?:diagnosis|diagnoses|medication|medications|prescription|prescriptions|blood type|blood group|allergy|allergies|immunization|immunizations|icd|icd10|icd 10|symptom|symptoms|medical history|medical record|mrn|patient) /,
  isPassword:
    / (?:password|passwd|passphrase|pwd|access token|refresh token|id token|auth token|client secret|secret key|api key|apikey|otp|totp) /,
  isPlace: / (?:coordinates|coordinate|geo|location|gps|lat lng|lat lon|latlng|latlon) /,
};

const AXES: readonly (readonly [NonNullable<FieldName['axis']>, RegExp])[] = [
  ['latitude', / (?:lat|latitude) $/],
  ['longitude', / (?:lng|lon|long|longitude) $/],
];

const MAX_NAME = 80;

/** `cardNumber`, `card_number` and `Card-Number` speak of the same. */
export function toFieldName(name: string): FieldName {
  const words = ` ${name
    .slice(0, MAX_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase()} `;
  const is = (key: keyof typeof NAMES) => NAMES[key].test(words);
  return {
    isCard: is('isCard'),
    isOther: is('isOther'),
    isPhone: is('isPhone'),
    isNationalNumber: is('isNationalNumber'),
    isSocialSecurity: is('isSocialSecurity'),
    isBirthDate: is('isBirthDate'),
    isHealth: is('isHealth'),
    isPassword: is('isPassword'),
    isPlace: is('isPlace'),
    axis: AXES.find(([, names]) => names.test(words))?.[0],
  };
}

/** Every kind of value that is looked for, and how it is told. */
export const DETECTORS: readonly {
  readonly kind: ValueKind;
  readonly finds: (scalar: Scalar) => boolean;
}[] = [
  {
    // one random number in a hundred has an issuer's range and the right last digit
    kind: 'card',
    finds: ({ text, isNumber, field }) =>
      (field.isCard || (!isNumber && !field.isOther)) && isCardNumber(text),
  },
  { kind: 'iban', finds: ({ text, isNumber }) => !isNumber && isIban(text) },
  { kind: 'email', finds: ({ text, isNumber }) => !isNumber && isEmail(text) },
  {
    kind: 'phone',
    finds: ({ text, isNumber, field }) =>
      (field.isPhone || !isNumber) && isPhone(text, field.isPhone),
  },
  {
    kind: 'national-number',
    finds: ({ text, isNumber, field }) =>
      (field.isNationalNumber || (!isNumber && !field.isOther)) &&
      isNationalNumber(text, field.isNationalNumber),
  },
  {
    kind: 'social-security',
    finds: ({ text, field }) => field.isSocialSecurity && isSocialSecurityNumber(text),
  },
  { kind: 'birth-date', finds: ({ text, field }) => field.isBirthDate && isDate(text) },
  { kind: 'place', finds: ({ text, field }) => field.isPlace && isCoordinatePair(text) },
  { kind: 'health', finds: ({ text, field }) => field.isHealth && text.length >= 2 },
  { kind: 'token', finds: ({ text, isNumber }) => !isNumber && isCredential(text) },
  { kind: 'password', finds: ({ text, field }) => field.isPassword && isPassword(text) },
];

/** As exact as a house: three decimals are about a hundred metres. */
const EXACT = /^[-+]?\d{1,3}\.\d{3,}$/;
const LIMITS = { latitude: 90, longitude: 180 };

export function isCoordinate(text: string, axis: NonNullable<FieldName['axis']>): boolean {
  return text.length <= 24 && EXACT.test(text) && Math.abs(Number(text)) <= LIMITS[axis];
}

function isCoordinatePair(text: string): boolean {
  if (text.length > 50) return false;
  const parts = text.split(/[,;] ?/);
  const [a = '', b = ''] = parts;
  return parts.length === 2 && isCoordinate(a, 'latitude') && isCoordinate(b, 'longitude');
}
