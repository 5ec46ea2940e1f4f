import { z } from 'zod';

const days = (most: number) => z.number().min(0.01).max(most);
const rows = z.int().min(16).max(10_000_000);

/** How long what is usual is remembered, what it takes to become usual, and how much is kept. */
export const BaselineSettings = z.strictObject({
  halfLifeDays: days(365)
    .default(14)
    .describe('Days after which what was seen counts half as much'),
  usualDays: z
    .int()
    .min(2)
    .max(32)
    .default(2)
    .describe('Different days on which something has to be seen to be usual, however often a day'),
  quarantineDays: z
    .int()
    .min(2)
    .max(32)
    .default(7)
    .describe('Different days until what a detection pointed at is usual, if nobody objects'),
  deploymentHours: z
    .number()
    .min(0)
    .max(720)
    .default(24)
    .describe('Hours after a deployment in which it explains what is new'),
  maxDeploymentsADay: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('New versions of one service in a day; more of them explain nothing'),
  dormantDays: days(365)
    .default(14)
    .describe('Days without a request after which a service is dormant'),
  matureDays: z.int().min(1).max(32).default(7).describe('Days until behaviour is well known'),
  matureOccasions: z
    .int()
    .min(1)
    .default(24)
    .describe('Hours of calls, counted for each callee, until behaviour is well known'),
  requestsAnHour: z
    .int()
    .min(1)
    .default(1_000)
    .describe('Requests of one hour that shares of errors and denials are learnt from, at most'),
  limits: z
    .strictObject({
      maxEdges: rows.default(100_000).describe('Pairs of services'),
      maxEndpointEdges: rows.default(400_000).describe('Pairs of caller and endpoint'),
      maxOrders: rows
        .default(400_000)
        .describe('Pairs of endpoints of which one leads to the other'),
      maxRoutes: rows.default(400_000).describe('Pairs of entry service and endpoint'),
      maxAccounts: rows
        .default(100_000)
        .describe('Pairs of account and service, and of services at one address'),
      maxPlaces: rows.default(200_000).describe('Pairs of service or account, and address'),
      maxVersions: rows.default(100_000).describe('Pairs of service and version'),
      maxRecentHops: rows.default(262_144).describe('Requests whose followers are told by them'),
    })
    .prefault({})
    .describe('What is kept at most; the least usual is forgotten first'),
});
export type BaselineSettings = z.infer<typeof BaselineSettings>;
