import type { Tag } from '../estate/index.ts';

/** Which words of a path, a parameter or a schema speak of which kind of data. Each row: the tag, and
 *  sequences of words (as in `creditCardNumber` or `credit-card`) that name it. The categories follow
 *  GDPR Art. 4 and 9 (pii), PCI DSS v4 (pci) and HIPAA 45 CFR 160.103 (phi). */
const VOCABULARY: readonly (readonly [tag: string, ...phrases: string[]])[] = [
  [
    'pci',
    'card number',
    'credit card',
    'creditcard',
    'debit card',
    'card',
    'cards',
    'cvv',
    'cvc',
    'pan',
    'card holder',
    'cardholder',
    'expiry month',
    'expiry year',
    'expiration month',
    'expiration year',
    'iban',
    'account number',
    'routing number',
    'bank account',
  ],
  [
    'phi',
    'patient',
    'patients',
    'diagnosis',
    'diagnoses',
    'medication',
    'medications',
    'prescription',
    'prescriptions',
    'medical',
    'health record',
    'blood type',
    'allergy',
    'allergies',
    'immunization',
    'icd',
  ],
  [
    'pii',
    'email',
    'e mail',
    'email address',
    'phone',
    'phone number',
    'mobile number',
    'telephone',
    'first name',
    'firstname',
    'last name',
    'lastname',
    'full name',
    'fullname',
    'surname',
    'given name',
    'family name',
    'birth date',
    'birthdate',
    'birthday',
    'date of birth',
    'dob',
    'ssn',
    'social security',
    'passport',
    'national id',
    'tax id',
    'driver license',
    'license number',
    'street',
    'street address',
    'home address',
    'shipping address',
    'billing address',
    'postal code',
    'postcode',
    'zip code',
    'zipcode',
    'customer',
    'customers',
    'user',
    'users',
    'profile',
    'profiles',
    'person',
    'persons',
    'people',
    'contact',
    'contacts',
    'addresses',
    'geolocation',
    'latitude',
    'ip address',
    'gender',
    'nationality',
    'owner',
    'owners',
  ],
  [
    'credentials',
    'password',
    'passwords',
    'passwd',
    'secret',
    'secrets',
    'api key',
    'apikey',
    'api keys',
    'private key',
    'access token',
    'refresh token',
    'client secret',
    'login',
    'signin',
    'otp',
    'mfa',
    'totp',
    'reset token',
    'credentials',
    'oauth token',
  ],
];

/** Words that name data only as a field or parameter: in a path they say little. */
const FIELD_ONLY = new Set(['street', 'latitude', 'owner', 'owners', 'card', 'pan']);
/** Words that name data only in a path: a field of this name is most often a reference. */
const PATH_ONLY = new Set([
  'user',
  'users',
  'customer',
  'customers',
  'login',
  'signin',
  'contact',
  'contacts',
  'person',
  'persons',
  'people',
  'profile',
  'profiles',
  'cards',
]);

/** `creditCardNumber`, `credit_card-number` as ` credit card number `. */
function wordsOf(name: string): string {
  return ` ${name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase()} `;
}

/** The kinds of data that an operation handles, judged by its path and the names of its fields. */
export function classify(template: string, fields: readonly string[]): Tag[] {
  const path = wordsOf(template);
  const named = fields.map((field) => ({ field, words: wordsOf(field) }));
  return VOCABULARY.flatMap(([tag, ...phrases]) => {
    const inPath = phrases.find(
      (phrase) => !FIELD_ONLY.has(phrase) && path.includes(` ${phrase} `),
    );
    if (inPath) return [{ tag, because: `the path names \`${inPath}\`` }];
    const inField = named.find(({ words }) =>
      phrases.some((phrase) => !PATH_ONLY.has(phrase) && words.includes(` ${phrase} `)),
    );
    return inField ? [{ tag, because: `the field \`${inField.field.slice(0, 60)}\`` }] : [];
  });
}
