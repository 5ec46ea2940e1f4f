import type { Command } from 'commander';
import { addLeaks } from '../secret/leaks.ts';
import { addLeases } from '../secret/leases.ts';
import { addLists } from '../secret/list.ts';
import { addPlans } from '../secret/plans.ts';
import { addValues } from '../secret/values.ts';
import { addVault } from '../secret/vault.ts';
import { addWork } from '../secret/work.ts';

/** `reeve secret …`: credentials that Reeve keeps and renews, and what is done when one leaks. */
export function addSecret(program: Command): void {
  const secret = program
    .command('secret')
    .summary('credentials that Reeve keeps, renews and revokes');
  addLists(secret);
  addValues(secret);
  addPlans(secret);
  addWork(secret);
  addLeaks(secret);
  addLeases(secret);
  addVault(secret);
}
