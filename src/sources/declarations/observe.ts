import { posix } from 'node:path';
import type { DataPath } from '../../base/data.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import {
  CRITICALITIES,
  type Criticality,
  type DeclaredSecret,
  type Observation,
  type Source,
  type Subject,
  type Tag,
  toOperation,
} from '../../estate/index.ts';
import type { CheckedDocument } from './check.ts';
import { SPECIFICATIONS } from './schema.ts';

export interface DeclarationContext {
  /** Path of the declaration. */
  readonly file: string;
  /** It declares one service only, so its folder is that service. */
  readonly isAlone: boolean;
  exists(path: string): boolean;
  observe(observation: Observation): void;
  report(diagnostic: Diagnostic): void;
}

interface Declared {
  readonly document: CheckedDocument;
  readonly context: DeclarationContext;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly subject: Subject;
  sourceAt(path: DataPath): Source;
}

/** Turns what is valid in one declaration into observations. */
export function tellDeclaration(document: CheckedDocument, context: DeclarationContext): void {
  const name = document.textAt('metadata', 'name');
  if (name === undefined) return;
  const namespace = document.textAt('metadata', 'namespace');
  const declared: Declared = {
    document,
    context,
    name,
    namespace,
    subject: subjectOf(name, namespace),
    sourceAt: (path) => ({
      reader: 'declarations',
      how: 'declared',
      file: context.file,
      ...document.document.at(path),
    }),
  };
  tellService(declared);
  if (context.isAlone) tellFolder(declared);
  for (const index of document.indexesOf('spec', 'exposes')) tellExposure(declared, index);
  for (const index of document.indexesOf('spec', 'calls')) tellCall(declared, index);
  for (const index of document.indexesOf('spec', 'credentials')) tellCredential(declared, index);
}

function tellService({ document, context, subject, sourceAt }: Declared): void {
  const owner = document.textAt('metadata', 'owner');
  const sensitivity = tagsAt(document, ['spec', 'sensitivity']);
  const runsAs = {
    selectors: namesAt(document, ['spec', 'identity', 'selectors']),
    federatesWith: namesAt(document, ['spec', 'identity', 'federatesWith']),
  };
  const said = CRITICALITIES.find((one) => one === document.textAt('spec', 'criticality'));
  const criticality: Criticality | undefined = said;
  const mode = document.textAt('spec', 'authorization', 'mode');
  const declaredSecrets = document
    .indexesOf('spec', 'credentials')
    .flatMap((index) => secretAt(document, ['spec', 'credentials', index]));
  context.observe({
    kind: 'service',
    subject,
    ...(owner !== undefined && { owner: { owner, rank: 'declaration' as const } }),
    ...(criticality && { criticality }),
    ...(sensitivity.length > 0 && { sensitivity }),
    ...(document.at('spec', 'identity') !== undefined && { runsAs }),
    ...(declaredSecrets.length > 0 && { declaredSecrets }),
    ...((mode === 'enforce' || mode === 'shadow') && { authorizationMode: mode }),
    ...(document.at('spec', 'calls') !== undefined && { declaresCalls: true }),
    source: sourceAt(['metadata', 'name']),
  });
}

function tellFolder({ context, name, namespace, sourceAt }: Declared): void {
  context.observe({
    kind: 'component',
    folder: folderOf(context.file),
    names: [name],
    service: { name, ...(namespace && { namespace }) },
    runnable: true,
    source: sourceAt(['metadata', 'name']),
  });
}

function tellExposure(declared: Declared, index: number): void {
  const { document } = declared;
  const path = ['spec', 'exposes', index];
  if (document.at(...path) === undefined) return;
  const sensitivity = tagsAt(document, [...path, 'sensitivity']);
  for (const kind of SPECIFICATIONS) tellSpecification(declared, [...path, kind], sensitivity);
  for (const { text, index: place } of document.textsAt(...path, 'operations')) {
    const operation = toOperation(text);
    if (!operation) continue;
    declared.context.observe({
      kind: 'endpoint',
      subject: declared.subject,
      ...operation,
      ...(sensitivity.length > 0 && { sensitivity }),
      source: declared.sourceAt([...path, 'operations', place]),
    });
  }
}

