import { readFileSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { type ApiKeys, readKey } from '../../secrets/api-keys/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';
import {
  type Issued,
  Leaks,
  readKeys,
  readReport,
  verdictOf,
} from '../../secrets/response/index.ts';
import { allOf } from '../all-of.ts';
import type { People } from '../auth/people.ts';

export interface ServerLeaksParts {
  readonly store: EstateStore & DocumentStore;
  readonly keeping: SecretKeeping;
  /** Teams by the service that they own. */
  readonly owners: () => Promise<ReadonlyMap<string, string>>;
  readonly people: People;
  readonly apiKeys: ApiKeys;
  readonly fingerprintKey: Uint8Array;
  /** Undefined: reports of GitHub are refused. */
  readonly githubKeysFile: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServerLeaks {
  readonly leaks: Leaks;
  /** A report as GitHub sends it to partners, and what it is answered.
   *  @param body as it was sent
   *  @throws {Fault} `secrets/github-not-found` where none are taken, and those of `readReport` */
  github(
    body: string,
    shown: { readonly keyId: string | undefined; readonly signature: string | undefined },
  ): Promise<readonly ReturnType<typeof verdictOf>[]>;
}

/** The response to leaks of a server: what was begun before it started is gone on with. */
export function openLeaks(parts: ServerLeaksParts): ServerLeaks {
  const { store, keeping, people, fingerprintKey, clock, log, githubKeysFile } = parts;
  const leaks = new Leaks({
    ...{ store, secrets: keeping, fingerprintKey, clock, owners: parts.owners },
    credentials: () => allOf((query) => store.credentials(query)),
    issued: { 'api-key': keysOf(parts.apiKeys), person: tokensOf(people) },
  });
  void leaks.resume().catch((thrown: unknown) => {
    log.error({ err: thrown }, 'Leaks that were reported before the start are not answered yet');
  });
  return {
    leaks,
    github: async (body, shown) => {
      if (githubKeysFile === undefined) {
        throw new Fault('secrets/github-not-found', 'Reports of GitHub are not taken here', {
          hint: 'name its keys in `secrets.githubKeysFile`',
        });
      }
      const matches = readReport(body, shown, readKeys(textOf(githubKeysFile)));
      const found = matches.map(({ token, url }) => ({ value: token, where: url }));
      const opened = await leaks.reportAll(found, GITHUB);
      return matches.map((match, at) => verdictOf(match, opened[at] !== undefined));
    },
  };
}

const GITHUB = { actor: 'github', reason: 'found by secret scanning' };

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const why = `${quote(file)} cannot be read: ${messageOf(thrown)}`;
    throw new Fault('secrets/github-keys-unavailable', why);
  }
}

function keysOf(keys: ApiKeys): Issued {
  return {
    find: async (value) => {
      const id = readKey(value)?.id;
      const key = id !== undefined && keys.stateOf(value) !== 'unknown' ? keys.get(id) : undefined;
      if (!key) return undefined;
      const { service, owner, createdAt } = key;
      return { id: key.id, name: `API key ${key.id}`, service, owner, createdAt };
    },
    revoke: async (id, by) => {
      await keys.revoke(id, by);
    },
    revokedAt: async (id) => {
      const key = keys.get(id);
      return key ? (key.revokedAt ?? undefined) : null;
    },
  };
}

/** Tokens by which people are let in: who leaks one is let in no longer. */
function tokensOf(people: People): Issued {
  return {
    find: async (value) => {
      const person = await people.ofToken(value);
      const owner = person?.teams?.length === 1 ? (person.teams[0] ?? null) : null;
      if (!person) return undefined;
      const { name, createdAt } = person;
      return { id: name, name, service: null, owner, createdAt };
    },
    revoke: (id, by) => people.remove(id, by),
    revokedAt: async (id, createdAt) => {
      const person = await people.named(id);
      const isAnother = createdAt !== null && person?.createdAt !== createdAt;
      return person === undefined || isAnother ? null : undefined;
    },
  };
}
