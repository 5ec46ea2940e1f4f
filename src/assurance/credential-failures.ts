import { toPlace } from '../base/diagnostic.ts';
import type { Credential, CredentialLocation } from '../estate/index.ts';
import { CREDENTIAL_PROBLEMS, type CredentialProblemId } from '../secrets/index.ts';
import { type Failure, someOf, toLocation } from './failure.ts';

/** What is wrong with one credential, each problem told where it is. */
export function credentialFailures(
  credential: Credential,
  nameOf: (id: string) => string,
): Failure[] {
  const isTestOnly = credential.problems.includes('test-only');
  const user = someOf(credential.services.map(nameOf));
  const what = `${credential.kind} \`${credential.name}\`${user ? ` of ${user}` : ''}`;
  return credential.problems.flatMap((problem) => {
    if (!isProblem(problem)) return [];
    const { sentence } = CREDENTIAL_PROBLEMS[problem];
    const because = credential.evidence[problem];
    const [place, ...others] = placesOf(credential, problem);
    const more =
      others.length > 0
        ? ` (and ${others.length} more: ${others.slice(0, 3).map(toPlace).join(', ')}${others.length > 3 ? ', …' : ''})`
        : '';
    return [
      {
        control: `secrets/${problem}`,
        subject: credential.id,
        message: `${what} ${sentence}${because === undefined ? '' : `: ${because}`}${more}`,
        location: place && toLocation(place),
        ...(isTestOnly && { severity: 'low' as const }),
      },
    ];
  });
}

/** Where a problem is: what lies on a command line is told there. */
function placesOf(
  { locations }: Credential,
  problem: CredentialProblemId,
): readonly CredentialLocation[] {
  const byHolder = (HOLDERS[problem] ?? []).map((holders) =>
    locations.filter((location) => holders.includes(location.in)),
  );
  return byHolder.find((places) => places.length > 0) ?? locations;
}

type Holders = readonly CredentialLocation['in'][];

/** What the place of each problem is, the likeliest first; the value of a Secret is in plain text only
 *  where it is not in base64. */
const HOLDERS: Partial<Record<CredentialProblemId, readonly Holders[]>> = {
  'plain-text': [['file', 'env'], ['secret']],
  'in-code': [['code']],
  'in-configmap': [['configmap']],
  'in-argument': [['argument']],
  'base64-only': [['secret']],
};

function isProblem(problem: string): problem is CredentialProblemId {
  return Object.hasOwn(CREDENTIAL_PROBLEMS, problem);
}
