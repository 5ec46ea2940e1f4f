import type { DataDocument } from '../../base/data.ts';
import { pick } from '../../base/pick.ts';
import type { GroupDefinition, PolicyFile, PolicySources } from '../../estate/index.ts';
import type { Reader, SourceFile } from '../reader.ts';
import { CheckedDocument } from './check.ts';
import { Group } from './schema.ts';

export const DECLARATION_FILE = /(?:^|\/)reeve\.ya?ml$/;
const GUARDRAIL_FILE = /\.cedar$/;

/** Collects what a folder says beyond any one service: guardrails (`*.cedar`) as they are written, and groups.
 *  @param tell hears of it once, when the whole folder is read */
export function policySources(tell: (sources: PolicySources) => void): Reader {
  return {
    name: 'policy',
    wants: (path) => DECLARATION_FILE.test(path) || GUARDRAIL_FILE.test(path),
    start({ report }) {
      const guardrails: PolicyFile[] = [];
      const groups: GroupDefinition[] = [];
      const unread: { readonly file: string; readonly why: string }[] = [];
      return {
        read(file) {
          if (GUARDRAIL_FILE.test(file.path)) {
            guardrails.push({ path: file.path, text: file.text });
            return;
          }
          for (const document of file.documents(report).filter(isGroup)) {
            const checked = new CheckedDocument(Group, document, file.path);
            checked.problems.forEach(report);
            const group = toGroup(checked, file);
            if (group) groups.push(group);
            else unread.push({ file: file.path, why: 'a group in it has no name' });
          }
          if (file.problem !== undefined) unread.push({ file: file.path, why: file.problem });
        },
        finish: () =>
          tell({ guardrails, groups, ...(unread.length > 0 && { groupsUnread: unread }) }),
      };
    },
  };
}

export function isGroup(document: DataDocument): boolean {
  return pick(document.value, 'kind') === 'Group';
}

/** What is valid of it, with what is wrong; undefined without a name. */
function toGroup(document: CheckedDocument, file: SourceFile): GroupDefinition | undefined {
  const name = document.textAt('metadata', 'name');
  if (name === undefined) return undefined;
  const [problem] = document.problems;
  const sourceAt = (...path: (string | number)[]) =>
    ({
      reader: 'declarations',
      how: 'declared',
      file: file.path,
      ...document.document.at(path),
    }) as const;
  return {
    name,
    services: document.textsAt('spec', 'services').map(({ text, index }) => {
      const [first = '', second] = text.split('/');
      const source = sourceAt('spec', 'services', index);
      return second === undefined
        ? { name: first, source }
        : { namespace: first, name: second, source };
    }),
    groups: document.textsAt('spec', 'groups').map(({ text, index }) => ({
      name: text,
      source: sourceAt('spec', 'groups', index),
    })),
    source: sourceAt('metadata', 'name'),
    ...(problem !== undefined && { problem: problem.message }),
  };
}
