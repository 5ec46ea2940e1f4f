import type { DataPath } from '../../base/data.ts';
import { pick } from '../../base/pick.ts';
import type { PolicyCase } from '../../estate/index.ts';
import type { Reader } from '../reader.ts';
import { CheckedDocument } from './check.ts';
import { PolicyTest } from './schema.ts';
import { toTestedCall } from './tested-call.ts';

/** Collects the cases of `reeve-test.yaml` and `*.reeve-test.yaml`.
 *  @param tell hears of them once, when the whole folder is read */
export function policyTests(tell: (cases: readonly PolicyCase[]) => void): Reader {
  return {
    name: 'policy-tests',
    wants: (path) => /(?:^|[/.])reeve-test\.ya?ml$/.test(path),
    start({ report }) {
      const cases: PolicyCase[] = [];
      return {
        read(file) {
          for (const document of file.documents(report)) {
            const checked = new CheckedDocument(PolicyTest, document, file.path);
            checked.problems.forEach(report);
            if (pick(document.value, 'kind') === 'PolicyTest')
              cases.push(...casesOf(checked, file.path));
          }
        },
        finish: () => tell(cases),
      };
    },
  };
}

function casesOf(document: CheckedDocument, file: string): PolicyCase[] {
  return document.indexesOf('spec', 'cases').flatMap((index) => {
    const path: DataPath = ['spec', 'cases', index];
    if (document.at(...path) === undefined) return [];
    const name = document.textAt(...path, 'name');
    const reason = document.textAt(...path, 'reason');
    const evenIfDeclared = document.at(...path, 'evenIfDeclared') === true;
    const proof = document.textAt(...path, 'proof') === 'token' ? 'token' : 'mtls';
    return (['allow', 'deny'] as const).flatMap((expect) =>
      callsAt(document, [...path, expect]).flatMap(({ text, at }) => {
        const call = toTestedCall(text);
        if (call === undefined) return [];
        const source = {
          reader: 'policy-tests',
          how: 'declared',
          file,
          ...document.document.valueAt(at),
        } as const;
        return {
          name: name ?? text,
          expect,
          ...call,
          proof,
          ...(evenIfDeclared && { evenIfDeclared }),
          ...(reason && { reason }),
          source,
        };
      }),
    );
  });
}

/** The texts at a path that holds one, or a list of them, each with its place. */
function callsAt(document: CheckedDocument, path: DataPath): { text: string; at: DataPath }[] {
  const one = document.textAt(...path);
  if (one !== undefined) return [{ text: one, at: path }];
  return document.textsAt(...path).map(({ text, index }) => ({ text, at: [...path, index] }));
}