function tellSpecification(declared: Declared, path: DataPath, sensitivity: readonly Tag[]): void {
  const { document, context, name, namespace } = declared;
  const written = document.textAt(...path);
  if (written === undefined) return;
  const file = posix.normalize(posix.join(folderOf(context.file), written));
  if (!context.exists(file)) {
    context.report({
      severity: 'error',
      code: 'declarations/specification-not-found',
      message: `${quote(written, 200)} does not exist in this folder`,
      hint: 'write the path relative to this file',
      file: context.file,
      ...document.document.valueAt(path),
    });
    return;
  }
  context.observe({
    kind: 'component',
    folder: file,
    names: [name],
    service: { name, ...(namespace && { namespace }) },
    runnable: false,
    ...(sensitivity.length > 0 && { sensitivity }),
    source: declared.sourceAt(path),
  });
}

function tellCall(declared: Declared, index: number): void {
  const { document, context, subject, namespace } = declared;
  const path = ['spec', 'calls', index];
  const service = document.textAt(...path, 'service');
  if (service === undefined) return;
  const call = {
    kind: 'call',
    from: subject,
    to: subjectOf(service, document.textAt(...path, 'namespace') ?? namespace),
    evidence: 'declared in reeve.yaml',
  } as const;
  if (document.at(...path, 'operations') === undefined) {
    // A list that is wrong as a whole admits nothing; an absent one admits every operation.
    if (isSaid(document, path, 'operations')) return;
    context.observe({ ...call, source: declared.sourceAt([...path, 'service']) });
    return;
  }
  for (const { text, index: place } of document.textsAt(...path, 'operations')) {
    const operation = text.startsWith('/') ? text.slice(1) : text;
    context.observe({
      ...call,
      operation,
      source: declared.sourceAt([...path, 'operations', place]),
    });
  }
}

/** None where it is not clear whose it is. */
function secretAt(document: CheckedDocument, path: DataPath): DeclaredSecret[] {
  const name = document.textAt(...path, 'name');
  const service = document.textAt(...path, 'service');
  if (name === undefined) return [];
  if (service !== undefined) return [{ name, service }];
  const isOwn =
    document.textAt(...path, 'kind') !== undefined && !isSaid(document, path, 'service');
  return isOwn ? [{ name }] : [];
}

/** Whether a key is there, be its value right or wrong. */
function isSaid(document: CheckedDocument, path: DataPath, key: string): boolean {
  const value = document.at(...path);
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function tellCredential(declared: Declared, index: number): void {
  const { document, context, name: service, namespace, subject } = declared;
  const path = ['spec', 'credentials', index];
  const name = document.textAt(...path, 'name');
  const kind = document.textAt(...path, 'kind');
  // that of another service is told of where that one declares it
  if (name === undefined || kind === undefined || isSaid(document, path, 'service')) return;
  const owner = document.textAt(...path, 'owner') ?? document.textAt('metadata', 'owner');
  const every = document.textAt(...path, 'rotation', 'every');
  context.observe({
    kind: 'credential',
    subject,
    name,
    credentialKind: kind,
    keys: [`declared:${service}/${name}`, `secret:${namespace ?? ''}/${name}`],
    ...(owner !== undefined && { owner: { owner, rank: 'declaration' as const } }),
    ...(every !== undefined && { rotation: `every ${every}` }),
    source: declared.sourceAt([...path, 'name']),
  });
}

/** Each once, in order. */
function namesAt(document: CheckedDocument, path: DataPath): string[] {
  return [...new Set(document.textsAt(...path).map(({ text }) => text))].sort();
}

function tagsAt(document: CheckedDocument, path: DataPath): Tag[] {
  return document.textsAt(...path).map(({ text }) => ({ tag: text, because: 'reeve.yaml' }));
}

function subjectOf(name: string, namespace: string | undefined): Subject {
  return { by: 'name', name, ...(namespace !== undefined && { namespace }) };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
