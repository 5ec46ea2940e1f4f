import {
  type Fields,
  fieldsAt,
  isFields,
  numberAt,
  pick,
  textAt,
  textsAt,
} from '../../base/pick.ts';
import type { KvPlace } from '../model/index.ts';
import { TargetFault } from '../rotation/rotator.ts';
import { faultOf } from './faults.ts';
import type { Answer } from './request.ts';
import { type KvAccess, type KvSession, withSession } from './session.ts';

/** A version as the engine has it. */
export interface KvVersion {
  readonly number: number;
  /** `deleted` ones can be brought back, `destroyed` ones cannot. */
  readonly state: 'kept' | 'deleted' | 'destroyed';
}

/** What is known of a path beside its data. */
export interface KvMetadata {
  /** 0: nothing was ever written. */
  readonly current: number;
  /** Oldest first. */
  readonly versions: readonly KvVersion[];
  readonly custom: Readonly<Record<string, string>>;
  readonly settings: Fields;
}

const NOTHING: KvMetadata = { current: 0, versions: [], custom: {}, settings: {} };

/** One path of a KV engine, version 2.
 *  @see https://openbao.org/api-docs/secret/kv/kv-v2/ */
export interface KvPath {
  metadata(): Promise<KvMetadata>;
  /** The data of a version; undefined: it is not there, deleted or destroyed. */
  read(version: number): Promise<Fields | undefined>;
  /** Writes a version on top of `current`, and only there.
   *  @throws {TargetFault} `changed` where another is on top */
  write(data: Readonly<Record<string, string>>, current: number): Promise<void>;
  /** What anybody who sees the path may know. Replaces all of it. */
  describe(custom: Readonly<Record<string, string>>): Promise<void>;
  destroy(versions: readonly number[]): Promise<void>;
}

/** Names a path for people. */
export const placeOf = ({ url, namespace, mount, path }: KvPlace): string =>
  `${[namespace, mount, path].filter((part) => part !== undefined).join('/')} at ${new URL(url).host}`;

/** Logs in, and lets `use` work with the path.
 *  @throws {TargetFault} */
export const withKv = <T>(access: KvAccess, use: (path: KvPath) => Promise<T>): Promise<T> =>
  withSession(access, (session) => use(pathOf(access.place, session)));

function pathOf(place: KvPlace, session: KvSession): KvPath {
  const where = placeOf(place);
  const at = (part: string): string => `${place.mount}/${part}/${place.path}`;
  const post = async (part: string, body: object, doing: string) => {
    const answer = await session.ask({ method: 'POST', path: at(part), body });
    if (answer.status >= 300) throw faultOf(answer, `${doing} ${where}`);
  };
  return {
    async metadata() {
      const answer = await session.ask({ method: 'GET', path: at('metadata') });
      if (isEmpty(answer)) {
        await requireVersionTwo(place, session);
        return NOTHING;
      }
      if (answer.status !== 200) throw faultOf(answer, `Looking at ${where}`);
      return toMetadata(fieldsAt(answer.body, 'data'));
    },
    async read(version) {
      const answer = await session.ask({ method: 'GET', path: `${at('data')}?version=${version}` });
      if (isEmpty(answer) || isFields(pick(answer.body, 'data', 'metadata'))) {
        const data = pick(answer.body, 'data', 'data');
        return isFields(data) ? data : undefined;
      }
      throw faultOf(answer, `Reading ${where}`);
    },
    write: (data, current) => post('data', { options: { cas: current }, data }, 'Writing'),
    describe: (custom) => post('metadata', { custom_metadata: custom }, 'Describing'),
    destroy: async (versions) => {
      if (versions.length > 0) await post('destroy', { versions }, 'Destroying versions of');
    },
  };
}

/** In an engine of version 1, `data/` is a folder like any other: a value would be written to a place that nobody reads.
 *  Who may see nothing of the mount is told by what is asked next. */
async function requireVersionTwo({ mount }: KvPlace, session: KvSession): Promise<void> {
  const path = `sys/internal/ui/mounts/${mount}`;
  const { status, body } = await session.ask({ method: 'GET', path });
  if (status !== 200 || textAt(body, 'data', 'options', 'version') === '2') return;
  const hint = 'name another mount, or upgrade this one: `bao kv enable-versioning`';
  throw new TargetFault('invalid', `${mount} is no KV engine of version 2`, hint);
}

/** A path that is not there is 404 with an empty list; a mount that is not there has something to say. */
function isEmpty({ status, body }: Answer): boolean {
  const errors = pick(body, 'errors');
  return status === 404 && Array.isArray(errors) && errors.length === 0;
}

function toMetadata(data: Fields): KvMetadata {
  const { versions, custom_metadata, current_version, ...settings } = data;
  return {
    current: numberAt({ current_version }, 'current_version') ?? 0,
    versions: Object.entries(fieldsAt({ versions }, 'versions'))
      .map(([number, version]) => ({ number: Number(number), state: stateOf(version) }))
      .sort((a, b) => a.number - b.number),
    custom: textsAt({ custom_metadata }, 'custom_metadata'),
    settings,
  };
}

function stateOf(version: unknown): KvVersion['state'] {
  if (pick(version, 'destroyed') === true) return 'destroyed';
  return (textAt(version, 'deletion_time') ?? '') === '' ? 'kept' : 'deleted';
}
