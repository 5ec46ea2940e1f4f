import { z } from 'zod';

const absolute = z
  .string()
  .max(1_024)
  .regex(/^\/(?!.*(^|\/)\.\.?(\/|$))[^\p{Cc}]+$/u, 'must be absolute');

const Reload = z.union([
  z.strictObject({
    unit: z
      .string()
      .regex(/^[A-Za-z0-9][\w@.:-]{0,199}\.(service|socket|target)$/)
      .describe('A unit of systemd: `systemctl try-reload-or-restart nginx.service`'),
  }),
  z.strictObject({
    pidFile: absolute.describe('File with the number of a process'),
    signal: z
      .enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'])
      .default('SIGHUP')
      .describe('What it is sent'),
  }),
]);
export type Reload = z.infer<typeof Reload>;

/** How current values are brought to who does not ask for them. What a plan may touch on this host is said here, and not in
 *  the plan. */
export const DeliveryConfig = z.strictObject({
  waitSeconds: z
    .int()
    .min(0)
    .max(300)
    .default(20)
    .describe(
      'Longest that one attempt waits for pods that are being replaced; shorter than `stepSeconds` of rotations',
    ),
  files: z
    .strictObject({
      folders: z
        .array(absolute)
        .max(100)
        .default([])
        .describe('Folders of this host in which plans may have files written; none: no files are'),
      reloads: z
        .record(z.string().min(1).max(200), Reload)
        .default({})
        .describe('Who may be told of a new file, by the name that plans use'),
    })
    .prefault({}),
});
export type DeliveryConfig = z.infer<typeof DeliveryConfig>;
