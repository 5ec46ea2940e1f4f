import type { z } from 'zod';
import { Fault, quote } from '../../base/fault.ts';
import { checkOverlap } from '../../secrets/keeping/index.ts';
import type { RotationPlan } from '../../secrets/model/index.ts';
import type { Rotators } from '../../secrets/rotation/index.ts';

/** What plans are judged with. */
export interface PlanTerms {
  readonly rotators: Rotators;
  /** Whether values can be brought anywhere. */
  readonly delivers: boolean;
  /** Whether there is a secret of this id. */
  readonly isKnown: (id: string) => Promise<boolean>;
}

/** Whether a plan can be carried out, as far as that can be told without its target. What stands in its configuration is
 *  not told: it may be a value.
 *  @throws {Fault} `secrets/plan-invalid` */
export async function checkPlan(id: string, plan: RotationPlan, terms: PlanTerms): Promise<void> {
  checkOverlap(plan);
  await checkRotator(plan, terms);
  if (plan.deliver.length > 0 && !terms.delivers) {
    throw invalid('This server brings values nowhere', 'leave `deliver` empty');
  }
  if (plan.admin === null) return;
  if (plan.admin === id)
    throw invalid('A secret cannot be the admin of itself', 'name another one');
  if (await terms.isKnown(plan.admin)) return;
  const message = `There is no secret ${quote(plan.admin, 120)}, which \`admin\` names`;
  throw invalid(message, 'make it first');
}

async function checkRotator(
  { rotator: kind, config, admin }: RotationPlan,
  { rotators }: PlanTerms,
): Promise<void> {
  const rotator = await rotators.get(kind);
  if (rotator === undefined) {
    const kinds = [...rotators.keys()].join(', ');
    throw invalid(`There is no rotator ${quote(kind)}`, `it is one of: ${kinds}`);
  }
  const read = rotator.config.safeParse(config);
  if (!read.success) {
    throw invalid(
      `The configuration of the rotator ${kind} is wrong. ${told(read.error)}`,
      `\`reeve secret rotators ${kind}\` tells each setting, as \`GET /api/v1/rotators\` does`,
    );
  }
  if (admin !== null || !rotator.needsAdmin) return;
  throw invalid(
    `The rotator ${kind} needs a secret by which its target is changed`,
    'make it, and name it in `admin` (`--admin`)',
  );
}

const MOST_TOLD = 5;

/** What was expected, and where: zod's sentences name settings, types and bounds, and no value. */
function told({ issues }: z.ZodError): string {
  const said = issues.slice(0, MOST_TOLD).map((issue) => {
    const where =
      issue.path.length === 0 ? '' : `${quote(issue.path.map(String).join('.'), 100)}: `;
    if (issue.code !== 'unrecognized_keys') {
      return `${where}${issue.message.replace(/^Invalid input: /, '')}`;
    }
    const names = issue.keys.slice(0, MOST_TOLD).map((name) => quote(name));
    return `${where}there is no setting ${names.join(', ')}`;
  });
  const more = issues.length - said.length;
  return `${said.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const invalid = (message: string, hint: string) =>
  new Fault('secrets/plan-invalid', message, { hint });
