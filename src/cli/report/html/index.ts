import { toPlace } from '../../../base/diagnostic.ts';
import type { Finding, JudgedEstate } from '../../../estate/index.ts';
import { grouped, plain } from '../../terminal.ts';
import { answerLines, severityCounts } from '../answers.ts';
import type { ReportContext, ScanReport } from '../report.ts';
import { drawGraph } from './graph.ts';
import { html } from './markup.ts';
import { SCRIPT, STYLE } from './page.ts';

/** Rows of one table at most: a page that a browser can still search. */
const MAX_ROWS = 2_000;

/** One file without any reference outside itself: the answers, the call graph and every list. */
export function toHtml(report: ScanReport, context: ReportContext): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">`,
    html`<title>Reeve: ${plain(context.folder)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    html`<header><h1>${plain(context.folder)}</h1><p>${grouped(context.fileCount)} files read by Reeve ${context.version}</p></header>`,
    '<main>',
    answerSection(report),
    '<section><h2>Calls</h2>',
    legend(),
    `<div class="scroll">${drawGraph(report.services, report.calls)}</div></section>`,
    findingsSection(report.findings),
    ...tables(report),
    diagnosticsSection(report),
    `</main><script>${SCRIPT}</script></body></html>`,
    '',
  ].join('\n');
}

function answerSection(report: JudgedEstate): string {
  const cards = answerLines(report).map(({ question, total, satisfied, isYes, failing }) => {
    const share = total === 0 ? 0 : Math.floor((satisfied / total) * 100);
    const state = total === 0 ? 'none' : isYes ? 'yes' : 'no';
    const figure = total === 0 ? 'none found' : `${grouped(satisfied)} of ${grouped(total)}`;
    return html`<article class="answer ${state}"><h2>${question}</h2><p class="figure">${figure}</p><progress max="100" value="${share}"></progress><p>${failing}</p></article>`;
  });
  return `<section class="answers">${cards.join('\n')}</section>`;
}

function legend(): string {
  const kinds = [
    ['mtls', 'mTLS'],
    ['token', 'token'],
    ['none', 'no proof of the caller'],
    ['unknown', 'not known'],
  ] as const;
  return `<p class="legend">${kinds.map(([kind, text]) => html`<span class="${kind}">${text}</span>`).join(' ')}</p>`;
}

function findingsSection(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.severity,
    finding.control,
    finding.location ? toPlace(finding.location) : '',
    finding.message,
    finding.remedy,
  ]);
  const title = `Findings: ${severityCounts(findings) || 'none'}`;
  return table(title, ['severity', 'control', 'where', 'what', 'to mend it'], rows, true);
}

function tables({ services, endpoints, calls, credentials }: JudgedEstate): string[] {
  return [
    table(
      'Services',
      ['service', 'kind', 'owner', 'criticality', 'exposure', 'identity'],
      services.map((one) => [
        one.id,
        one.kind,
        one.owner ?? '',
        one.criticality ?? '',
        one.exposure,
        one.identity ?? '',
      ]),
    ),
    table(
      'Endpoints',
      ['service', 'protocol', 'method', 'template', 'status', 'owner', 'data', 'implemented in'],
      endpoints.map((one) => [
        one.service,
        one.protocol,
        one.method,
        one.template,
        one.status,
        one.owner ?? '',
        one.sensitivity.map(({ tag }) => tag).join(', '),
        one.implementedIn.slice(0, 1).map(toPlace).join(),
      ]),
    ),
    table(
      'Calls',
      ['from', 'to', 'operation', 'authentication', 'evidence', 'allowed by'],
      calls.map((one) => [
        one.from,
        one.to,
        one.operation,
        one.authentication,
        one.evidence,
        one.allowedBy.join(', '),
      ]),
    ),
    table(
      'Credentials',
      ['name', 'kind', 'services', 'owner', 'rotation', 'locations', 'problems'],
      credentials.map((one) => [
        one.name,
        one.kind,
        one.services.join(', '),
        one.owner ?? '',
        one.rotation ?? '',
        one.locations.map(toPlace).join(', '),
        one.problems.join(', '),
      ]),
    ),
  ];
}

function diagnosticsSection({ diagnostics }: ScanReport): string {
  return table(
    'Notes on what was read',
    ['severity', 'where', 'what'],
    diagnostics.map((one) => [one.severity, toPlace(one), one.message]),
  );
}

function table(
  title: string,
  columns: readonly string[],
  rows: readonly string[][],
  open = false,
): string {
  const shown = rows.slice(0, MAX_ROWS);
  const body = shown.map(
    (row) =>
      `<tr>${row.map((text) => html`<td class="${/^[a-z]+$/.test(text) ? text : ''}">${plain(text)}</td>`).join('')}</tr>`,
  );
  return [
    `<details${open ? ' open' : ''}>` +
      html`<summary><h2>${title}</h2> ${grouped(rows.length)}</summary>`,
    '<input type="search" placeholder="filter" aria-label="filter">',
    `<div class="scroll"><table><thead><tr>${columns.map((column) => html`<th>${column}</th>`).join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
    rows.length > shown.length
      ? html`<p>${grouped(rows.length - shown.length)} more rows: use --format json.</p>`
      : '',
    '</details>',
  ].join('\n');
}
