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

/** One expression for each kind of data and place, which finds the first phrase that names it. */
const TAGS = VOCABULARY.map(([tag, ...phrases]) => ({
  tag,
  inPath: anyOf(phrases.filter((phrase) => !FIELD_ONLY.has(phrase))),
  inField: anyOf(phrases.filter((phrase) => !PATH_ONLY.has(phrase))),
}));

function anyOf(phrases: readonly string[]): RegExp {
  return new RegExp(` (${phrases.join('|')}) `);
}

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
  const byField = new Map<string, string>();
  for (const field of fields) {
    for (const tag of tagsOfField(field)) if (!byField.has(tag)) byField.set(tag, field);
  }
  return TAGS.flatMap(({ tag, inPath }) => {
    const phrase = inPath.exec(path)?.[1];
    if (phrase) return [{ tag, because: `the path names \`${phrase}\`` }];
    const field = byField.get(tag);
    return field ? [{ tag, because: `the field \`${field.slice(0, 60)}\`` }] : [];
  });
}

const MAX_KNOWN_FIELDS = 50_000;
const knownFields = new Map<string, readonly string[]>();

/** The same fields stand in thousands of operations, so each is judged once. */
function tagsOfField(field: string): readonly string[] {
  const known = knownFields.get(field);
  if (known) return known;
  const words = wordsOf(field);
  const tags = TAGS.filter(({ inField }) => inField.test(words)).map(({ tag }) => tag);
  if (knownFields.size >= MAX_KNOWN_FIELDS) knownFields.clear();
  knownFields.set(field, tags);
  return tags;
}
