import { z } from 'zod';
import type { Asking } from '../../../../identity/authority/index.ts';
import type { Principal } from '../../../auth/authenticator.ts';
import { actorOf } from '../../principal.ts';
import { Reason } from '../texts.ts';

/** What operations of identity have in common. */
export const READ = { tag: 'identity', access: 'estate.read' } as const;
export const WRITE = { tag: 'identity', access: 'identity.write' } as const;
export const PUBLIC = { tag: 'identity', access: 'public' } as const;

/** The query of a DELETE, which has no body. */
export const ReasonQuery = z.strictObject({ reason: Reason });

/** Who asks, and why, for the audit log. */
export const askingOf = (principal: Principal | undefined, reason: string): Asking => ({
  actor: actorOf(principal),
  reason,
});
