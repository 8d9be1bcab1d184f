/**
 * Made-up requests to a server of one's own, so that a newcomer sees something move.
 *
 * @module
 */

/** How requests are made up. */
export interface DemoLoadOptions {
  /** Sends one request and waits for the whole answer. Default: asks the server at the URL for a completion. */
  readonly send?: (request: DemoRequest) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Seconds, of any origin. */
  readonly now?: () => number;
}

/** A request that is made up. */
export interface DemoRequest {
  readonly prompt: string;
  readonly tokensMax: number;
  readonly stream: boolean;
}

/** Requests under way. */
export interface DemoLoad {
  /** Sends no more. */
  stop(): void;
}

/** Requests a second: on average, and how much it rises and falls within how many seconds. */
const RATE = { mean: 4, swing: 3, periodSeconds: 45 };

/** The most requests that are open; more are not sent. */
const OPEN_MAX = 64;

const WORDS = "the server counts what it does and a page draws it while somebody looks".split(" ");

/**
 * Sends requests, at random times around a rate that rises and falls, until it is stopped. Those that fail are not sent
 * again: the server counts them.
 *
 * @param url where the server is, without a slash at the end
 */
export function startDemoLoad(url: string, options: DemoLoadOptions = {}): DemoLoad {
  const { send = (request) => complete(url, request), random = Math.random } = options;
  const { now = () => performance.now() / 1000 } = options;
  let open = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    const rate = RATE.mean + RATE.swing * Math.sin(now() / RATE.periodSeconds * 2 * Math.PI);
    // WHY: gaps between independent arrivals are distributed exponentially.
    const gapSeconds = Math.min(5, -Math.log(1 - random()) / rate);
    timer = setTimeout(() => {
      next();
      if (open >= OPEN_MAX) return;
      open++;
      void send(makeUp(random)).catch(() => {}).finally(() => open--);
    }, gapSeconds * 1000);
  };
  next();
  return { stop: () => clearTimeout(timer) };
}

/** Makes a request up. */
export function makeUp(random: () => number): DemoRequest {
  const length = 5 + Math.floor(random() * 120);
  const prompt = Array.from({ length }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
  return { prompt, tokensMax: 10 + Math.floor(random() * 190), stream: random() < 0.7 };
}

async function complete(url: string, { prompt, tokensMax, stream }: DemoRequest): Promise<void> {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt, max_tokens: tokensMax, stream }),
  });
  await response.text();
}
