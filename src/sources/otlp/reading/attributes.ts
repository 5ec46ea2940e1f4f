/** What an attribute's value must be: text, a whole number, a boolean, texts (one, or a list of which the first counts),
 *  or a payload (text or bytes), which is only read where that is allowed. */
export type AttributeType = 'text' | 'number' | 'flag' | 'texts' | 'payload';

interface RoleEntry {
  readonly type: AttributeType;
  /** The name in the stable semantic conventions, then those of older releases and instrumentations. */
  readonly names: readonly string[];
}

/** The attributes that the estate is learnt from, by what they mean here. Nothing else is read.
 *
 *  Where a service runs is told by an address where there is one, as its callees see it on their sockets; else by the name
 *  of the place; a process's own id comes last, for it is a new one at each start.
 *
 *  The semantic conventions name no attribute for a body. What agents that capture bodies send is
 *  `http.request.body`, `rpc.request.body` and their answers (Hypertrace's and Helios's agents),
 *  `messaging.payload` (Helios), and the fields of the Elastic Common Schema, which end in `content`.
 *  Nor do they name one for the identity that a caller has proved: `reeve.mtls.peer` is its SPIFFE ID, on a SERVER span
 *  of a service that has verified it.
 *  @see OpenTelemetry semantic conventions 1.44, and the HTTP and RPC migration guides
 *  @see Hypertrace specification, Agent data capture; Elastic Common Schema, HTTP fields */
const ROLES = {
  serviceName: { type: 'text', names: ['service.name'] },
  namespace: { type: 'text', names: ['k8s.namespace.name', 'service.namespace'] },
  environment: { type: 'text', names: ['deployment.environment.name', 'deployment.environment'] },
  httpMethod: { type: 'text', names: ['http.request.method', 'http.method'] },
  httpMethodOriginal: { type: 'text', names: ['http.request.method_original'] },
  httpRoute: { type: 'text', names: ['http.route', 'url.template'] },
  httpStatus: { type: 'number', names: ['http.response.status_code', 'http.status_code'] },
  urlPath: { type: 'text', names: ['url.path', 'http.target'] },
  urlFull: { type: 'text', names: ['url.full', 'http.url'] },
  urlQuery: { type: 'text', names: ['url.query'] },
  userAgent: { type: 'text', names: ['user_agent.original', 'http.user_agent'] },
  rpcSystem: { type: 'text', names: ['rpc.system.name', 'rpc.system'] },
  rpcService: { type: 'text', names: ['rpc.service'] },
  rpcMethod: { type: 'text', names: ['rpc.method'] },
  rpcStatus: { type: 'number', names: ['rpc.grpc.status_code'] },
  rpcStatusName: { type: 'text', names: ['rpc.response.status_code'] },
  messagingSystem: { type: 'text', names: ['messaging.system'] },
  destination: {
    type: 'text',
    names: [
      'messaging.destination.template',
      'messaging.destination.name',
      'messaging.destination',
    ],
  },
  temporary: {
    type: 'flag',
    names: [
      'messaging.destination.temporary',
      'messaging.temp_destination',
      'messaging.destination.anonymous',
    ],
  },
  messagingOperation: {
    type: 'text',
    names: ['messaging.operation.type', 'messaging.operation'],
  },
  batchSize: { type: 'number', names: ['messaging.batch.message_count'] },
  peerHost: { type: 'text', names: ['server.address', 'net.peer.name', 'net.sock.peer.name'] },
  peerPort: { type: 'number', names: ['server.port', 'net.peer.port'] },
  mtlsPeer: { type: 'text', names: ['reeve.mtls.peer'] },
  graphqlDocument: { type: 'text', names: ['graphql.document', 'graphql.source'] },
  graphqlType: { type: 'text', names: ['graphql.operation.type'] },
  graphqlName: { type: 'text', names: ['graphql.operation.name'] },
  authorization: { type: 'texts', names: ['http.request.header.authorization'] },
  apiKey: { type: 'texts', names: ['http.request.header.x-api-key'] },
  cookie: { type: 'texts', names: ['http.request.header.cookie'] },
  requestBody: {
    type: 'payload',
    names: [
      'http.request.body.content',
      'http.request.body',
      'rpc.request.body',
      'messaging.payload',
    ],
  },
  responseBody: {
    type: 'payload',
    names: ['http.response.body.content', 'http.response.body', 'rpc.response.body'],
  },
  // What only rows of single requests need: read where somebody wants those.
  peerName: { type: 'text', names: ['service.peer.name', 'peer.service'] },
  peerNamespace: { type: 'text', names: ['service.peer.namespace'] },
  socketPeer: {
    type: 'text',
    names: ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'],
  },
  dbSystem: { type: 'text', names: ['db.system.name', 'db.system'] },
  instance: {
    type: 'texts',
    names: ['k8s.pod.ip', 'host.ip', 'k8s.pod.name', 'host.name', 'service.instance.id'],
  },
  version: {
    type: 'texts',
    names: ['service.version', 'container.image.tags', 'container.image.tag'],
  },
} as const satisfies Record<string, RoleEntry>;

