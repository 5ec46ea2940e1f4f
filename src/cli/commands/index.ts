import type { Command } from 'commander';

type Add = (program: Command) => void;

/** Every command, in the order of the help, with what loads it. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<Add>])[] = [
  [['up'], async () => (await import('./up.ts')).addUp],
  [['agent'], async () => (await import('./agent.ts')).addAgent],
  [['status'], async () => (await import('./status.ts')).addStatus],
  [['scan'], async () => (await import('./scan.ts')).addScan],
  [['reach'], async () => (await import('./reach.ts')).addReach],
  [['check'], async () => (await import('./check.ts')).addCheck],
  [['policy'], async () => (await import('./policy.ts')).addPolicy],
  [['init'], async () => (await import('./init.ts')).addInit],
  [['discover'], async () => (await import('./discover.ts')).addDiscover],
  [['graph'], async () => (await import('./graph.ts')).addGraph],
  [
    ['services', 'endpoints', 'calls', 'credentials', 'findings', 'owners', 'audit'],
    async () => (await import('./lists.ts')).addLists,
  ],
  [['incidents'], async () => (await import('./incidents.ts')).addIncidents],
  [['traces', 'edges', 'baseline'], async () => (await import('./traces.ts')).addTraces],
  [['identity'], async () => (await import('./identity.ts')).addIdentity],
  [['secret'], async () => (await import('./secret.ts')).addSecret],
  [['offboard'], async () => (await import('./offboard.ts')).addOffboard],
  [['admission'], async () => (await import('./admission.ts')).addAdmission],
  [['witness'], async () => (await import('./witness.ts')).addWitness],
  [['people'], async () => (await import('./people.ts')).addPeople],
  [['login-link'], async () => (await import('./login-link.ts')).addLoginLink],
];

/** Adds the command that the first argument names. Only that one is loaded, which starts in a third of
 *  the time; the help, and the hint at a misspelt name, need them all.
 *  @param args what follows `reeve` on the command line */
export async function addCommands(program: Command, args: readonly string[]): Promise<void> {
  const named = COMMANDS.filter(([names]) => names.some((name) => name === args[0]));
  for (const [, load] of named.length > 0 ? named : COMMANDS) (await load())(program);
}
