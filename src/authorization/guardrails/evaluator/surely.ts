import {
  type Attribute,
  CONTEXT_ATTRIBUTES,
  ENDPOINT_ATTRIBUTES,
  SERVICE_ATTRIBUTES,
} from '../schema/index.ts';

/** Whether an expression is true or false, and no error, whatever is asked. */
export function isSurelyBoolean(node: unknown): boolean {
  return kindOf(node) === 'boolean';
}

type Kind = 'boolean' | 'string' | 'number' | 'set' | 'entity' | 'service' | 'endpoint' | 'context';

const ENTITIES: readonly Kind[] = ['entity', 'service', 'endpoint'];

/** The kind of an expression's value, where it surely has one; undefined: it may fail, or nobody can tell. Errs on that
 *  side. */
function kindOf(node: unknown): Kind | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const [name = '', body] = Object.entries(node)[0] ?? [];
  return KINDS.get(name)?.(body);
}

type Parts = Readonly<Record<string, unknown>>;

const VARIABLES: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  ['principal', 'service'],
  ['action', 'entity'],
  ['resource', 'endpoint'],
  ['context', 'context'],
]);

const TYPES: Readonly<Record<Attribute<never>['type'], Kind>> = {
  String: 'string',
  Bool: 'boolean',
  'Set<String>': 'set',
  Service: 'service',
};

/** What every one of a kind has. */
const ATTRIBUTES: ReadonlyMap<Kind | undefined, ReadonlyMap<unknown, Kind>> = new Map([
  ['service', kindsOf(SERVICE_ATTRIBUTES)],
  ['endpoint', kindsOf(ENDPOINT_ATTRIBUTES)],
  ['context', kindsOf(CONTEXT_ATTRIBUTES)],
]);

function kindsOf(table: Readonly<Record<string, Pick<Attribute<never>, 'type' | 'isOptional'>>>) {
  const required = Object.entries(table).filter(([, { isOptional }]) => isOptional !== true);
  return new Map<unknown, Kind>(required.map(([name, { type }]) => [name, TYPES[type]]));
}

const KINDS: ReadonlyMap<string, (body: unknown) => Kind | undefined> = new Map<
  string,
  (body: unknown) => Kind | undefined
>([
  ['Value', literal],
  ['Var', (body) => VARIABLES.get(body)],
  ['.', attribute],
  ['Set', (body) => (Array.isArray(body) && body.every(cannotFail) ? 'set' : undefined)],
  ['has', has],
  ['like', whose({ left: ['string'] })],
  ['==', comparison],
  ['!=', comparison],
  ['!', whose({ arg: ['boolean'] })],
  ['&&', whose({ left: ['boolean'], right: ['boolean'] })],
  ['||', whose({ left: ['boolean'], right: ['boolean'] })],
  ['in', whose({ left: ENTITIES, right: ENTITIES })],
  ['contains', contains],
  ['containsAll', whose({ left: ['set'], right: ['set'] })],
  ['containsAny', whose({ left: ['set'], right: ['set'] })],
  ['isEmpty', whose({ arg: ['set'] })],
]);

function cannotFail(node: unknown): boolean {
  return kindOf(node) !== undefined;
}

function literal(body: unknown): Kind | undefined {
  if (typeof body === 'boolean' || typeof body === 'string') return typeof body as Kind;
  if (typeof body === 'number') return 'number';
  return typeof body === 'object' && body !== null && '__entity' in body ? 'entity' : undefined;
}

function attribute(body: unknown): Kind | undefined {
  const { left, attr } = body as Parts;
  return ATTRIBUTES.get(kindOf(left))?.get(attr);
}

function comparison(body: unknown): Kind | undefined {
  const { left, right } = body as Parts;
  return cannotFail(left) && cannotFail(right) ? 'boolean' : undefined;
}

function contains(body: unknown): Kind | undefined {
  const { left, right } = body as Parts;
  return kindOf(left) === 'set' && cannotFail(right) ? 'boolean' : undefined;
}

/** Of several attributes, what the first holds may be nothing that has any. */
function has(body: unknown): Kind | undefined {
  const { left, attr } = body as Parts;
  const kind = kindOf(left);
  const isOne = typeof attr === 'string' || (Array.isArray(attr) && attr.length === 1);
  const hasAttributes = kind === 'context' || (kind !== undefined && ENTITIES.includes(kind));
  return isOne && hasAttributes ? 'boolean' : undefined;
}

/** True or false, where its operands are of these kinds. */
function whose(operands: Readonly<Record<string, readonly Kind[]>>) {
  return (body: unknown): Kind | undefined => {
    const isRight = Object.entries(operands).every(([name, kinds]) => {
      const kind = kindOf((body as Parts)[name]);
      return kind !== undefined && kinds.includes(kind);
    });
    return isRight ? 'boolean' : undefined;
  };
}
