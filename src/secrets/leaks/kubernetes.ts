import type { DataDocument, DataPath } from '../../base/data.ts';
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../base/pick.ts';
import type { Subject } from '../../estate/index.ts';
import { expiryOf } from './certificates.ts';
import { variableUses, volumeUses } from './configmap-uses.ts';
import { judgeVariable, judgeWords, variablesAt, wordsAt } from './containers.ts';
import { detectValue } from './detect.ts';
import {
  type ConfigMapUse,
  type Found,
  type Leaf,
  Places,
  type Structured,
  toFound,
} from './found.ts';
import { judgeSecretEntry } from './secret-entry.ts';
import { workloadName } from './workload-name.ts';

const NAMES_VERSION = /(?:^[ \t{-]*|[{,] ?)"?apiVersion"?[ \t]*:/m;
const NAMES_KIND = /(?:^[ \t{-]*|[{,] ?)"?kind"?[ \t]*:/m;

/** Whether a YAML or JSON text has what every Kubernetes object has, told without parsing. */
export function mentionsKubernetes(text: string): boolean {
  return NAMES_VERSION.test(text) && NAMES_KIND.test(text);
}

/** One object with the path to it inside its document. */
interface Manifest {
  readonly document: DataDocument;
  readonly path: DataPath;
  readonly value: Fields;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

interface Gathering {
  readonly places: Places;
  readonly found: Found[];
  readonly judgedLines: Set<number>;
  readonly uses: ConfigMapUse[];
}

/** Kinds whose values are encrypted, or say where the value is. */
const SEALED = new Set([
  'SealedSecret',
  'ExternalSecret',
  'ClusterExternalSecret',
  'SecretProviderClass',
  'VaultStaticSecret',
  'VaultDynamicSecret',
  'SopsSecret',
]);

const READ_KIND: ReadonlyMap<string, (manifest: Manifest, gathering: Gathering) => void> = new Map([
  ['Secret', readSecret],
  ['ConfigMap', readConfigMap],
]);

/** Credentials in Kubernetes objects: `data` of Secrets decoded, entries of ConfigMaps, variables and
 *  commands of containers wherever a pod template lies. */
export function readKubernetes(documents: readonly DataDocument[], text: string): Structured {
  const gathering: Gathering = {
    places: new Places(text),
    found: [],
    judgedLines: new Set(),
    uses: [],
  };
  const manifests = documents.flatMap((document) => manifestsIn(document, [], document.value));
  for (const manifest of manifests) {
    const read =
      READ_KIND.get(manifest.kind) ?? (SEALED.has(manifest.kind) ? readNothing : readPods);
    read(manifest, gathering);
  }
  const starts = manifests.map((manifest) => ({
    line: manifest.document.valueAt(manifest.path).line,
    manifest,
  }));
  return {
    found: gathering.found,
    judgedLines: gathering.judgedLines,
    uses: gathering.uses,
    around: (line) => {
      const manifest = starts.findLast((start) => start.line <= line)?.manifest;
      return manifest && surroundings(manifest);
    },
  };
}

function surroundings({ kind, ...rest }: Manifest): Pick<Found, 'in' | 'subject'> {
  if (kind === 'Secret') return { in: 'secret' };
  if (kind === 'ConfigMap') return { in: 'configmap' };
  const isWorkload =
    isFields(fieldsAt(rest.value, 'spec', 'template').spec) || kind === 'Pod' || kind === 'CronJob';
  return isWorkload ? { in: 'env', subject: subjectOf(rest) } : { in: 'file' };
}

/** The items of a List are objects of their own. */
function manifestsIn(document: DataDocument, path: DataPath, value: unknown): Manifest[] {
  if (!isFields(value)) return [];
  const [kind, apiVersion] = [textAt(value, 'kind'), textAt(value, 'apiVersion')];
  if (kind === undefined || apiVersion === undefined) return [];
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    return value.items.flatMap((item, index) =>
      manifestsIn(document, [...path, 'items', index], item),
    );
  }
  const name = textAt(value, 'metadata', 'name') ?? '';
  return [{ document, path, value, kind, name, namespace: textAt(value, 'metadata', 'namespace') }];
}

function subjectOf({
  value,
  name,
  namespace,
}: Pick<Manifest, 'value' | 'name' | 'namespace'>): Subject {
  const labels = {
    ...fieldsAt(value, 'metadata', 'labels'),
    ...fieldsAt(value, 'spec', 'template', 'metadata', 'labels'),
  };
  return {
    by: 'name',
    name: workloadName(name, labels),
    ...(namespace !== undefined && { namespace }),
  };
}

function readNothing(
  { document, value, path }: Manifest,
  { places, judgedLines }: Gathering,
): void {
  for (const leaf of leavesOf(value, path)) {
    for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
  }
}

function readSecret(manifest: Manifest, gathering: Gathering): void {
  const { document, value, path, name, namespace } = manifest;
  const { places, found, judgedLines } = gathering;
  const entries = [
    ...secretEntries(value, path, 'data', decodeBase64),
    ...secretEntries(value, path, 'stringData', (text) => text),
  ];
  const expires = expiryOf(entries.map((entry) => entry.plain));
  for (const { leaf, plain, isEncoded } of entries) {
    for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
    const hasKey = plain.includes('PRIVATE KEY');
    for (const match of judgeSecretEntry(leaf.name, plain)) {
      const position = isEncoded
        ? places.beginningOf(document, leaf.path)
        : places.of(document, { ...leaf, value: plain }, match);
      found.push(
        toFound(match, plain, position, {
          in: 'secret',
          keys: [`secret:${namespace ?? ''}/${name}#${leaf.name}`],
          isEncoded,
          ...(hasKey && expires !== undefined && { expires }),
        }),
      );
    }
  }
}

function* secretEntries(
  value: Fields,
  path: DataPath,
  field: 'data' | 'stringData',
  decode: (text: string) => string | undefined,
): Iterable<{ leaf: Leaf; plain: string; isEncoded: boolean }> {
  for (const leaf of variablesAt(fieldsAt(value, field), [...path, field])) {
    const plain = decode(leaf.value);
    if (plain !== undefined) yield { leaf, plain, isEncoded: field === 'data' };
  }
}

/** Undefined for what is no base64; binary stays what it is, character by byte. */
function decodeBase64(text: string): string | undefined {
  const compact = text.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact, 'base64');
  const plain = bytes.toString('utf8');
  return plain.includes('\ufffd') ? bytes.toString('latin1') : plain;
}

function readConfigMap(manifest: Manifest, gathering: Gathering): void {
  const { document, value, path, name, namespace } = manifest;
  const { places, found, judgedLines } = gathering;
  const leaves = variablesAt(fieldsAt(value, 'data'), [...path, 'data']);
  const nearby = leaves.map((leaf) => leaf.value.slice(0, 200)).join('\n');
  for (const leaf of leaves) {
    for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
    const configMap = { namespace, name, key: leaf.name };
    for (const match of detectValue(leaf.name, leaf.value, nearby)) {
      const place = places.of(document, leaf, match);
      found.push(toFound(match, leaf.value, place, { in: 'configmap', configMap }));
    }
  }
}

const COMMANDS = ['command', 'args'];
const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers', 'container']);
const MAX_DEPTH = 60;

/** Containers at any depth, so that every kind with a pod template is read, custom ones too. */
function readPods(manifest: Manifest, gathering: Gathering): void {
  const subject = subjectOf(manifest);
  const walk = (value: unknown, path: DataPath): void => {
    if (path.length > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(key) : key;
      if (key === 'volumes') gathering.uses.push(...volumeUses(child, manifest, subject));
      if (!CONTAINERS.has(key)) {
        walk(child, [...path, step]);
        continue;
      }
      const containers = Array.isArray(child) ? child.entries() : [[undefined, child] as const];
      for (const [index, container] of containers) {
        const at = index === undefined ? [...path, key] : [...path, key, index];
        readContainer(manifest, gathering, fieldsAt(container), at, subject);
      }
    }
  };
  walk(manifest.value, manifest.path);
}

function readContainer(
  { document, namespace }: Manifest,
  { places, found, judgedLines, uses }: Gathering,
  container: Fields,
  path: DataPath,
  subject: Subject,
): void {
  const image = textAt(container, 'image');
  for (const leaf of variablesAt(listAt(container, 'env'), [...path, 'env'])) {
    for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
    found.push(...judgeVariable(document, places, leaf, { in: 'env', subject }, image));
  }
  uses.push(...variableUses(container, namespace, subject));
  const words = COMMANDS.flatMap((field) => wordsAt(container[field], [...path, field]));
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) =>
    wordsAt(fieldsAt(container, probe, 'exec').command, [...path, probe, 'exec', 'command']),
  );
  for (const command of [words, ...probes]) {
    for (const leaf of command) {
      for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
    }
    found.push(...judgeWords(document, places, command, { in: 'argument', subject }));
  }
}

function* leavesOf(value: unknown, path: DataPath): Iterable<Leaf> {
  if (typeof value === 'string') yield { path, name: String(path.at(-1)), value };
  if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return;
  for (const [key, child] of Object.entries(value)) {
    yield* leavesOf(child, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}
