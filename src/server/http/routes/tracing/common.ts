import { z } from 'zod';
import type { Principal } from '../../../auth/authenticator.ts';
import { actorOf } from '../../principal.ts';

/** What operations of tracing have in common. */
export const READ = { tag: 'tracing', access: 'estate.read', status: 200 } as const;
export const WORK = { tag: 'incidents', access: 'incidents.write', status: 200 } as const;

export const MAX_PAGE = 1_000;

/** Who asks, and why, for the audit log. */
export const askingOf = (principal: Principal | undefined, reason: string) => ({
  actor: actorOf(principal),
  reason,
});

/** 32 hexadecimal digits. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits');

export const Time = z.iso.datetime({ offset: true });
