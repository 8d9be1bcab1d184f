/**
 * How long steps take: named profiles of models on hardware, and the model that turns a step into a duration.
 *
 * @module
 */

/** The timing of a model on some hardware. All times are microseconds. */
export interface TimingProfile {
  /** A fixed time from schedule to first token; 0 to compute it from the prompt. */
  readonly timeToFirstToken: number;
  /** What any prefill costs beside its tokens. */
  readonly prefillOverhead: number;
  readonly prefillTimePerToken: number;
  /** From one token to the next. */
  readonly interTokenLatency: number;
  /** Standard deviation of a step's duration, as a share of it; at most 0.3. */
  readonly jitter: number;
  /** To bring one token's KV from the offload tier. */
  readonly offloadTimePerToken: number;
  /** Bytes of one token's KV, over all layers. */
  readonly kvBytesPerToken: number;
  /** Parameters of the model, for the estimates of operations and bytes. */
  readonly parameters: number;
}

/** No waiting at all: steps follow each other as fast as the thread can run them. */
const INSTANT: TimingProfile = {
  timeToFirstToken: 0,
  prefillOverhead: 0,
  prefillTimePerToken: 0,
  interTokenLatency: 0,
  jitter: 0,
  offloadTimePerToken: 0,
  kvBytesPerToken: 131072,
  parameters: 8e9,
};

/** Profiles by name. The ranges are those that public measurements give; each value is the middle of its range. */
export const PROFILES = {
  instant: INSTANT,
  "1b-h100": {
    ...INSTANT,
    prefillOverhead: 15_000,
    prefillTimePerToken: 80,
    interTokenLatency: 6500,
    jitter: 0.05,
    offloadTimePerToken: 1,
    kvBytesPerToken: 32768,
    parameters: 1.2e9,
  },
  "8b-h100": {
    ...INSTANT,
    prefillOverhead: 32_000,
    prefillTimePerToken: 220,
    interTokenLatency: 12_500,
    jitter: 0.05,
    offloadTimePerToken: 3,
  },
  "70b-tp8-h100": {
    ...INSTANT,
    prefillOverhead: 80_000,
    prefillTimePerToken: 500,
    interTokenLatency: 23_000,
    jitter: 0.05,
    offloadTimePerToken: 8,
    kvBytesPerToken: 327680,
    parameters: 70e9,
  },
} as const satisfies Record<string, TimingProfile>;

/** The name of a {@linkcode PROFILES} entry. */
export type ProfileName = keyof typeof PROFILES;
