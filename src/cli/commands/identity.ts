import type { Command } from 'commander';
import { withFormat } from '../answers.ts';
import { addAgents } from '../identity/agents.ts';
import { addAuthorities } from '../identity/authorities.ts';
import { addDenials } from '../identity/denials.ts';
import { addEntries } from '../identity/entries.ts';
import { addExplain } from '../identity/explain.ts';
import { addFederation } from '../identity/federation.ts';
import { addFetch } from '../identity/fetch.ts';
import { addOverview } from '../identity/overview.ts';
import { addRegister } from '../identity/register.ts';

/** `reeve identity …`: who gets which identity, what signs it, and what is revoked. */
export function addIdentity(program: Command): void {
  const identity = withFormat(
    program.command('identity').summary('the identities of workloads, and what signs them'),
  );
  // the overview has options of the same names; those behind a subcommand are the subcommand's
  identity.enablePositionalOptions();
  addOverview(identity);
  addEntries(identity);
  addRegister(identity);
  addExplain(identity);
  addFetch(identity);
  addAuthorities(identity);
  addDenials(identity);
  addAgents(identity);
  addFederation(identity);
}
