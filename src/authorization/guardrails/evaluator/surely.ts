/** Whether an expression is true or false whatever the request is. */
export function isSurelyBoolean(node: unknown): boolean {
  return kindOf(node) === 'boolean';
}

function cannotFail(node: unknown): boolean {
  return kindOf(node) !== undefined;
}

type Kind = 'boolean' | 'string' | 'number' | 'entity' | 'set' | 'context';

/** Attributes that every request, and every endpoint, has. */
const CONTEXT_TEXTS = ['proof', 'protocol', 'method', 'path'];
const ENDPOINT_TEXTS = ['protocol', 'method', 'template'];

/** The kind of its value, where it surely has one; undefined: it may fail, or nobody can tell. Errs on that side. */
function kindOf(node: unknown): Kind | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const [name = '', body] = Object.entries(node)[0] ?? [];
  return KINDS.get(name)?.(body);
}

type Parts = Readonly<Record<string, unknown>>;

const VARIABLES: ReadonlyMap<unknown, Kind> = new Map<unknown, Kind>([
  ['principal', 'entity'],
  ['action', 'entity'],
  ['resource', 'entity'],
  ['context', 'context'],
]);

const KINDS: ReadonlyMap<string, (body: unknown) => Kind | undefined> = new Map([
  ['Value', literal],
  ['Var', (body: unknown) => VARIABLES.get(body)],
  ['.', attribute],
  ['Set', (body) => (Array.isArray(body) && body.every(cannotFail) ? 'set' : undefined)],
  ['has', whose({ left: ['entity', 'context'] })],
  ['like', whose({ left: ['string'] })],
  ['==', comparison],
  ['!=', comparison],
  ['!', whose({ arg: ['boolean'] })],
  ['&&', whose({ left: ['boolean'], right: ['boolean'] })],
  ['||', whose({ left: ['boolean'], right: ['boolean'] })],
  ['in', whose({ left: ['entity'], right: ['entity'] })],
  ['contains', contains],
] satisfies [string, (body: unknown) => Kind | undefined][]);

function literal(body: unknown): Kind | undefined {
  if (typeof body === 'boolean' || typeof body === 'string') return typeof body as Kind;
  if (typeof body === 'number') return 'number';
  return typeof body === 'object' && body !== null && '__entity' in body ? 'entity' : undefined;
}

function attribute(body: unknown): Kind | undefined {
  const { left, attr } = body as Parts;
  if (kindOf(left) === 'context' && CONTEXT_TEXTS.includes(String(attr))) return 'string';
  const isResource = JSON.stringify(left) === '{"Var":"resource"}';
  return isResource && ENDPOINT_TEXTS.includes(String(attr)) ? 'string' : undefined;
}

function comparison(body: unknown): Kind | undefined {
  const { left, right } = body as Parts;
  return cannotFail(left) && cannotFail(right) ? 'boolean' : undefined;
}

function contains(body: unknown): Kind | undefined {
  const { left, right } = body as Parts;
  return kindOf(left) === 'set' && cannotFail(right) ? 'boolean' : undefined;
}

/** True or false, where its operands are of these kinds. `has` of several attributes may pass through what has none. */
function whose(operands: Readonly<Record<string, readonly Kind[]>>) {
  return (body: unknown): Kind | undefined => {
    const parts = body as Parts;
    if (Array.isArray(parts.attr) && parts.attr.length > 1) return undefined;
    const isRight = Object.entries(operands).every(([name, kinds]) => {
      const kind = kindOf(parts[name]);
      return kind !== undefined && kinds.includes(kind);
    });
    return isRight ? 'boolean' : undefined;
  };
}
