/** Declarations that services do not have yet, drafted from what is known of them. */
export { type Draft, type DraftedEstate, draftDeclarations } from './draft.ts';
