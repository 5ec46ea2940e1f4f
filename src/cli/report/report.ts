import type { Diagnostic } from '../../base/diagnostic.ts';
import type { JudgedEstate } from '../../estate/index.ts';

/** What a scan found, for every format to render. */
export interface ScanReport extends JudgedEstate {
  readonly schema: 'reeve.scan/v1';
  readonly diagnostics: readonly Diagnostic[];
}

/** What a report says beside its content. */
export interface ReportContext {
  /** The folder, as the user named it. */
  readonly folder: string;
  readonly fileCount: number;
  readonly elapsedMilliseconds: number;
  readonly version: string;
}
