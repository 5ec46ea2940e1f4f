import type { FormatContext, Message } from '../message.ts';
import { headline, linkOf, reasonWords, severityOf } from '../words.ts';

/** A message as plain JSON, for receivers of one's own: `docs/notifications.md` is the contract. */
export function toReeve(message: Message, { now, consoleUrl }: FormatContext): object {
  const body = message.what === 'summary' ? message.summary : message.notice;
  return {
    type: message.what === 'summary' ? 'incidents.summary' : `incident.${message.notice.state}`,
    timestamp: new Date(now).toISOString(),
    data: {
      ...{ schema: 'reeve.notice/v1', severity: severityOf(message), text: headline(message) },
      ...{ explanation: reasonWords(message), link: linkOf(message, consoleUrl) ?? null, ...body },
    },
  };
}
