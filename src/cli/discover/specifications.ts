import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { Fault, quote } from '../../base/fault.ts';
import { Folder, type FolderFile } from '../../base/folder.ts';
import type { EndpointObservation } from '../../estate/index.ts';
import { attribute, READERS, readFolder } from '../../sources/index.ts';
import type { Specification } from './compare.ts';
import type { DeclaredOperation } from './discovery.ts';

/** Readers of specifications, which a single file is read with. */
const SPECIFICATION_READERS = READERS.filter(({ name }) =>
  ['openapi', 'protobuf', 'graphql', 'asyncapi'].includes(name),
);

export type Tell = (diagnostic: Diagnostic) => void;

/** What one file declares.
 *  @param text `FILE`, or `NAME=FILE` where the name of its service is known
 *  @throws {Fault} `discover/spec-not-found`, `discover/spec-invalid` */
export function readSpecification(text: string, tell: Tell): Specification {
  const { name, file } = toNamedFile(text);
  const reading = readFolder(new OneFile(file), SPECIFICATION_READERS);
  reading.diagnostics.forEach(tell);
  const observed = reading.observations.filter((one) => one.kind === 'endpoint');
  if (observed.length === 0) {
    throw new Fault('discover/spec-invalid', `${quote(file, 200)} declares no operation`, {
      hint: 'name an OpenAPI, AsyncAPI, Protobuf or GraphQL file',
    });
  }
  const titles = observed.flatMap(({ title }) => title ?? []).slice(0, 1);
  return {
    file,
    names: name === undefined ? [basename(file).replace(/\.\w+$/, ''), ...titles] : [name],
    isNamed: name !== undefined,
    operations: observed.map((one) => toOperation(one, file)),
  };
}

/** What a repository declares: one specification for each service.
 *  @throws {Fault} `folder/not-found`, `folder/invalid` */
export function readDeclared(path: string, tell: Tell): Specification[] {
  const reading = readFolder(new Folder(path), READERS);
  reading.diagnostics.filter(({ severity }) => severity === 'error').forEach(tell);
  const { facts } = attribute(reading.observations, { environment: 'default' });
  const declared = facts.filter(
    (fact) => fact.entity === 'endpoint' && fact.source.how === 'declared',
  );
  const services = Map.groupBy(declared, (fact) =>
    fact.entity === 'endpoint' ? fact.service : '',
  );
  return [...services].map(([id, endpoints]) => ({
    file: path,
    // `environment/namespace/name`
    names: [id.slice(id.indexOf('/') + 1), id.slice(id.lastIndexOf('/') + 1)],
    isNamed: false,
    operations: endpoints.flatMap((fact) =>
      fact.entity === 'endpoint' ? [toOperation(fact, fact.source.file ?? path)] : [],
    ),
  }));
}

function toOperation(
  {
    protocol,
    method,
    template,
    source,
  }: Pick<EndpointObservation, 'protocol' | 'method' | 'template' | 'source'>,
  file: string,
): DeclaredOperation {
  return {
    protocol,
    method,
    template,
    file,
    ...(source.line !== undefined && { line: source.line }),
  };
}

function toNamedFile(text: string): { name?: string; file: string } {
  const equals = text.indexOf('=');
  const isFile = statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  const named =
    isFile || equals < 1
      ? { file: text }
      : { name: text.slice(0, equals), file: text.slice(equals + 1) };
  if (statSync(named.file, { throwIfNoEntry: false })?.isFile()) return named;
  throw new Fault('discover/spec-not-found', `${quote(named.file, 200)} is no file`, {
    hint: 'use --spec FILE, --spec NAME=FILE, or --declared DIR',
  });
}

/** A folder of which only one file is read; the others are there for references. */
class OneFile extends Folder {
  readonly #name: string;

  constructor(file: string) {
    super(dirname(file));
    this.#name = basename(file);
  }

  override list(): { files: FolderFile[]; diagnostics: Diagnostic[] } {
    return { files: [{ path: this.#name, sizeBytes: 0 }], diagnostics: [] };
  }
}
