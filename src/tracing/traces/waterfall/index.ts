/** A kept trace as people read it. */
export {
  type JudgeCall,
  WATERFALL_NOTES,
  Waterfall,
  type WaterfallNote,
  WaterfallRow,
} from './model.ts';
export { MAX_SHOWN_SPANS, waterfall } from './waterfall.ts';
