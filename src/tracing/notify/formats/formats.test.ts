import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanNotice, type FormatContext, type Message } from '../message.ts';
import { anyNotice, CONTEXT, message, NOTICE, NOW, noticeOf, SUMMARY } from '../testing/notices.ts';
import { toCef } from './cef.ts';
import { toOcsf } from './ocsf.ts';
import { toPagerDuty } from './pagerduty.ts';
import { toReeve } from './reeve.ts';
import { toSlack } from './slack.ts';
import { framed, toSyslogMessage } from './syslog.ts';

const TITLE = 'Incident (critical): outside → web → payments';
const LINK = 'https://reeve.example.org/incidents/incident-1';

describe('Reeve’s own format', () => {
  it('says what happened, on which way, and where to look', () => {
    expect(toReeve(message(), CONTEXT)).toEqual({
      type: 'incident.open',
      timestamp: '2025-05-05T10:00:30.000Z',
      data: {
        ...{ schema: 'reeve.notice/v1', text: TITLE, explanation: NOTICE.reason, link: LINK },
        ...NOTICE,
      },
    });
  });

  it('sums up, and has no link where there is no console', () => {
    const { consoleUrl: _, ...context } = CONTEXT;
    expect(toReeve(SUMMARY, { ...context, consoleUrl: undefined })).toMatchObject({
      type: 'incidents.summary',
      data: {
        ...{ severity: 'high', text: '43 more messages about incidents: 3 high, 40 low' },
        ...{ link: null, counts: { high: 3, low: 40 } },
      },
    });
  });
});

describe('Slack’s format', () => {
  it('has a title, the reason, the way and a link', () => {
    expect(toSlack(message(), CONTEXT)).toEqual({
      text: TITLE,
      blocks: [
        { type: 'header', text: { type: 'plain_text', emoji: false, text: TITLE } },
        { type: 'section', text: { type: 'plain_text', emoji: false, text: NOTICE.reason } },
        {
          type: 'section',
          fields: [
            'Way: * → demo/shop/web  GET /debug\ndemo/shop/web → demo/shop/payments  GET /internal/export',
            'Data: pci',
            'ATT&CK: T1190, T1210',
            'Incident: incident-1',
          ].map((text) => ({ type: 'plain_text', emoji: false, text })),
        },
        { type: 'context', elements: [{ type: 'mrkdwn', text: `<${LINK}|Open in Reeve>` }] },
      ],
    });
  });

  it('sums up', () => {
    expect(toSlack(SUMMARY, CONTEXT)).toMatchObject({
      text: '43 more messages about incidents: 3 high, 40 low',
    });
  });

  it('keeps within what Slack takes, and nothing in it is markup of somebody else', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const { text, blocks } = toSlack(message(cleanNotice(notice)), CONTEXT) as SlackMessage;
        expect(text.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
        for (const element of textsOf(blocks)) {
          expect(element.text.length).toBeGreaterThan(0);
          expect(element.text.length).toBeLessThanOrEqual(2_000);
          if (element.type === 'plain_text') continue;
          expect(element.text).toMatch(/^<https:\/\/reeve\.example\.org\/[^<>|]*\|Open in Reeve>$/);
        }
        expect(JSON.parse(JSON.stringify(blocks))).toEqual(blocks);
      }),
    );
  });
});

interface SlackText {
  readonly type: string;
  readonly text: string;
}
interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly {
    readonly text?: SlackText;
    readonly fields?: readonly SlackText[];
    readonly elements?: readonly SlackText[];
  }[];
}
const textsOf = (blocks: SlackMessage['blocks']): readonly SlackText[] =>
  blocks.flatMap(({ text, fields = [], elements = [] }) => [
    ...(text ? [text] : []),
    ...fields,
    ...elements,
  ]);

describe('PagerDuty’s format', () => {
  it('triggers an alert with what is known', () => {
    expect(toPagerDuty(message(), 'key', CONTEXT)).toEqual({
      ...{ routing_key: 'key', event_action: 'trigger', dedup_key: 'reeve/incident-1' },
      ...{ client: 'Reeve', client_url: LINK, links: [{ href: LINK, text: 'Open in Reeve' }] },
      payload: {
        ...{ summary: TITLE, severity: 'critical', timestamp: '2025-05-05T10:00:30.000Z' },
        ...{ source: '*', component: 'demo/shop/payments', class: 'new-edge', group: 'reeve' },
        custom_details: {
          why: NOTICE.reason,
          ...{ path: NOTICE.path, techniques: NOTICE.techniques, data: ['pci'] },
          trace_ids: NOTICE.traceIds,
          hops: [
            '2025-05-05T10:00:00.000Z * → demo/shop/web GET /debug',
            '2025-05-05T10:00:02.000Z demo/shop/web → demo/shop/payments GET /internal/export',
          ],
          first_sign: '2025-05-05T10:00:00.000Z',
          latest_sign: '2025-05-05T10:00:02.000Z',
        },
      },
    });
  });

  it.each([
    ['open', 'trigger'],
    ['acknowledged', 'acknowledge'],
    ['malicious', 'trigger'],
    ['expected', 'resolve'],
    ['resolved', 'resolve'],
  ] as const)('of an incident that is %s is %s, for the same alert', (state, event) => {
    expect(toPagerDuty(message({ state }), 'key', CONTEXT)).toMatchObject({
      ...{ event_action: event, dedup_key: 'reeve/incident-1' },
    });
  });

  it('sums up in one alert a day', () => {
    expect(toPagerDuty(SUMMARY, 'key', CONTEXT)).toMatchObject({
      ...{ event_action: 'trigger', dedup_key: 'reeve/summary/2025-05-05' },
      payload: { severity: 'error', source: 'reeve-0' },
    });
  });

  it('keeps within what PagerDuty takes', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const event = toPagerDuty(message(cleanNotice(notice)), 'key', CONTEXT) as {
          dedup_key: string;
          payload?: { summary: string; severity: string };
        };
        expect(event.dedup_key.length).toBeLessThanOrEqual(255);
        expect(event.payload?.summary.length ?? 1).toBeLessThanOrEqual(1_024);
        expect(JSON.stringify(event).length).toBeLessThan(512_000);
      }),
    );
  });
});

