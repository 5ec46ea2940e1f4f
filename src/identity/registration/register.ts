import { toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import { parseSpiffeId } from '../spiffe/index.ts';
import { type Entry, EntryInput } from './entry.ts';
import type { Selector } from './selector.ts';

/** The part of the trust domain that belongs to Reeve itself. */
export const RESERVED_PATH = '/reeve';
/** Where agents have their identities. */
export const AGENTS_PATH = `${RESERVED_PATH}/agent`;

/** Who registers, where and when. */
export interface Registering {
  readonly trustDomain: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the configuration lets an entry ask for, in seconds. */
  readonly maxX509TtlSeconds: number;
  readonly maxJwtTtlSeconds: number;
}

/** The name of an entry: of what it gives and to whom. */
export function entryId(
  spiffeId: string,
  parent: string | null,
  selectors: readonly Selector[],
): string {
  return stableId('entry', spiffeId, parent ?? '', ...[...selectors].sort());
}

/** Reads what a person or a program says of an entry.
 *  @throws {Fault} `identity/entry-invalid` with every problem */
export function parseEntryInput(value: unknown): EntryInput {
  const read = EntryInput.safeParse(value);
  if (read.success) return read.data;
  throw invalid(
    read.error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${message}`),
  );
}

/** Makes an entry of what a person says. Whether it fits those that exist is `conflictWith`'s to say.
 *  @throws {Fault} `identity/entry-invalid` with every problem */
export function registerEntry(input: EntryInput, registering: Registering): Entry {
  const problems = problemsOf(input, registering);
  if (problems.length > 0) throw invalid(problems);
  const { service, ...said } = input;
  const selectors = [...input.selectors].sort();
  return {
    ...said,
    selectors,
    id: entryId(input.spiffeId, input.parent, selectors),
    services: service === null ? [] : [service],
    origin: 'person',
    absentSince: null,
    createdBy: registering.by,
    createdAt: toTimestamp(registering.now),
  };
}

function invalid(problems: readonly string[]): Fault {
  return new Fault('identity/entry-invalid', `The entry is refused: ${problems.join('; ')}`);
}

function problemsOf(input: EntryInput, registering: Registering): string[] {
  const { trustDomain } = registering;
  const { spiffeId, parent } = input;
  return [
    idProblem(spiffeId, trustDomain),
    parent === null ? undefined : parentProblem(parent, trustDomain),
    ...limitProblems(input, registering),
  ].filter((problem) => problem !== undefined);
}

type Limited = Pick<EntryInput, 'federatesWith' | 'expiresAt' | 'x509TtlSeconds' | 'jwtTtlSeconds'>;

/** What an entry may not say here, of what is said of it. */
export function limitProblems(
  { federatesWith, expiresAt = null, x509TtlSeconds = 0, jwtTtlSeconds = 0 }: Partial<Limited>,
  { trustDomain, now, maxX509TtlSeconds, maxJwtTtlSeconds }: Registering,
): string[] {
  return [
    federatesWith?.includes(trustDomain) &&
      `federatesWith names ${trustDomain}, whose own bundle every workload has`,
    expiresAt !== null &&
      Date.parse(expiresAt) <= now &&
      `expiresAt ${expiresAt} is not after now (${toTimestamp(now)})`,
    x509TtlSeconds > maxX509TtlSeconds &&
      `x509TtlSeconds ${x509TtlSeconds} is more than the limit of ${maxX509TtlSeconds}`,
    jwtTtlSeconds > maxJwtTtlSeconds &&
      `jwtTtlSeconds ${jwtTtlSeconds} is more than the limit of ${maxJwtTtlSeconds}`,
  ].filter((problem) => typeof problem === 'string');
}

/** Why no workload may be given this ID here, if so. */
export function idProblem(uri: string, trustDomain: string): string | undefined {
  const id = parseSpiffeId(uri);
  if (id.trustDomain !== trustDomain) {
    return `spiffeId ${quote(uri, 120)} is not of the trust domain ${trustDomain}`;
  }
  if (id.path === '') return `spiffeId ${quote(uri, 120)} has no path: it names the trust domain`;
  if (isWithin(id.path, RESERVED_PATH)) {
    return `spiffeId ${quote(uri, 120)} lies under ${RESERVED_PATH}, which is Reeve's own`;
  }
  return undefined;
}

function parentProblem(uri: string, trustDomain: string): string | undefined {
  const { trustDomain: domain, path } = parseSpiffeId(uri);
  if (domain === trustDomain && path.startsWith(`${AGENTS_PATH}/`)) return undefined;
  return `parent ${quote(uri, 120)} is no agent: those are spiffe://${trustDomain}${AGENTS_PATH}/…`;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
