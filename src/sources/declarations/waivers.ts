import { pick } from '../../base/pick.ts';
import type { Waiver } from '../../estate/index.ts';
import type { Reader } from '../reader.ts';
import { CheckedDocument } from './check.ts';
import { Waivers } from './schema.ts';

/** Collects what `reeve-waivers.yaml` accepts of the findings of a check. One with a problem is none: what is not
 *  accepted for a reason, by somebody and until a day is not accepted.
 *  @param tell hears of them once, when the whole folder is read */
export function waivers(tell: (waivers: readonly Waiver[]) => void): Reader {
  return {
    name: 'waivers',
    wants: (path) => /(?:^|\/)reeve-waivers\.ya?ml$/.test(path),
    start({ report }) {
      const found: Waiver[] = [];
      return {
        read(file) {
          for (const document of file.documents(report)) {
            const checked = new CheckedDocument(Waivers, document, file.path);
            checked.problems.forEach(report);
            if (pick(document.value, 'kind') === 'Waivers') {
              found.push(...waiversOf(checked, file.path));
            }
          }
        },
        finish: () => tell(found),
      };
    },
  };
}

function waiversOf(document: CheckedDocument, file: string): Waiver[] {
  return document.indexesOf('spec', 'waivers').flatMap((index) => {
    const path = ['spec', 'waivers', index] as const;
    const [finding, reason, owner, until] = ['finding', 'reason', 'owner', 'until'].map((key) =>
      document.textAt(...path, key),
    );
    if (
      finding === undefined ||
      reason === undefined ||
      owner === undefined ||
      until === undefined
    ) {
      return [];
    }
    return { finding, reason, owner, until, location: { file, ...document.document.at(path) } };
  });
}
