import { loadAll } from 'js-yaml';
import { type Pod, selects } from '../../testing/world.ts';

/** What Kuma lets in, from its reference alone: nothing here is shared with what writes permissions.
 *  @see https://kuma.io/docs/latest/policies/meshtrafficpermission/ */

interface Permission {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly targetRef: {
      readonly kind: string;
      readonly labels: Readonly<Record<string, string>>;
    };
    readonly rules: readonly {
      readonly default: { readonly allow?: readonly Match[]; readonly deny?: readonly Match[] };
    }[];
  };
}
interface Match {
  readonly spiffeID: { readonly type: 'Exact' | 'Prefix'; readonly value: string };
}

export class Kuma {
  readonly #permissions: readonly Permission[];
  readonly #trustDomain: string;

  constructor(files: readonly { readonly text: string }[], trustDomain: string) {
    this.#permissions = files.flatMap(({ text }) => loadAll(text) as Permission[]);
    this.#trustDomain = trustDomain;
  }

  /** With mutual TLS on, whoever has no certificate of the mesh gets nowhere; a `deny` of any policy outranks every
   *  `allow`; and nobody is let in by default. */
  lets(from: Pod, to: Pod): boolean {
    if (!from.isMeshed) return false;
    const id = `spiffe://${this.#trustDomain}/ns/${from.namespace}/sa/${from.serviceAccount}`;
    const rules = this.#permissions
      .filter(({ metadata, spec }) => {
        if (spec.targetRef.kind !== 'Dataplane') throw new Error('another target');
        return (
          metadata.namespace === to.namespace &&
          selects({ matchLabels: spec.targetRef.labels }, to.labels)
        );
      })
      .flatMap(({ spec }) => spec.rules.map((rule) => rule.default));
    if (rules.some(({ deny }) => deny?.some((one) => isMatch(one, id)))) return false;
    return rules.some(({ allow }) => allow?.some((one) => isMatch(one, id)));
  }
}

function isMatch({ spiffeID: { type, value } }: Match, id: string): boolean {
  return type === 'Exact' ? id === value : id.startsWith(value);
}
