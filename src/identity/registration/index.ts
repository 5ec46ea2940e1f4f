export * from './automatic/index.ts';
export { RegistrationConfig } from './config.ts';
export { conflictWith } from './conflict.ts';
export { type Entry, EntryInput } from './entry.ts';
export {
  type AttestedWorkload,
  EntryIndex,
  isGivenBy,
  isOver,
  type Match,
} from './entry-index.ts';
export { explainNone } from './explain-none.ts';
export {
  AGENTS_PATH,
  entryId,
  parseEntryInput,
  RESERVED_PATH,
  type Registering,
  registerEntry,
} from './register.ts';
export * from './registrar/index.ts';
export {
  isSelector,
  MAX_SELECTOR_LENGTH,
  type Selector,
  SelectorText,
  subjectOfSelector,
  toSelector,
} from './selector.ts';
export { DEFAULT_TEMPLATE, type IdTemplate, parseTemplate } from './template.ts';
export { type Lack, type NearEntry, type WhyNone, whyNone } from './why-none.ts';
