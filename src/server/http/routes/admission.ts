import { z } from 'zod';
import { SEVERITIES } from '../../../estate/index.ts';
import type { LiveClusters } from '../../clusters.ts';
import { type Operation, operation } from '../operation.ts';

const Violation = z.strictObject({
  /** Id of the rule. */
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  /** Whom it is about. */
  subject: z.string(),
  message: z.string(),
  /** What is possible by it. */
  newlyReaches: z.array(z.string()),
  /** The object that it comes from. */
  place: z.string().nullable(),
});

const Audit = z.strictObject({
  cluster: z.string(),
  /** When it was judged last. */
  at: z.iso.datetime(),
  seconds: z.number(),
  /** How much there is of each severity. */
  counts: z.record(z.string(), z.int()),
  /** What was not looked at, and why; empty: everything was. */
  leftOut: z.string(),
  /** The worst first; at most the first 1,000. */
  violations: z.array(Violation),
});

/** What clusters have already that would be warned of or refused if it were new. */
export function admissionOperations(clusters: Pick<LiveClusters, 'standing'>): Operation[] {
  return [
    operation({
      id: 'audit-admission',
      method: 'GET',
      path: '/api/v1/admission/audit',
      tag: 'admission',
      summary: 'What clusters have already, judged by the rules of admission as if it were new',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(Audit) }),
      handle: () => ({
        items: clusters.standing().map(({ violations, counts, ...one }) => ({
          ...one,
          counts: { ...counts },
          violations: violations.map(({ place, newlyReaches, ...violation }) => ({
            ...violation,
            newlyReaches: newlyReaches.slice(0, MAX_REACHED),
            place: place?.file ?? null,
          })),
        })),
      }),
    }),
  ];
}

const MAX_REACHED = 100;
