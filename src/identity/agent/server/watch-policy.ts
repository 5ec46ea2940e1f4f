import { Fault } from '../../../base/fault.ts';
import type { GrpcAnswers, GrpcCall } from '../../../base/grpc/index.ts';
import { oncePer } from '../../../base/once.ts';
import type { Entry } from '../../registration/index.ts';
import { type PolicyDocument, policyPages } from '../protocol/index.ts';
import type { View } from './feed.ts';
import type { PolicyBytes } from './ports.ts';
import { scopeOf } from './scope.ts';
import { whileAdmitted } from './session.ts';
import type { WatchParts } from './watch.ts';

/** Tells an agent the policy of whoever it may hand identities to, whenever that has changed, until it is not let in any
 *  more.
 *  @param known the revision that the agent has; empty: none
 *  @throws {Fault} as `whileAdmitted`; `identity/agent-policy-unimplemented`; what `PolicyBytes.of` throws */
export function watchPolicy(
  answers: GrpcAnswers,
  { signal }: Pick<GrpcCall, 'signal'>,
  { feed, limits, admit, clock }: WatchParts,
  policy: PolicyBytes | undefined,
  known: string,
): Promise<void> {
  if (policy === undefined) return Promise.reject(tellsNone());
  const onChange = [
    (listener: () => void) => feed.onChange(listener),
    (listener: () => void) => policy.onChange(listener),
  ];
  return whileAdmitted({ admit, clock, onChange }, answers, signal, async (session) => {
    const mayKnow = scopeOf(session.agent.id, limits);
    let told: PolicyDocument | undefined;
    for (;;) {
      const now = policy.of(spiffeIdsOf(feed.view, mayKnow));
      if (now !== undefined && now.revision !== told?.revision) {
        const isKept = !told && now.revision === known;
        const pages = policyPages(isKept ? { ...now, bytes: Buffer.alloc(0) } : now);
        for (const page of pages) await session.send(page);
        told = now;
      }
      await session.changed();
    }
  });
}

/** One list for all agents that may hand out everything. */
const allOf = oncePer(({ items }: View) => idsOf([...items.entries.values()]));

function spiffeIdsOf(view: View, mayKnow: (entry: Entry) => boolean): readonly string[] {
  const all = [...view.items.entries.values()];
  const given = all.filter(({ entry }) => entry && mayKnow(entry));
  return given.length === all.length ? allOf(view) : idsOf(given);
}

const idsOf = (items: readonly { readonly entry?: Entry }[]): readonly string[] => [
  ...new Set(items.flatMap(({ entry }) => entry?.spiffeId ?? [])),
];

const tellsNone = (): Fault =>
  new Fault('identity/agent-policy-unimplemented', 'This server tells agents no policy');
