import type { DataDocument } from '../../base/data.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Position } from '../../base/text.ts';
import type { CredentialObservation, Observation, Subject } from '../../estate/index.ts';
import { certificatePathsOf, expiryOf } from './certificates.ts';
import { isComposePath, readCompose } from './compose.ts';
import { isUseOf } from './configmap-uses.ts';
import { detect, hasLongLine } from './detect.ts';
import { isSkipped, isTranslation, placeOf, syntaxOf } from './files.ts';
import {
  type ConfigMapKey,
  type ConfigMapUse,
  type Found,
  type Structured,
  toFound,
} from './found.ts';
import { isKeystorePath, keystoreKind } from './keystores.ts';
import { mentionsKubernetes, readKubernetes } from './kubernetes.ts';
import { DEFAULT_DETECT_LIMITS, type DetectLimits } from './match.ts';
import { toObservation } from './observe.ts';

/** What this reader needs of a file and of the pass over a folder. It fits the port of readers of
 *  files (name, wants, start) without importing it: domains do not import each other. */
export interface LeakFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly text: string;
  readonly isBinary: boolean;
  position(offset: number): Position;
  documents(report: (diagnostic: Diagnostic) => void): readonly DataDocument[];
}

export interface LeakContext {
  observe(observation: Observation): void;
  report(diagnostic: Diagnostic): void;
  open(path: string): LeakFile | undefined;
}

export interface LeakReader {
  readonly name: 'credentials';
  wants(path: string): boolean;
  start(context: LeakContext): { read(file: LeakFile): void; finish(): void };
}

export interface LeakLimits extends DetectLimits {
  /** Larger files are data: they are not looked through. */
  readonly maxFileBytes: number;
}

export const DEFAULT_LEAK_LIMITS: LeakLimits = {
  ...DEFAULT_DETECT_LIMITS,
  maxFileBytes: 5 * 1024 * 1024,
};

/** The reader that finds credentials lying about in files. Values leave it only as fingerprints made
 *  with `fingerprintKey`. */
export function credentials(
  fingerprintKey: Uint8Array,
  limits: LeakLimits = DEFAULT_LEAK_LIMITS,
): LeakReader {
  return {
    name: 'credentials',
    wants: (path) => isKeystorePath(path) || !isSkipped(path),
    start: (context) => {
      const entries: { observation: CredentialObservation; configMap: ConfigMapKey }[] = [];
      const uses: ConfigMapUse[] = [];
      return {
        read: (file) => {
          for (const found of findAll(file, context, limits, uses)) {
            const observation = toObservation(file.path, found, fingerprintKey);
            if (found.configMap) entries.push({ observation, configMap: found.configMap });
            else context.observe(observation);
          }
        },
        finish: () => {
          for (const { observation, configMap } of entries) {
            const subjects = subjectsOf(configMap, uses);
            if (subjects.length === 0) context.observe(observation);
            for (const subject of subjects) context.observe({ ...observation, subject });
          }
        },
      };
    },
  };
}

/** Workloads and ConfigMaps often lie in different files, so who uses an entry is known at the end. */
function subjectsOf(entry: ConfigMapKey, uses: readonly ConfigMapUse[]): readonly Subject[] {
  const subjects = uses.filter((use) => isUseOf(use.configMap, entry)).map((use) => use.subject);
  return [...new Map(subjects.map((subject) => [JSON.stringify(subject), subject])).values()];
}

function findAll(
  file: LeakFile,
  context: LeakContext,
  limits: LeakLimits,
  uses: ConfigMapUse[],
): readonly Found[] {
  if (file.isBinary || isBinaryKey(file)) return keystoreIn(file);
  if (isSkipped(file.path)) return [];
  if (file.bytes.length > limits.maxFileBytes) {
    note(
      context,
      file,
      'credentials/too-large',
      `is larger than ${limits.maxFileBytes} bytes, so it was not searched for credentials`,
    );
    return [];
  }
  const structured = structureOf(file, context);
  uses.push(...(structured?.uses ?? []));
  const found = merge(structured, findInText(file, context, structured, limits));
  if (found.length <= limits.maxMatches) return found;
  note(
    context,
    file,
    'credentials/too-many',
    `holds more than ${limits.maxMatches} credentials; the rest was left out`,
  );
  return found.slice(0, limits.maxMatches);
}

function note(context: LeakContext, file: LeakFile, code: string, message: string): void {
  context.report({ severity: 'note', code, message, file: file.path });
}

/** DER without a NUL byte at its beginning looks like text. */
function isBinaryKey(file: LeakFile): boolean {
  return (
    isKeystorePath(file.path) && file.bytes[0] !== 0x2d && keystoreKind(file.bytes) !== undefined
  );
}

function keystoreIn(file: LeakFile): readonly Found[] {
  const kind = isKeystorePath(file.path) ? keystoreKind(file.bytes) : undefined;
  if (kind === undefined) return [];
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const value = file.bytes.toString('base64');
  return [{ kind, name, rule: `key/${kind}`, value, in: 'file', line: 1, column: 1 }];
}

/** Manifests and Compose files are read as data; a template is not yet data. */
function structureOf(file: LeakFile, context: LeakContext): Structured | undefined {
  if (!/\.(?:ya?ml|json)$/i.test(file.path) || file.text.includes('{{')) return undefined;
  const report = (diagnostic: Diagnostic) => context.report(diagnostic);
  if (isComposePath(file.path)) return readCompose(file.documents(report), file.text);
  if (!mentionsKubernetes(file.text)) return undefined;
  return readKubernetes(file.documents(report), file.text);
}

function findInText(
  file: LeakFile,
  context: LeakContext,
  structured: Structured | undefined,
  limits: LeakLimits,
): readonly Found[] {
  const syntax = syntaxOf(file.path);
  const matches = detect(
    file.text,
    { syntax, path: file.path, translations: isTranslation(file.path) },
    { ...limits, maxMatches: limits.maxMatches + 1 },
  );
  if (hasLongLine(file.text, limits)) {
    note(
      context,
      file,
      'credentials/long-line',
      `has a line of more than ${limits.maxLineLength} characters, in which only known forms of credentials were looked for`,
    );
  }
  const subject: Subject = { by: 'place', file: file.path };
  return matches.flatMap((match) => {
    const place = file.position(match.start);
    if (structured?.judgedLines.has(place.line)) return [];
    const around = structured?.around(place.line) ?? { in: placeOf(file.path, syntax), subject };
    const found = toFound(match, file.text, place, {
      ...around,
      ...(match.argument && { in: 'argument' as const }),
    });
    return match.rule === 'key/pem' ? [withExpiry(found, file, context)] : [found];
  });
}

/** The certificate of a key, in the same file or beside it, says when both end. */
function withExpiry(found: Found, file: LeakFile, context: LeakContext): Found {
  const own = expiryOf([file.text]);
  if (own !== undefined) return { ...found, expires: own };
  for (const path of certificatePathsOf(file.path)) {
    const certificate = context.open(path);
    const expires =
      certificate && !certificate.isBinary ? expiryOf([file.text, certificate.text]) : undefined;
    if (expires !== undefined) return { ...found, expires };
  }
  return found;
}

/** In the order of the file. The same place is told once. */
function merge(structured: Structured | undefined, inText: readonly Found[]): readonly Found[] {
  const all = [...(structured?.found ?? []), ...inText];
  const seen = new Set<string>();
  return all
    .filter(({ line, column, name }) => {
      const place = `${line}:${column}:${name}`;
      return !seen.has(place) && seen.add(place);
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}
