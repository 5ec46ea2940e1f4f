import type { Secret } from '../model/index.ts';
import { answered } from './answers.ts';
import type { RotationPolicy } from './config.ts';
import { Draft } from './draft.ts';
import { changePlan, put } from './given.ts';
import { leak, renewLeaked, revokeLeaked } from './leak.ts';
import type { Moment, SecretEvent, Step } from './model.ts';
import { abandon, destroy, prune, revoke, settle } from './revocation.ts';
import { begin, cancel, retry } from './run.ts';
import { goOn } from './work.ts';

/** What happens to a secret: where an event leads, and what is to be done for it. The secret must be durable, with its
 *  entries, before an effect is carried out.
 *
 *  An answer that is not waited for changes nothing: a call may be made twice, by two processes or by one that was
 *  killed, and is counted once.
 *  @throws {Fault} `secrets/rotation-conflict`, `secrets/rotation-not-found`, `secrets/version-not-found`,
 *  `secrets/plan-not-found` for what people ask */
export function step(
  before: Secret,
  event: SecretEvent,
  now: Moment,
  policy: RotationPolicy,
): Step {
  const draft = new Draft(before, now, policy);
  take(draft, event);
  revokeLeaked(draft);
  if (event.event !== 'cancel') renewLeaked(draft);
  prune(draft);
  if (isOfHolder(event)) goOn(draft, event.holder);
  return draft.end();
}

type OfHolder = Extract<SecretEvent, { holder: string }>;
const isOfHolder = (event: SecretEvent): event is OfHolder =>
  'holder' in event && event.event !== 'release';

function take(draft: Draft, event: SecretEvent): void {
  switch (event.event) {
    case 'take':
      break;
    case 'release':
      if (draft.secret.taken?.by === event.holder) draft.secret.taken = null;
      break;
    case 'made':
    case 'done':
    case 'failed':
      answered(draft, event);
      break;
    case 'rotate':
      begin(draft, 'person', event.by);
      break;
    case 'leak':
      leak(draft, event.versions, event.by);
      break;
    case 'cancel':
      cancel(draft, event.by);
      break;
    case 'retry':
      retry(draft, event.by);
      break;
    case 'revoke':
      revoke(draft, event.versions, event.by);
      break;
    case 'abandon':
      abandon(draft, event.version, event.by);
      break;
    case 'settle':
      settle(draft, event.version, event.by);
      break;
    case 'destroy':
      destroy(draft, event.versions, event.by);
      break;
    case 'put':
      put(draft, event.value, event.by);
      break;
    case 'plan':
      changePlan(draft, event.plan, event.by);
  }
}
