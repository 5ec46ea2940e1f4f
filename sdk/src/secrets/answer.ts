import { quote, ReeveError } from '../error.ts';
import { type PreviousSecret, Secret, type SecretValue } from './secret.ts';

/** A secret that is no longer as it is known here. */
export interface News {
  readonly name: string;
  readonly service: string | undefined;
  /** 0: there is none, or it may not be read. */
  readonly version: number;
  readonly problem: ReeveError | undefined;
}

type Data = Readonly<Record<string, unknown>>;

/** What Reeve answers to a reading.
 *  @throws {ReeveError} `secrets/answer-malformed` */
export function toSecret(name: string, body: unknown): Secret {
  const { secret, version, expiresAt, previous, value } = dataOf(body);
  if (typeof secret !== 'string' || !isVersion(version)) throw malformed();
  const details = {
    ...{ name, id: secret, version },
    ...{ expiresAt: timeOf(expiresAt), previous: previousOf(previous) },
  };
  return new Secret(details, textsOf(value));
}

/** What Reeve answers to a watch.
 *  @throws {ReeveError} `secrets/answer-malformed` */
export function toNews(body: unknown): News[] {
  const { secrets } = dataOf(body);
  if (!Array.isArray(secrets)) throw malformed();
  return secrets.map((one) => {
    const { name, service, version, problem } = dataOf(one);
    if (typeof name !== 'string' || typeof version !== 'number') throw malformed();
    if (service !== undefined && typeof service !== 'string') throw malformed();
    return {
      name,
      service,
      version,
      problem: problem === undefined ? undefined : toError(problem),
    };
  });
}

/** Why Reeve refuses. Its sentences hold no value.
 *  @see RFC 9457 */
export function toError(body: unknown, status = 0): ReeveError {
  const { code, detail, message = detail, hint } = isData(body) ? body : {};
  if (typeof code !== 'string' || !/^[a-z0-9/-]{1,100}$/.test(code)) {
    return new ReeveError('secrets/answer-malformed', `Reeve answered with the status ${status}`);
  }
  const why = typeof message === 'string' ? message.slice(0, 1_000) : 'Reeve refuses';
  return new ReeveError(code, why, typeof hint === 'string' ? { hint: hint.slice(0, 1_000) } : {});
}

function previousOf(value: unknown): PreviousSecret | undefined {
  if (value === null || value === undefined) return undefined;
  const { version, validUntil } = dataOf(value);
  if (!isVersion(version)) throw malformed();
  return { version, validUntil: timeOf(validUntil) };
}

function textsOf(value: unknown): SecretValue {
  const texts = Object.entries(dataOf(value));
  if (texts.some(([, text]) => typeof text !== 'string')) throw malformed();
  return Object.fromEntries(texts) as SecretValue;
}

function timeOf(value: unknown): Date | undefined {
  if (value === null || value === undefined) return undefined;
  const time = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw malformed();
  return time;
}

const isVersion = (value: unknown): value is number => Number.isSafeInteger(value) && value !== 0;
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null;

function dataOf(value: unknown): Data {
  if (isData(value)) return value;
  throw malformed();
}

const malformed = () =>
  new ReeveError('secrets/answer-malformed', 'Reeve answered what cannot be understood', {
    hint: 'compare the versions of Reeve and of this package',
  });

/** What names a secret among others. */
export const keyOf = (name: string, service: string | undefined): string =>
  JSON.stringify([service ?? null, name]);

/** @throws {ReeveError} `secrets/name-malformed` */
export function checkName(name: string, service: string | undefined): void {
  const isName = /^[A-Za-z0-9][\w.-]{0,199}$/.test(name);
  if (
    isName &&
    (service === undefined || /^[\w.-]{1,253}(?:\/[\w.-]{1,253}){0,2}$/.test(service))
  ) {
    return;
  }
  const what = isName ? `${quote(service)} is no service` : `${quote(name)} is no name of a secret`;
  throw new ReeveError('secrets/name-malformed', what, {
    hint: 'as in reeve.yaml: `orders-db`, and `payments` or `shop/payments`',
  });
}
