import type { DataPath } from '../../base/data.ts';
import { entryOf, listAt, pick, textAt, textsAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { type Admission, titleOf } from '../mesh/verdict.ts';
import { callersOfMatcher, callersOfRef, callersWithTags } from './client.ts';
import { type KumaFacts, meshNameOf, meshNameOfPolicy } from './facts.ts';
import { inboundMtls } from './inbound-mtls.ts';
import { hasTags, isPolicyFor } from './target.ts';

/** What policies let into a workload. Permissions count only where mTLS is on; then, without any,
 *  everyone is kept out. Plain text that a PERMISSIVE backend takes passes by all of them. */
export function admissionsOf(workload: Workload, facts: KumaFacts): readonly Admission[] {
  const [general] = inboundMtls(workload, facts);
  if (!general || general.inbound === 'disabled') return [byDefault('allow', workload)];
  const admissions = [
    ...facts.trafficPermissions
      .filter((policy) => isPolicyFor(policy, workload, facts))
      .flatMap((policy) => admissionsBy(policy, facts)),
    ...facts.legacyPermissions.flatMap((policy) => admissionsByLegacy(policy, workload, facts)),
  ];
  const plain = general.inbound === 'permissive' ? [byDefault('allow', workload)] : [];
  if (admissions.length === 0 && plain.length === 0) return [byDefault('deny', workload)];
  return [...admissions, ...plain];
}

const REQUEST = { layer: 'request', operations: ['*'] } as const;

function byDefault(effect: 'allow' | 'deny', { resource }: Workload): Admission {
  const at = { resource, path: ['metadata', 'name'] };
  return { ...REQUEST, effect, from: ['*'], policy: 'default', at };
}

function admissionsBy(policy: Resource, facts: KumaFacts): Admission[] {
  const byRule = listAt(policy.value, 'spec', 'rules').flatMap((rule, index) =>
    RULE_LISTS.flatMap(({ list, effect }) =>
      listAt(rule, 'default', list).map((matcher, place) => {
        const path = ['spec', 'rules', index, 'default', list, place];
        return toAdmission(policy, path, effect, callersOfMatcher(matcher, facts));
      }),
    ),
  );
  const byFrom = listAt(policy.value, 'spec', 'from').flatMap((item, index) => {
    const effect = entryOf(EFFECTS, (textAt(item, 'default', 'action') ?? '').toUpperCase());
    const path = ['spec', 'from', index, 'default', 'action'];
    const callers = callersOfRef(pick(item, 'targetRef'), facts);
    return effect ? [toAdmission(policy, path, effect, callers)] : [];
  });
  return [...byRule, ...byFrom];
}

const RULE_LISTS = [
  { list: 'deny', effect: 'deny' },
  { list: 'allow', effect: 'allow' },
  { list: 'allowWithShadowDeny', effect: 'allow' },
] as const;

const EFFECTS: Record<string, 'allow' | 'deny'> = {
  ALLOW: 'allow',
  DENY: 'deny',
  ALLOWWITHSHADOWDENY: 'allow',
};

/** In the `from` form a narrower entry overrides a broader one, so denying everyone keeps out only
 *  those whom nothing lets in, as does denying by default. */
function toAdmission(
  policy: Resource,
  path: DataPath,
  effect: 'allow' | 'deny',
  from: readonly string[],
): Admission {
  const base = { ...REQUEST, policy: titleOf(policy), at: { resource: policy, path } };
  const isEveryone = from.includes('*authenticated');
  if (effect === 'deny' && isEveryone && path[1] === 'from') {
    return { ...base, effect: 'allow', from: [], operations: [] };
  }
  const broad = 'lets in every workload of the mesh to every operation';
  return { ...base, effect, from, ...(effect === 'allow' && isEveryone && { broad }) };
}

/** @see https://kuma.io/docs/latest/policies/traffic-permissions/ */
function admissionsByLegacy(policy: Resource, workload: Workload, facts: KumaFacts): Admission[] {
  if (meshNameOfPolicy(policy) !== meshNameOf(workload)) return [];
  const isTarget = listAt(policy.value, 'spec', 'destinations').some((destination) =>
    hasTags(textsAt(destination, 'match'), workload, facts),
  );
  if (!isTarget) return [];
  return listAt(policy.value, 'spec', 'sources').map((source, index) =>
    toAdmission(
      policy,
      ['spec', 'sources', index, 'match'],
      'allow',
      callersWithTags(textsAt(source, 'match'), facts),
    ),
  );
}
