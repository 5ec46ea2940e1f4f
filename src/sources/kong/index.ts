import type { DataDocument } from '../../base/data.ts';
import { isFields, textAt } from '../../base/pick.ts';
import type { Source } from '../../estate/index.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { credentialsIn } from './credentials.ts';
import { tellRoutes } from './routes.ts';
import { readConfiguration } from './services.ts';

export { kongKubernetes } from './kubernetes.ts';

const MARK = '_format_version';

/** Reads Kong's declarative configuration, as `kong.yaml` and decK's files have it. */
export const kong: Reader = {
  name: 'kong',
  wants: (path) => /\.(?:ya?ml|json)$/.test(path),
  start: (context) => ({ read: (file) => readFile(file, context) }),
};

function readFile(file: SourceFile, context: ReadContext): void {
  if (!file.text.includes(MARK)) return;
  for (const document of file.documents(context.report)) {
    if (isConfiguration(document.value)) readDocument(document, file.path, context);
  }
}

function isConfiguration(value: unknown): boolean {
  const version = isFields(value) ? textAt(value, MARK) : undefined;
  return version !== undefined && /^\d/.test(version);
}

function readDocument(document: DataDocument, file: string, context: ReadContext): void {
  const sourceAt = (path: readonly (string | number)[]): Source => ({
    reader: 'kong',
    how: 'configured',
    file,
    ...document.at(path),
  });
  tellRoutes(readConfiguration(document.value), { observe: context.observe, sourceAt });
  for (const credential of credentialsIn(document, file, sourceAt)) context.observe(credential);
}
