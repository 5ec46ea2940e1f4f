/** The part of a JSON Schema that settings are told from. */
export interface SettingSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
  readonly items?: SettingSchema | false;
  readonly anyOf?: readonly SettingSchema[];
  readonly oneOf?: readonly SettingSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One setting, as people read it. */
export interface Setting {
  /** `accounts.strategy`; behind `[]` stands what each item of a list has. */
  readonly name: string;
  readonly isNeeded: boolean;
  /** What it may be, and what it is where nothing is said. */
  readonly value: string;
  readonly description: string | null;
}

/** Every setting of a schema, those within others included. One that has several forms comes with each of them: the members
 *  of a form stand behind the member that tells which form it is. */
export function settingsOf(schema: SettingSchema, prefix = ''): readonly Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const name = `${prefix}${key}`;
    const { items, anyOf, oneOf, description = null } = property;
    const inner = [
      ...settingsOf(property, `${name}.`),
      ...(items ? settingsOf(items, `${name}[].`) : []),
      ...[...(anyOf ?? []), ...(oneOf ?? [])].flatMap((form) => settingsOf(form, `${name}.`)),
    ];
    const isNeeded = schema.required?.includes(key) ?? false;
    const own = { name, isNeeded, value: sayOf(property), description };
    return inner.length > 0 && description === null ? inner : [own, ...inner];
  });
}

/** Longer ones would be no help in a line. */
const LONGEST_FALLBACK = 40;

function sayOf(schema: SettingSchema): string {
  const { default: fallback } = schema;
  const text = ['string', 'number', 'boolean'].includes(typeof fallback) ? `${fallback}` : '';
  const isTold = text !== '' && text.length <= LONGEST_FALLBACK;
  return `${kindOf(schema)}${isTold ? `, else ${text}` : ''}`;
}

function kindOf(schema: SettingSchema): string {
  const { type, items, minimum, maximum } = schema;
  const forms = schema.anyOf ?? schema.oneOf;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(' | ');
  if (forms) return [...new Set(forms.map(kindOf))].join(' | ');
  if (type === 'array') return items ? `list of ${kindOf(items)}` : 'list';
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) {
    return `${minimum} to ${maximum}`;
  }
  return [type ?? 'any']
    .flat()
    .map((one) => NAMES[one] ?? one)
    .join(' | ');
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true | false',
};
