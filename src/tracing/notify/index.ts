export type { IncidentNotice } from '../notice.ts';
export { NOTICE_COUNTS, type NoticeCount, type TargetStatus } from './channel.ts';
export { NotifyConfig, NotifyTarget } from './config.ts';
export { Notifier, type NotifierParts } from './notifier.ts';
export type { Outcome } from './send/outcome.ts';
