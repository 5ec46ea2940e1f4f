import { z } from 'zod';

/** When signs are one story, and when a story is told. */
export const StorySettings = z.strictObject({
  thresholdNats: z
    .number()
    .min(0.5)
    .max(100)
    .default(3.9)
    .describe('Score at which a story becomes an alert, in nats of likelihood'),
  tellingNats: z
    .number()
    .min(0)
    .max(20)
    .default(2)
    .describe('Signs that say less do not connect one service to the next'),
  coincidenceNats: z
    .number()
    .min(0)
    .max(20)
    .default(2.75)
    .describe('What each further sign of a story has to say to add to it: some come by chance'),
  windowHours: z
    .number()
    .min(1)
    .max(2_160)
    .default(168)
    .describe(
      'How long a story waits for a further sign from the same origin; then it is forgotten',
    ),
  quietHours: z
    .number()
    .min(1)
    .max(2_160)
    .default(36)
    .describe(
      'An alert has ended after so long without a further sign; what comes then begins another',
    ),
  pauseHours: z
    .number()
    .min(0)
    .max(2_160)
    .default(1)
    .describe(
      'What comes after so long without a sign is told anew, where it says enough to be an alert by itself',
    ),
  continuationHours: z
    .number()
    .min(0.01)
    .max(168)
    .default(8)
    .describe('How long what a story has reached counts as where it may go on from'),
  halfLifeHours: z
    .number()
    .min(1)
    .max(8_760)
    .default(96)
    .describe('Time after which a sign counts for half'),
  skewSeconds: z
    .number()
    .min(0)
    .max(600)
    .default(5)
    .describe('Signs that are as close as this may have happened in the other order'),
  updateSeconds: z
    .number()
    .min(0)
    .max(3_600)
    .default(1)
    .describe('Least time between two tellings of one alert that goes on'),
  maxUnprovedAnHour: z
    .int()
    .min(1)
    .max(100_000)
    .default(50)
    .describe(
      'Alerts that only what callers say of themselves speaks for, told by themselves in an hour; one alert gathers the others',
    ),
  maxStories: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(5_000)
    .describe('Stories at a time; over it, those that say least are forgotten'),
  maxSigns: z
    .int()
    .min(2)
    .max(1_000)
    .default(24)
    .describe('Signs kept of a story; over it, those that say least are only counted'),
  maxServices: z.int().min(2).max(100).default(8).describe('Services that an alert names'),
  recentHops: z
    .int()
    .min(1_024)
    .max(4_194_304)
    .default(131_072)
    .describe(
      'Latest requests from which the way to a sign is told; a power of two, or the next one',
    ),
});
export type StorySettings = z.infer<typeof StorySettings>;
