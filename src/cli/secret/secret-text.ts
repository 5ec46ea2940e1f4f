import { minute } from '../answers.ts';
import { toFields } from '../fields.ts';
import { interval, type SecretView } from './common.ts';

type Version = SecretView['versions'][number];

/** All about a secret, in lines of 80 columns. */
export function toText(secret: SecretView): string {
  const { id, kind, owner, namedOwner, consumers, createdAt, createdBy, versions } = secret;
  const { plan, run, problems, nextRotation, lastRotated } = secret;
  return toFields([
    ['secret', [id]],
    ['kind', [kind]],
    ['owner', [ownerText(owner, namedOwner)]],
    ['readers', consumers],
    ['made', [`${minute(createdAt)} UTC by ${createdBy}`]],
    ['rotated', [lastRotated && `${minute(lastRotated)} UTC`]],
    [
      'plan',
      [
        plan === null
          ? 'none: nothing rotates it'
          : `${plan.rotator} every ${interval(plan.everySeconds)}, the version before kept ${interval(plan.overlapSeconds)}` +
            (plan.admin === null ? '' : `, by ${plan.admin}`),
      ],
    ],
    ['next', [nextRotation && `${minute(nextRotation)} UTC`]],
    ['under way', [run && `${run.step}, since ${minute(run.startedAt)} UTC${troubleOf(run)}`]],
    ['versions', versions.map((version) => versionText(version, secret.labels))],
    [
      'problems',
      problems.flatMap(({ title, why, hint }) => [title, why && `  ${why}`, hint && `  ${hint}`]),
    ],
  ]);
}

function ownerText(owner: string | null, named: string | null): string {
  if (owner === null) return 'nobody is known';
  return named === null ? `${owner}, as it owns the service` : owner;
}

function versionText(version: Version, labels: SecretView['labels']): string {
  const { number, createdAt, expiresAt, leakedAt, revokedAt, revocation, isKept } = version;
  const names = Object.entries(labels).filter(([, labelled]) => labelled === number);
  const said = [
    ...names.map(([label]) => label),
    leakedAt && 'known to others',
    revokedAt && `revoked ${minute(revokedAt)}`,
    revocation && `to be revoked${troubleOf(revocation)}`,
    !isKept && 'destroyed',
    expiresAt && `ends ${minute(expiresAt)}`,
  ].filter(Boolean);
  return `${number}, made ${minute(createdAt)}${said.length > 0 ? `: ${said.join(', ')}` : ''}`;
}

function troubleOf({
  waits,
  failures,
  problem,
}: {
  readonly waits: boolean;
  readonly failures: number;
  readonly problem: string | null;
}): string {
  const state = waits ? ' (waits for a person)' : failures > 0 ? ` (failed ${failures} times)` : '';
  return problem === null ? state : `${state}: ${problem}`;
}
