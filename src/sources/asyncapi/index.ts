import { quote } from '../../base/fault.ts';
import { isFields, pick, textAt } from '../../base/pick.ts';
import { BoundedReport } from '../bounded-report.ts';
import { childNode, type DataNode, rootNode } from '../data-node.ts';
import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { References } from '../references.ts';
import { SchemaFields } from '../schema-fields.ts';
import { isDataFile, mentionsRootKey } from '../sniff.ts';
import type { Tools } from './channels.ts';
import { readVersion2 } from './version-2.ts';
import { readVersion3 } from './version-3.ts';

const VERSIONS: readonly { is: RegExp; read: (root: DataNode, tools: Tools) => void }[] = [
  { is: /^2(?:\.|$)/, read: readVersion2 },
  { is: /^3(?:\.|$)/, read: readVersion3 },
];

/** Reads AsyncAPI 2.x and 3.x documents, YAML or JSON, alone or split over files. */
export const asyncapi: Reader = {
  name: 'asyncapi',
  wants: isDataFile,
  start: (context) => {
    const report = new BoundedReport('asyncapi', context.report);
    const references = new References(context, report);
    const schemas = new SchemaFields(references);
    const tools: Tools = { references, schemas, report, observe: context.observe };
    return { read: (file) => readFile(file, context, tools) };
  },
};

function readFile(file: SourceFile, context: ReadContext, tools: Tools): void {
  if (!mentionsRootKey(file, ['asyncapi'])) return;
  for (const document of file.documents(context.report)) {
    const root = rootNode(file.path, document);
    if (!isFields(root.value) || pick(root.value, 'asyncapi') === undefined) continue;
    const written = textAt(root.value, 'asyncapi') ?? '';
    const version = VERSIONS.find(({ is }) => is.test(written));
    if (version === undefined) {
      // Settings of programs may have a key of this name too.
      const hasChannels = ['channels', 'operations'].some((key) => {
        return pick(root.value, key) !== undefined;
      });
      if (!hasChannels) continue;
      const message = `${quote(written)} is not a version of AsyncAPI that is known, so the document was not read`;
      const hint = 'begin the document with `asyncapi: 3.0.0`';
      tools.report.at(childNode(root, 'asyncapi'), 'error', 'version-unknown', message, { hint });
      continue;
    }
    tools.references.enter(file.path, document);
    version.read(root, tools);
  }
}
