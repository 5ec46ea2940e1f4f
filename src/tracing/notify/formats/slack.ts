import type { FormatContext, Message } from '../message.ts';
import { headline, linkOf, reasonWords } from '../words.ts';

/** Of Slack: characters of a header, and of a field. */
const MAX_HEADER = 150;
const MAX_FIELD = 1_900;

/** A message of an incoming webhook. What others have named is plain text, in which nothing is markup; only the link and
 *  the fallback are written in mrkdwn, and escaped.
 *  @see https://docs.slack.dev/reference/block-kit/blocks, "Escaping text" of its guide to formatting */
export function toSlack(message: Message, { consoleUrl }: FormatContext): object {
  const title = headline(message);
  const link = linkOf(message, consoleUrl);
  return {
    text: escaped(title),
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      { type: 'section', text: plain(reasonWords(message), MAX_FIELD) },
      ...fieldsOf(message),
      ...(link === undefined
        ? []
        : [
            {
              type: 'context',
              elements: [{ type: 'mrkdwn', text: `<${addressOf(link)}|Open in Reeve>` }],
            },
          ]),
    ],
  };
}

function fieldsOf(message: Message): object[] {
  if (message.what === 'summary') return [];
  const { hops, techniques, data, incident } = message.notice;
  const said: readonly (readonly [string, string])[] = [
    ['Way', hops.map(({ from, to, operation }) => `${from} → ${to}  ${operation}`).join('\n')],
    ['Data', data.join(', ')],
    ['ATT&CK', techniques.join(', ')],
    ['Incident', incident],
  ];
  const fields = said
    .filter(([, text]) => text !== '')
    .map(([label, text]) => plain(`${label}: ${text}`, MAX_FIELD));
  return fields.length === 0 ? [] : [{ type: 'section', fields }];
}

/** Slack takes no text that is empty. */
const plain = (text: string, most: number) => ({
  ...{ type: 'plain_text', emoji: false, text: cut(text === '' ? '–' : text, most) },
});

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;

/** What Slack takes for a mention or a link is neither. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A bar would end the address. */
const addressOf = (link: string): string => escaped(link.replaceAll('|', '%7C'));
