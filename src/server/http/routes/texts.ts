import { z } from 'zod';

/** An id of the estate, as requests name it. */
export const Id = z.string().min(1).max(2_048);

/** A team's name, as declarations and CODEOWNERS write it. */
export const Team = z.string().trim().min(1).max(200);

/** Why somebody changes something. It may be longer here than what is kept, so that who writes too much
 *  is told how much it may be. */
export const Reason = z.string().max(4_096).default('');
