import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import type { WantedSecret, WatchedSecret } from '../../../secrets/access/index.ts';
import type { Label } from '../../../secrets/keeping/index.ts';

/** What is asked of the listener. */
export type Question =
  | { readonly ask: 'read'; readonly wanted: WantedSecret; readonly label: Label | number }
  | { readonly ask: 'watch' }
  | { readonly ask: 'lease' }
  | { readonly ask: 'verify' }
  | { readonly ask: 'renew' | 'release'; readonly lease: string };

type Parameters = ReadonlyMap<string, string>;
type Made = (part: string, parameters: Parameters) => Question;

const NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;
const SERVICE = /^[\w.-]{1,253}(?:\/[\w.-]{1,253}){0,2}$/;
const MAX_TARGET_LENGTH = 2_048;

/** By method and path; what is in brackets is a part of the path. */
const ROUTES: readonly (readonly [string, RegExp, Made])[] = [
  ['GET', /^\/v1\/secrets\/([^/]+)$/, toRead],
  ['POST', /^\/v1\/secrets:watch$/, () => ({ ask: 'watch' })],
  ['POST', /^\/v1\/api-keys:verify$/, () => ({ ask: 'verify' })],
  ['POST', /^\/v1\/leases$/, () => ({ ask: 'lease' })],
  ['POST', /^\/v1\/leases\/([\w-]{1,64}):renew$/, (lease) => ({ ask: 'renew', lease })],
  ['DELETE', /^\/v1\/leases\/([\w-]{1,64})$/, (lease) => ({ ask: 'release', lease })],
];

/** @throws {Fault} `secrets/request-malformed`, `secrets/route-not-found` */
export function questionOf({ method, url = '' }: IncomingMessage): Question {
  if (url.length > MAX_TARGET_LENGTH) {
    throw malformed(`the address has more than ${MAX_TARGET_LENGTH} characters`);
  }
  const [path = '', query] = url.split('?', 2);
  for (const [of, pattern, make] of ROUTES) {
    const match = method === of ? pattern.exec(path) : null;
    if (match) return make(match[1] ?? '', parametersOf(query));
  }
  throw new Fault(
    'secrets/route-not-found',
    `There is no ${quote(`${method} ${path}`, 200)} here`,
    {
      hint: 'read a secret with `GET /v1/secrets/NAME`',
    },
  );
}

function toRead(name: string, parameters: Parameters): Question {
  for (const key of parameters.keys()) {
    if (!['service', 'label', 'version'].includes(key)) {
      throw malformed(`there is no parameter ${quote(key)}`);
    }
  }
  const { service } = Wanted.parse({ name, service: parameters.get('service') });
  return { ask: 'read', wanted: { name, service }, label: labelOf(parameters) };
}

function labelOf(parameters: Parameters): Label | number {
  const [label, version] = [parameters.get('label'), parameters.get('version')];
  if (version === undefined) {
    const read = Labels.safeParse(label ?? 'current');
    if (read.success) return read.data;
    throw malformed(`${quote(label)} is no label; there are current, pending and previous`);
  }
  if (label === undefined && /^[1-9]\d{0,8}$/.test(version)) return Number(version);
  throw malformed(`${quote(version)} is no number of a version, or a label is there too`);
}

const Labels = z.enum(['current', 'pending', 'previous']);

/** Parses what was checked to have a form, in our words. */
class Checked<Read> {
  readonly #schema: z.ZodType<Read>;

  constructor(schema: z.ZodType<Read>) {
    this.#schema = schema;
  }

  /** @throws {Fault} `secrets/request-malformed` */
  parse(value: unknown): Read {
    const read = this.#schema.safeParse(value);
    if (read.success) return read.data;
    const { path, message } = read.error.issues[0] ?? { path: [], message: 'it is odd' };
    throw malformed(path.length > 0 ? `${quote(path.join('.'))} is wrong: ${message}` : message);
  }
}

const wanted = {
  name: z.string().regex(NAME, 'must be up to 200 letters, digits, `.`, `_` and `-`'),
  service: z.string().regex(SERVICE, 'must read like `payments` or `shop/payments`').optional(),
};
const Wanted = new Checked(z.object(wanted));

const MAX_VERSION = 1_000_000_000;
const seconds = z.int().min(1).max(2_592_000);

const Watch = new Checked(
  z.strictObject({
    secrets: z
      .array(z.strictObject({ ...wanted, version: z.int().min(0).max(MAX_VERSION) }))
      .min(1)
      .max(1_000),
    waitSeconds: z.int().min(0).max(600).optional(),
  }),
);

/** What a watch names.
 *  @throws {Fault} `secrets/request-malformed` */
export function watchOf(
  body: unknown,
  { maxWatched, watchSeconds }: { readonly maxWatched: number; readonly watchSeconds: number },
): { readonly secrets: readonly WatchedSecret[]; readonly waitSeconds: number } {
  const { secrets, waitSeconds = watchSeconds } = Watch.parse(body);
  if (secrets.length > maxWatched) {
    throw malformed(`a watch names at most ${maxWatched} secrets`);
  }
  return { secrets, waitSeconds: Math.min(waitSeconds, watchSeconds) };
}

const LeaseWish = new Checked(
  z.strictObject({
    role: wanted.name,
    service: wanted.service,
    ttlSeconds: seconds.optional(),
  }),
);
const Renewal = new Checked(z.strictObject({ ttlSeconds: seconds.optional() }));

const MAX_KEY = 1_000;
const ShownKey = new Checked(
  z.strictObject({
    key: z.string().max(MAX_KEY),
    operation: z.string().min(1).max(300),
    service: wanted.service,
  }),
);

/** An API key, with what it was shown for.
 *  @throws {Fault} `secrets/request-malformed` */
export const shownKeyOf = (body: unknown) => ShownKey.parse(body);
/** @throws {Fault} `secrets/request-malformed` */
export const leaseWishOf = (body: unknown) => LeaseWish.parse(body);
/** @throws {Fault} `secrets/request-malformed` */
export const renewalOf = (body: unknown) => Renewal.parse(body);

/** Each once. */
function parametersOf(query: string | undefined): Parameters {
  const parameters = new Map<string, string>();
  if (query === undefined) return parameters;
  for (const [key, value] of new URLSearchParams(query)) {
    if (parameters.has(key)) throw malformed(`the parameter ${quote(key)} is there twice`);
    parameters.set(key, value);
  }
  return parameters;
}

const malformed = (why: string): Fault =>
  new Fault('secrets/request-malformed', `The request cannot be understood: ${why}`);
