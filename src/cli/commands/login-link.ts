import type { Command } from 'commander';
import { ask, type ServerFlags, withServer } from '../client.ts';

/** `reeve login-link`: a new link to the console of a running server, good for one log-in. */
export function addLoginLink(program: Command): void {
  withServer(
    program.command('login-link').summary('a new link to log in to the console with, once'),
  ).action(async (flags: ServerFlags) => {
    const { url, expiresAt } = await ask<{ url: string; expiresAt: string }>(
      flags,
      '/api/v1/login-links',
      'POST',
    );
    console.log(url);
    console.error(`good for one log-in until ${expiresAt}`);
  });
}
