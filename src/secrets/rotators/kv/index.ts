import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../../../base/pick.ts';
import { type KvMetadata, type KvPath, placeOf, withKv } from '../../kv/index.ts';
import type { SecretValue } from '../../model/index.ts';
import { type Rotator, type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import { drawPassword } from '../password.ts';
import { KvRotation } from './config.ts';

type Context = RotatorContext<KvRotation>;

/** What stands at the path, as far as a step needs it. */
interface Standing {
  readonly path: KvPath;
  readonly metadata: KvMetadata;
  /** Of the version on top; undefined: there is none, or it is deleted. */
  readonly data: Fields | undefined;
}

/** Renews a random value whose only home is a path of a KV engine, version 2, of OpenBao or Vault: whoever uses it reads it
 *  there. Each value is a version of the path. */
export const kvRotator: Rotator<KvRotation> = {
  kind: 'kv',
  config: KvRotation,
  // one that logs in by a projected token needs none; where one is missing, the log-in says so
  needsAdmin: false,

  make: ({ config, random }) => ({ value: drawPassword(config.password, random) }),

  set: (context, pending) =>
    at(context, async (standing) => {
      if (!holds(context, standing, pending)) {
        proveOurs(context, standing);
        await write(context, standing, pending);
      }
      await describe(context, standing);
    }),

  test: (context, pending) =>
    at(context, async (standing) => {
      if (!holds(context, standing, pending)) throw changed(context);
    }),

  // readers get the version on top, so the current value has to be there again
  undo: (context, pending) =>
    at(context, async (standing) => {
      const { current } = context;
      if (current && holds(context, standing, pending)) await write(context, standing, current);
      await destroy(context, standing, pending);
    }),

  revoke: (context, value) => at(context, (standing) => destroy(context, standing, value)),

  isRefused: (context, value) =>
    at(context, async (standing) => (await versionsOf(context, standing, value)).length === 0),

  target: ({ url, namespace = '', mount, path }) =>
    JSON.stringify([new URL(url).host, namespace, mount, path]),

  claims: ({ auth }) => ({ isAsReeve: auth.method === 'jwt' }),

  inspect: (context) =>
    at(context, async ({ metadata: { settings } }) =>
      ['cas_required', 'max_versions', 'delete_version_after']
        .map((name) => `${name} ${JSON.stringify(settings[name])}`)
        .sort(),
    ),
};

const at = <T>({ config, admin, signal }: Context, use: (standing: Standing) => Promise<T>) =>
  withKv({ place: config, admin, signal }, async (path) => {
    const metadata = await path.metadata();
    const data = metadata.current === 0 ? undefined : await path.read(metadata.current);
    return use({ path, metadata, data });
  });

const dataOf = ({ field }: KvRotation, { value = '' }: SecretValue) => ({ [field]: value });

const holds = ({ config }: Context, { data }: Pick<Standing, 'data'>, value: SecretValue) =>
  isDeepStrictEqual(data, dataOf(config, value));

/** A path is ours where the current value is on top of it. Before there is one, nothing may be. What was deleted there,
 *  was deleted by others: whoever reads gets nothing, and a new value is what they need. */
function proveOurs(context: Context, standing: Standing): void {
  const { current } = context;
  if (standing.data === undefined) return;
  if (current === undefined || !holds(context, standing, current)) throw changed(context);
}

const write = ({ config }: Context, { path, metadata }: Standing, value: SecretValue) =>
  path.write(dataOf(config, value), metadata.current);

async function describe({ secret }: Context, { path, metadata }: Standing): Promise<void> {
  const custom = { ...metadata.custom, 'reeve-secret': secret.slice(0, 512) };
  if (!isDeepStrictEqual(custom, metadata.custom)) await path.describe(custom);
}

async function destroy(context: Context, standing: Standing, value: SecretValue): Promise<void> {
  await standing.path.destroy(await versionsOf(context, standing, value));
}

/** Versions that hold a value, or may: what was deleted cannot be read, and can be brought back. */
async function versionsOf(
  context: Context,
  { path, metadata }: Standing,
  value: SecretValue,
): Promise<number[]> {
  const found: number[] = [];
  for (const { number, state } of metadata.versions) {
    if (state === 'destroyed') continue;
    const data = await path.read(number);
    if (data === undefined || holds(context, { data }, value)) found.push(number);
  }
  return found;
}

const changed = ({ config }: Context): TargetFault =>
  new TargetFault(
    'changed',
    `Somebody else has written to ${placeOf(config)}`,
    'see who; then give Reeve the value that is there, or write back the one that Reeve has',
  );
