/** Kinds of values that payloads are judged for: what each makes of an endpoint, and how it is called.
 *  A closed table: nothing that comes in names a kind. */
const KINDS = {
  card: { tag: 'pci', words: 'card numbers' },
  iban: { tag: 'pci', words: 'bank account numbers' },
  health: { tag: 'phi', words: 'health data' },
  email: { tag: 'pii', words: 'e-mail addresses' },
  phone: { tag: 'pii', words: 'phone numbers' },
  'national-number': { tag: 'pii', words: 'national identity numbers' },
  'social-security': { tag: 'pii', words: 'social security numbers' },
  'birth-date': { tag: 'pii', words: 'dates of birth' },
  place: { tag: 'pii', words: 'exact places' },
  token: { tag: 'credentials', words: 'tokens and keys' },
  password: { tag: 'credentials', words: 'passwords and secrets' },
} as const satisfies Record<string, { readonly tag: string; readonly words: string }>;

export type ValueKind = keyof typeof KINDS;
export const VALUE_KINDS: Readonly<
  Record<ValueKind, { readonly tag: string; readonly words: string }>
> = KINDS;

/** What a kind is, by its name as it was kept; undefined for one that another version knew. */
export function kindNamed(
  name: string,
): { readonly tag: string; readonly words: string } | undefined {
  return Object.hasOwn(KINDS, name) ? VALUE_KINDS[name as ValueKind] : undefined;
}
