import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import { Sign } from '../model.ts';
import type { Story, Told } from './story.ts';

const number = z.int().min(0);

const HopState = z.strictObject({
  id: number,
  parent: number,
  depth: number,
  traceId: z.string().nullable(),
  at: z.number(),
  caller: number,
  claimed: number,
  proved: number,
  principal: number,
  callee: number,
  endpoint: number,
  address: number,
  rank: number,
  outcome: number,
  isEntry: z.boolean(),
});

const ToldState = z.strictObject({
  sign: Sign,
  hop: HopState,
  group: z.string(),
  isNews: z.boolean().default(false),
  origin: number.optional(),
  trail: z.array(HopState),
  count: number,
  firstAt: z.number(),
  lastAt: z.number(),
});

const StoryState = z.strictObject({
  id: z.string(),
  firstAt: z.number(),
  lastAt: z.number(),
  told: z.array(ToldState),
  forgotten: number,
  keys: z.array(z.string()),
  isAlert: z.boolean(),
  raised: number.default(1),
  raisedScore: z.number().default(0),
  unsaid: z.array(ToldState).default([]),
  saidAt: z.number().default(0),
  toldAt: z.number(),
  isDue: z.boolean(),
});

/** Stories as JSON values. */
export const StoriesState = z.strictObject({
  version: z.literal(1),
  stories: z.array(StoryState),
});
export type StoriesState = z.infer<typeof StoriesState>;

export function toState(stories: Iterable<Story>): StoriesState {
  return {
    version: 1,
    stories: [...stories].map((story) => ({
      ...story,
      told: [...story.told.values()].map(toToldState),
      unsaid: [...story.unsaid.values()].map(toToldState),
      keys: [...story.keys],
    })),
  };
}

function toToldState(told: Told): z.infer<typeof ToldState> {
  return { ...told, trail: [...told.trail] };
}

/** @throws {Fault} `tracing/state-malformed` */
export function storiesFrom(state: unknown): Story[] {
  const parsed = StoriesState.safeParse(state);
  if (!parsed.success) {
    throw new Fault('tracing/state-malformed', 'what was kept of stories cannot be read', {
      hint: 'start without it: alerts that were told stay, and signs are gathered anew',
    });
  }
  return parsed.data.stories.map(({ told, unsaid, keys, ...rest }) => ({
    ...rest,
    told: byGroup(told),
    unsaid: byGroup(unsaid),
    keys: new Set(keys),
  }));
}

function byGroup(signs: readonly Told[]): Map<string, Told> {
  return new Map(signs.map((one) => [one.group, one]));
}
