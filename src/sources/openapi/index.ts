import { quote } from '../../base/fault.ts';
import { isFields, pick, textAt } from '../../base/pick.ts';
import { BoundedReport } from '../bounded-report.ts';
import { childNode, type DataNode, rootNode } from '../data-node.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { References } from '../references.ts';
import { SchemaFields } from '../schema-fields.ts';
import { isDataFile, mentionsRootKey } from '../sniff.ts';
import { readOperations, type Tools } from './operations.ts';
import { SharedLists } from './shared-lists.ts';

const VERSION_KEYS = ['openapi', 'swagger'] as const;
const KNOWN_VERSIONS = { openapi: /^3(?:\.|$)/, swagger: /^2(?:\.|$)/ } as const;

/** Reads OpenAPI 2.0 (Swagger), 3.0 and 3.1 documents, YAML or JSON, alone or split over files. */
export const openapi: Reader = {
  name: 'openapi',
  wants: isDataFile,
  start: (context) => {
    const report = new BoundedReport('openapi', context.report);
    const references = new References(context, report);
    const schemas = new SchemaFields(references);
    const lists = new SharedLists();
    const tools: Tools = { references, schemas, lists, report, observe: context.observe };
    return { read: (file) => readFile(file, context, tools) };
  },
};

function readFile(file: SourceFile, context: ReadContext, tools: Tools): void {
  const isNamedSo = /(?:^|[/._-])(?:openapi|swagger)\.\w+$/i.test(file.path);
  if (!mentionsRootKey(file, isNamedSo ? [...VERSION_KEYS, 'paths'] : VERSION_KEYS)) return;
  for (const document of file.documents(context.report)) {
    const root = rootNode(file.path, document);
    if (!isFields(root.value)) continue;
    if (!isSpecification(root, isNamedSo)) continue;
    checkVersion(root, tools.report);
    tools.references.enter(file.path, document);
    readOperations(root, tools);
  }
}

/** Settings of programs have keys of these names too, `swagger: {enabled: true}`: a document without
 *  a known version must at least have paths. */
function isSpecification(root: DataNode, isNamedSo: boolean): boolean {
  const hasPaths = pick(root.value, 'paths') !== undefined;
  const key = VERSION_KEYS.find((name) => pick(root.value, name) !== undefined);
  if (key === undefined) return isNamedSo && hasPaths;
  if (KNOWN_VERSIONS[key].test(textAt(root.value, key) ?? '')) return true;
  return hasPaths && typeof pick(root.value, key) !== 'boolean' && !isFields(pick(root.value, key));
}

/** An unknown version is read like its nearest known one. */
function checkVersion(root: DataNode, report: BoundedReport): void {
  const hint = 'begin the document with `openapi: 3.1.0`';
  const key = VERSION_KEYS.find((name) => pick(root.value, name) !== undefined);
  if (key === undefined) {
    report.at(root, 'warning', 'version-missing', 'names no `openapi` version', { hint });
    return;
  }
  const version = textAt(root.value, key) ?? '';
  if (KNOWN_VERSIONS[key].test(version)) return;
  const message = `${quote(version)} is not a version of \`${key}\` that is known`;
  report.at(childNode(root, key), 'warning', 'version-unknown', message, { hint });
}
