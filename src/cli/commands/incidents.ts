import type { Command } from 'commander';
import { addIncidentActions } from '../incidents/act.ts';
import { addFeedback } from '../incidents/feedback.ts';
import { addIncidentList } from '../incidents/list.ts';

/** `reeve incidents …`: what tracing has found, and what people do about it. */
export function addIncidents(program: Command): void {
  const incidents = program
    .command('incidents')
    .summary('what is more than chance in traffic, and what is done about it')
    // the list has options of the same names; those behind a subcommand are the subcommand's
    .enablePositionalOptions();
  addIncidentList(incidents);
  addIncidentActions(incidents);
  addFeedback(incidents);
}
