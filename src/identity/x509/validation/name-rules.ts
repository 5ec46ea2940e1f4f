import { quote } from '../../../base/fault.ts';
import type { Certificate } from '../certificate.ts';
import { kindOfName, NAME_KIND, type NameSubtree } from '../extensions/index.ts';
import { isEmptyName } from '../name.ts';
import type { Step } from './authority-rules.ts';
import { refuseCertificate } from './refusal.ts';

/** Whether a name lies in a subtree, for the kinds that are understood. */
const LIES_IN: Readonly<Record<number, (name: string, root: string) => boolean>> = {
  [NAME_KIND.uri]: (uri, root) => {
    const host = /^[^:]+:\/\/([^/]*)/.exec(uri)?.[1] ?? '';
    return root.startsWith('.') ? host.endsWith(root) && host !== root : host === root;
  },
  [NAME_KIND.dns]: (name, root) => {
    const [below, above] = [name.toLowerCase(), root.toLowerCase().replace(/^\./, '')];
    return above === '' || below === above || below.endsWith(`.${above}`);
  },
};

interface Name {
  readonly kind: number;
  readonly text: string;
}

function namesOf({ subject, extensions: { names } }: Certificate): Name[] {
  return [
    ...(names?.uris ?? []).map((text) => ({ kind: NAME_KIND.uri, text })),
    ...(names?.dnsNames ?? []).map((text) => ({ kind: NAME_KIND.dns, text })),
    ...(names?.others ?? []).map((kind) => ({ kind, text: '' })),
    ...(isEmptyName(subject) ? [] : [{ kind: NAME_KIND.directory, text: '' }]),
  ];
}

/** What an authority's name constraints say of a certificate below it. Where they speak of a kind of
 *  name that is not understood here, and the certificate has one, it is refused.
 *  @throws {Fault} `…/name-not-permitted`, `…/name-excluded`, `…/name-constraint-unknown`
 *  @see RFC 5280 §4.2.1.10 */
export function judgeNamesBelow(authority: Step, below: Step): void {
  const constraints = authority.certificate.extensions.nameConstraints;
  if (constraints === undefined) return;
  for (const { kind, text } of namesOf(below.certificate)) {
    const ofKind = (subtree: NameSubtree) => subtree.kind === kind;
    const permitted = constraints.permitted.filter(ofKind);
    const excluded = constraints.excluded.filter(ofKind);
    if (permitted.length + excluded.length === 0) continue;
    const liesIn = LIES_IN[kind];
    if (liesIn === undefined) {
      const why = `has ${kindOfName(kind)}, and ${authority.whose} limits those in a way that is not understood`;
      throw refuseCertificate('name-constraint-unknown', below.whose, why);
    }
    if (excluded.some((subtree) => liesIn(text, subtree.text))) {
      const why = `has the name ${quote(text)}, which ${authority.whose} excludes`;
      throw refuseCertificate('name-excluded', below.whose, why);
    }
    if (permitted.length > 0 && !permitted.some((subtree) => liesIn(text, subtree.text))) {
      const why = `has the name ${quote(text)}, which ${authority.whose} does not permit`;
      throw refuseCertificate('name-not-permitted', below.whose, why);
    }
  }
}
