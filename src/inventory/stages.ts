/** What an environment is for. */
export const STAGES = ['production', 'staging', 'other'] as const;
export type Stage = (typeof STAGES)[number];

/** Stage of environments by name, where the name itself does not tell. */
export type Stages = Readonly<Record<string, Stage>>;

/** Words of environments' names; the first row that one stands in counts, so that `pre-prod` and
 *  `prod-test` are no production. */
const WORDS: readonly (readonly [Stage, RegExp])[] = [
  [
    'staging',
    /^(?:pre|preprod|preproduction|nonprod|non|stag|stage|staging|stg|uat|sit|test|testing|tst|qa|qat|acceptance|acc|rehearsal)$/,
  ],
  ['production', /^(?:prod|production|prd|live)$/],
];

/** What an environment is for: as configured, else by the words of its name, `prod-eu-1` and
 *  `Production` among production, `staging2`, `uat` and `pre-prod` among staging. Development and
 *  whatever has another name is neither. */
export function stageOf(environment: string, stages: Stages = {}): Stage {
  const configured = Object.hasOwn(stages, environment) ? stages[environment] : undefined;
  if (configured !== undefined) return configured;
  const words = environment
    .slice(0, 200)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return WORDS.find(([, word]) => words.some((one) => word.test(one)))?.[0] ?? 'other';
}