describe('CEF', () => {
  it('is one line of a header and members', () => {
    expect(toCef(message(), CONTEXT)).toBe(
      [
        'CEF:0|Reeve|Reeve|1.2.3|new-edge|Incident (critical): outside → web → payments|10',
        [
          'rt=1746439230000 dvchost=reeve-0',
          `request=${LINK} start=1746439200000 end=1746439202000`,
          'externalId=incident-1 act=open cat=T1190,T1210',
          'sourceServiceName=* destinationServiceName=demo/shop/payments',
          'cs1Label=path cs1=outside → web → payments cs2Label=data cs2=pci',
          'cs3Label=traceIds cs3=0af7651916cd43dd8448eb211c80319c cnt=2',
          `msg=${NOTICE.reason}`,
        ].join(' '),
      ].join('|'),
    );
  });

  it('escapes bars in the header, equals signs behind it, and backslashes in both', () => {
    const text = toCef(message({ kind: 'a|b\\c=d', reason: 'x=1|y\\z\nact=resolved' }), CONTEXT);
    expect(text).toContain('|a\\|b\\\\c=d|');
    expect(text).toMatch(/ msg=x\\=1\|y\\\\z\\nact\\=resolved$/);
  });

  it('is read back as it was written, whatever others have named', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const said = message(notice);
        const { header, members } = readCef(toCef(said, CONTEXT));
        expect(header.slice(0, 4)).toEqual(['CEF:0', 'Reeve', 'Reeve', '1.2.3']);
        expect(header).toHaveLength(7);
        expect(members.get('act')).toBe(notice.state);
        expect(members.get('cnt')).toBe(String(notice.signs));
        const reason = notice.by === null ? notice.reason : undefined;
        if (reason) expect(members.get('msg')).toBe(reason.replaceAll(/(?![\r\n])\p{Cc}/gu, ' '));
      }),
    );
  });
});

/** Reads as readers of CEF do: an equals sign that is not escaped ends a key, which has no spaces. */
function readCef(line: string): {
  readonly header: readonly string[];
  readonly members: ReadonlyMap<string, string>;
} {
  expect(line).not.toMatch(/[\r\n]/);
  const parts = line.match(/^((?:(?:\\.|[^|\\])*\|){7})([\s\S]*)$/u);
  const header = (parts?.[1] ?? '').match(/(?:\\.|[^|\\])*\|/gu) ?? [];
  const members = new Map<string, string>();
  const keys = [...(parts?.[2] ?? '').matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
  keys.forEach((key, at) => {
    const raw = parts?.[2]?.slice(key.index + key[0].length, keys[at + 1]?.index);
    const value = raw?.replaceAll(
      /\\(.)/gsu,
      (_, one) => ({ n: '\n', r: '\r' })[one as string] ?? one,
    );
    members.set(key[1] ?? '', value ?? '');
  });
  return { header: header.map((one) => one.slice(0, -1)), members };
}

describe('a message of syslog', () => {
  const parts = {
    ...({
      facility: 10,
      severity: 'critical',
      now: NOW,
      host: 'reeve-0',
      text: 'CEF:0|x',
    } as const),
    maxBytes: 8_192,
  };

  it('is the header of RFC 5424 and the text', () => {
    expect(toSyslogMessage(parts).toString()).toBe(
      '<82>1 2025-05-05T10:00:30.000Z reeve-0 reeve - incident - CEF:0|x',
    );
  });

  it('has no host where its name is none, and cannot be split by one', () => {
    expect(toSyslogMessage({ ...parts, host: ' \n' }).toString()).toContain('Z - reeve');
    expect(toSyslogMessage({ ...parts, host: 'a b\nc' }).toString()).toContain('Z abc reeve');
  });

  it('is cut at its longest, and not within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), (text) => {
        const long = text.replaceAll('\ufffd', '').repeat(500);
        const bytes = toSyslogMessage({ ...parts, text: long, maxBytes: 480 });
        expect(bytes.length).toBeLessThanOrEqual(480);
        expect(bytes.toString()).not.toContain('\ufffd');
        if (long !== '') expect(bytes.length).toBeGreaterThan(476);
      }),
    );
  });

  it('is framed by its length, or by a line end', () => {
    const bytes = Buffer.from('<82>1 ü');
    expect(framed(bytes, 'octet-counting').toString()).toBe('8 <82>1 ü');
    expect(framed(bytes, 'newline').toString()).toBe('<82>1 ü\n');
  });
});

