import { posix } from 'node:path';
import { listAt, textAt } from '../../base/pick.ts';
import type { CallObservation } from '../../estate/index.ts';
import { type AddressLine, addressesInText } from '../address-lines.ts';
import type { ReadContext } from '../reader.ts';
import { variablesOf } from './environment.ts';
import { interpolate } from './interpolate.ts';
import { type Definition, READER, within } from './project.ts';

const CONFIGURATION =
  /\.(?:ya?ml|json|conf|cfg|cnf|ini|toml|properties|template|tmpl|alloy|river)$/i;
/** Folders that are mounted elsewhere hold code and data. */
const CONFIGURATION_FOLDER =
  /^\/etc\/|(?:^|\/)(?:conf|conf\.d|config|configs|provisioning)(?:\/|$)/;
/** Files of one mounted folder. */
const MAX_FILES = 100;
const MAX_BYTES = 262_144;
/** The same file, given to this many services … */
const DIRECTORY_READERS = 3;
/** … and with this many addresses, lists what there is rather than whom its reader calls. */
const DIRECTORY_ADDRESSES = 4;

/** Calls that files of the project give away which a container has mounted: the configuration of a
 *  collector, a proxy, a scraper. They count where the host is one of the estate's. */
export function callsOfMounts(
  definitions: readonly Definition[],
  context: ReadContext,
): readonly CallObservation[] {
  const mounts = definitions.flatMap((definition) =>
    mountedFiles(definition, context).map((file) => ({ definition, file })),
  );
  const readers = Map.groupBy(mounts, ({ file }) => file);
  return mounts.flatMap(({ definition, file }) => {
    const addresses = addressesOf(file, environmentOf(definition, definitions, context), context);
    const services = new Set(readers.get(file)?.map((mount) => mount.definition.service));
    if (services.size >= DIRECTORY_READERS && isDirectory(addresses)) return [];
    return addresses
      .filter(({ host }) => host !== definition.service)
      .map((address) => toCall(definition, file, address));
  });
}

function isDirectory(addresses: readonly AddressLine[]): boolean {
  return new Set(addresses.map(({ host }) => host)).size >= DIRECTORY_ADDRESSES;
}

function toCall({ service }: Definition, file: string, address: AddressLine): CallObservation {
  const { host, port, name, lineIndex } = address;
  const property = name === '' ? '' : `${name} in `;
  return {
    kind: 'call',
    from: { by: 'name', name: service },
    to: { by: 'address', host, ...(port !== undefined && { port }), known: true },
    evidence: `${property}mounted file ${posix.basename(file)}`,
    ...(port !== undefined && { port }),
    source: { reader: READER, how: 'configured', file, line: lineIndex + 1, column: 1 },
  };
}

function addressesOf(
  path: string,
  environment: ReadonlyMap<string, string>,
  context: ReadContext,
): readonly AddressLine[] {
  const file = context.open(path);
  if (!file || file.bytes.length > MAX_BYTES || file.isBinary) return [];
  // What the OpenTelemetry Collector writes for `${NAME}`.
  const text = file.text.replace(/\$\{env:(?=\w)/g, '${');
  return addressesInText(interpolate(text, environment));
}

/** What the container sees, whichever of the project's files sets it. */
function environmentOf(
  { service, folder }: Definition,
  definitions: readonly Definition[],
  context: ReadContext,
): ReadonlyMap<string, string> {
  const own = definitions.filter((one) => one.service === service && one.folder === folder);
  const pairs = own.flatMap((one) => variablesOf(one, context));
  // A value of several lines would move the lines behind it.
  return new Map(
    pairs.flatMap(({ name, value }) => (value.includes('\n') ? [] : [[name, value] as const])),
  );
}

function mountedFiles(definition: Definition, context: ReadContext): readonly string[] {
  const files = listAt(definition.value, 'volumes').flatMap((volume) => {
    const { source, target } = mountOf(volume, definition);
    const path = source === undefined ? undefined : within(definition.folder, source);
    if (!path || target === undefined) return [];
    if (CONFIGURATION.test(path)) return [path];
    return CONFIGURATION_FOLDER.test(target) ? filesIn(path, context.paths) : [];
  });
  return [...new Set(files)];
}

/** `./source:/target:ro`, or the long form; a named volume has no path of its own. */
function mountOf(volume: unknown, { variables }: Definition): { source?: string; target?: string } {
  const short = textAt(volume);
  const [source, target] =
    short === undefined
      ? [textAt(volume, 'source'), textAt(volume, 'target')]
      : interpolate(short, variables).split(':');
  const path = source === undefined ? undefined : interpolate(source, variables);
  if (path === undefined || !path.includes('/') || path.includes('$')) return {};
  return { source: path, ...(target !== undefined && { target }) };
}

function filesIn(folder: string, paths: readonly string[]): readonly string[] {
  return paths
    .filter((path) => path.startsWith(`${folder}/`) && CONFIGURATION.test(path))
    .slice(0, MAX_FILES);
}