export type Role = keyof typeof ROLES;
const ROLE_NAMES = Object.keys(ROLES) as Role[];
/** At most as many as `SpanFields` has bits for: 64. */
export const ROLE_COUNT = ROLE_NAMES.length;

/** The number of each role. */
export const ROLE = Object.freeze(
  Object.fromEntries(ROLE_NAMES.map((name, number) => [name, number])),
) as Readonly<Record<Role, number>>;

export const TYPE_NUMBER = { text: 0, number: 1, flag: 2, texts: 3, payload: 4 } as const;

/** One wanted attribute. Lower ranks win where a span has several of one role. */
interface Wanted {
  readonly name: string;
  readonly role: number;
  readonly rank: number;
  readonly type: number;
}

const WANTED: readonly Wanted[] = ROLE_NAMES.flatMap((name, role) =>
  ROLES[name].names.map((attribute, rank) => ({
    name: attribute,
    role,
    rank,
    type: TYPE_NUMBER[ROLES[name].type],
  })),
);

/** Numbers of attributes are below it; those that do not only serve rows of single requests, below the other. */
export const ATTRIBUTE_COUNT = WANTED.length;
export const COUNTED_ATTRIBUTES = WANTED.findIndex(({ role }) => role === ROLE.peerName);

/** Role, rank and type of the attribute with a number. */
export const ROLE_OF = Uint8Array.from(WANTED, ({ role }) => role);
export const RANK_OF = Uint8Array.from(WANTED, ({ rank }) => rank);
export const TYPE_OF = Uint8Array.from(WANTED, ({ type }) => type);

const BY_NAME: ReadonlyMap<string, number> = new Map(
  WANTED.map(({ name }, number) => [name, number]),
);

/** The number of an attribute by its name, or -1. */
export function attributeNamed(name: string): number {
  return BY_NAME.get(name) ?? -1;
}

const SHORTEST = Math.min(...WANTED.map(({ name }) => name.length));
const LONGEST = Math.max(...WANTED.map(({ name }) => name.length));
const TABLE_SIZE = 1_024;

const STARTS = Uint16Array.from(starts());
const NAME_BYTES = Uint8Array.from(WANTED.flatMap(({ name }) => [...Buffer.from(name)]));
const [FACTOR, TABLE] = perfectTable();

/** The number of the attribute whose name lies in these bytes, or -1; those from `until` on are none. Length and three
 *  bytes choose the only name that it can be; the bytes of that name then decide. */
export function attributeAt(
  bytes: Uint8Array,
  start: number,
  length: number,
  until: number,
): number {
  if (length < SHORTEST || length > LONGEST) return -1;
  const number = TABLE[slotOf(bytes, start, length, FACTOR)] ?? -1;
  if (number < 0 || number >= until) return -1;
  let known = STARTS[number] ?? 0;
  if ((STARTS[number + 1] ?? 0) - known !== length) return -1;
  for (let at = start; at < start + length; at++) {
    if (bytes[at] !== NAME_BYTES[known++]) return -1;
  }
  return number;
}

function slotOf(bytes: Uint8Array, start: number, length: number, factor: number): number {
  const end = start + length;
  const sample =
    ((bytes[end - 1] ?? 0) << 20) ^
    ((bytes[end - 4] ?? 0) << 13) ^
    ((bytes[end - 6] ?? 0) << 6) ^
    length;
  return Math.imul(sample, factor) >>> 22;
}

function starts(): number[] {
  const found = [0];
  for (const { name } of WANTED) found.push((found.at(-1) ?? 0) + name.length);
  return found;
}

/** A factor under which no two wanted names share a slot, and the table that it gives.
 *  @throws {RangeError} where two names are alike in all that chooses a slot: choose other bytes */
function perfectTable(): readonly [number, Int16Array] {
  const table = new Int16Array(TABLE_SIZE);
  for (let factor = 0x9e3779b1; factor < 0x9e3779b1 + 20_000; factor += 2) {
    table.fill(-1);
    if (WANTED.every(({ name }, number) => isPlaced(table, name, number, factor))) {
      return [factor, table];
    }
  }
  throw new RangeError('no factor tells the wanted attributes apart');
}

function isPlaced(table: Int16Array, name: string, number: number, factor: number): boolean {
  const slot = slotOf(Buffer.from(name), 0, name.length, factor);
  if (table[slot] !== -1) return false;
  table[slot] = number;
  return true;
}