describe('OCSF', () => {
  it('is a Detection Finding', () => {
    expect(toOcsf(message(), CONTEXT)).toEqual({
      ...{ category_uid: 2, category_name: 'Findings' },
      ...{ class_uid: 2004, class_name: 'Detection Finding' },
      ...{ activity_id: 1, activity_name: 'Create' },
      ...{ type_uid: 200401, type_name: 'Detection Finding: Create' },
      ...{ severity_id: 5, severity: 'Critical', status_id: 1, status: 'New' },
      ...{ time: NOW - 20_000, message: TITLE },
      metadata: {
        ...{ version: '1.3.0', uid: 'notice_1', logged_time: NOW },
        product: { name: 'Reeve', vendor_name: 'Reeve', version: '1.2.3' },
      },
      ...{ start_time: NOW - 30_000, end_time: NOW - 28_000, count: 2 },
      finding_info: {
        ...{ title: TITLE, desc: NOTICE.reason, src_url: LINK, uid: 'incident-1' },
        types: ['new-edge'],
        ...{ first_seen_time: NOW - 30_000, last_seen_time: NOW - 28_000 },
        analytic: { type_id: 3, type: 'Behavioral', name: 'new-edge', uid: 'new-edge' },
        attacks: [{ technique: { uid: 'T1190' } }, { technique: { uid: 'T1210' } }],
      },
      resources: ['demo/shop/web', 'demo/shop/payments'].map((uid) => ({
        ...{ uid, name: uid, type: 'service', labels: ['pci'] },
      })),
      evidences: NOTICE.hops.map(({ from, to, operation, time }) => ({
        src_endpoint: { svc_name: from },
        dst_endpoint: { svc_name: to },
        api: { operation, service: { name: to } },
        data: { time },
      })),
      unmapped: { path: NOTICE.path, data: ['pci'], trace_ids: NOTICE.traceIds },
    });
  });

  it.each([
    ['acknowledged', 200402, 2],
    ['malicious', 200402, 2],
    ['expected', 200403, 3],
    ['resolved', 200403, 4],
  ] as const)(
    'of an incident that is %s has the type %i and the status %i',
    (state, type_uid, status_id) => {
      expect(toOcsf(message({ state }), CONTEXT)).toMatchObject({ type_uid, status_id });
    },
  );

  it('sums up', () => {
    expect(toOcsf(SUMMARY, CONTEXT)).toMatchObject({
      ...{ type_uid: 200401, severity_id: 4, finding_info: { uid: 'notice_1' } },
    });
  });
});

it.each<[string, (message: Message, context: FormatContext) => unknown]>([
  ['Reeve’s', toReeve],
  ['Slack’s', toSlack],
  ['PagerDuty’s', (said, context) => toPagerDuty(said, 'key', context)],
  ['CEF', toCef],
  ['OCSF', toOcsf],
])('%s is made of any notice, and is one line of JSON or text', (_, format) => {
  fc.assert(
    fc.property(anyNotice, (notice) => {
      const made = format(message(cleanNotice(notice)), CONTEXT);
      const line = typeof made === 'string' ? made : JSON.stringify(made);
      expect(line).not.toMatch(/[\r\n]/);
      expect(line.isWellFormed()).toBe(true);
    }),
  );
});

describe('what leaves', () => {
  it('has no query, no secret and no control characters', () => {
    const clean = cleanNotice(
      noticeOf({
        reason: 'saw GET /export?token=abc123def#x with password=hunter2 \u0007\u202e',
        hops: [{ from: 'a', to: 'b', operation: 'GET /a/b?user=1&c=2', time: NOTICE.time }],
        path: ['https://admin:geheim123@db.example/x?y=1'],
      }),
    );
    expect(clean.reason).toBe('saw GET /export with password=…   ');
    expect(clean.hops[0]?.operation).toBe('GET /a/b');
    expect(clean.path).toEqual(['https://…@db.example/x']);
  });

  it('is bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const many = Array.from({ length: 80 }, () => text);
        const clean = cleanNotice(noticeOf({ reason: text, from: text, path: many, data: many }));
        expect(clean.reason.length).toBeLessThanOrEqual(500);
        expect(clean.from.length).toBeLessThanOrEqual(256);
        expect([clean.path.length, clean.data.length]).toEqual([50, 50]);
        expect(JSON.stringify(clean).isWellFormed()).toBe(true);
      }),
    );
  });
});
