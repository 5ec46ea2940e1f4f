import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Severity } from '../../estate/index.ts';

/** What every SARIF log of ours has. */
export interface SarifParts {
  readonly version: string;
  readonly rules: readonly unknown[];
  readonly results: readonly unknown[];
  /** Notifications of the tool. */
  readonly diagnostics: readonly Diagnostic[];
}

export const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
/** CVSS-like scores that code hosts sort by. */
export const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.0',
};

/** SARIF 2.1.0 (OASIS), as code hosts take it. */
export function sarifLog({ version, rules, results, diagnostics }: SarifParts): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Reeve', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results,
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: diagnostics.map((one) => ({
              level: one.severity,
              descriptor: { id: one.code },
              message: { text: one.message },
              ...(one.file && { locations: [sarifLocation({ ...one, file: one.file })] }),
            })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

export function sarifLocation(at: {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}) {
  return {
    physicalLocation: {
      artifactLocation: { uri: at.file.split('/').map(encodeURIComponent).join('/') },
      ...(at.line !== undefined && {
        region: {
          startLine: at.line,
          endLine: at.line,
          ...(at.column !== undefined && { startColumn: at.column, endColumn: at.column + 1 }),
        },
      }),
    },
  };
}
