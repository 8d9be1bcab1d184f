/**
 * Clients of every kind at once against `life_app.ts`, for some time, and the account of what they had.
 *
 * @module
 */
import { type AskOptions, type Exchange, LifeClient } from "./life_client.ts";

/** What to do to the server, and for how long. */
export interface MixedLoadOptions {
  readonly port: number;
  /** For how long at least. */
  readonly seconds: number;
  /**
   * Whether enough has happened for it to end; asked when its time is over. A machine that has little time for it takes
   * longer, ten times as long at most.
   */
  readonly isEnough: (load: { readonly killed: number }) => boolean;
  /** How often a worker is killed. */
  readonly killEverySeconds: number;
  /** Whether one may be killed now: not the last one, say. */
  readonly mayKill: () => Promise<boolean>;
}

/** What the clients had. */
export interface MixedLoadResult {
  /** Requests that had a whole response, or were left by their client in its midst, by life and path. */
  readonly had: ReadonlyMap<string, number>;
  /** Requests in all, second tries not counted. */
  readonly requests: number;
  /** Lives that were told to die. */
  readonly killed: ReadonlySet<string>;
  /** Responses that were cut, by life. */
  readonly cut: ReadonlyMap<string, number>;
  /** Requests that were repeated because their connection ended before any byte of the response. */
  readonly reset: number;
  /** Further repetitions, as the next connection met another end. */
  readonly resetAgain: number;
  /** Connections that nobody accepted, as all workers were being replaced; tried again. */
  readonly unconnected: number;
  /** Requests that all of {@linkcode TRIES} did not get through. */
  readonly failed: number;
  /** Responses of another status than 200. */
  readonly refused: number;
  readonly askedToClose: number;
}

/** How many clients there are of each kind, how each asks, and how long it pauses in between. */
const KINDS: readonly (AskOptions & { readonly clients: number; readonly pauseMs: number })[] = [
  { path: "/short", clients: 6, pauseMs: 40 },
  { path: "/kept", clients: 8, pauseMs: 20, keepAlive: true },
  { path: "/whole", clients: 10, pauseMs: 20 },
  { path: "/left", clients: 4, pauseMs: 50, leaves: true },
];

/** How often a request is tried whose connection ends before any byte of its response. */
const TRIES = 5;

const RETRY_PAUSE_MS = 100;

/** The key of {@linkcode MixedLoadResult.had}. */
export function hadKey(life: string, path: string): string {
  return `${life} ${path}`;
}

/** Lets all clients ask until the time is over and enough has happened; every request that was begun is finished. */
export async function mixedLoad(options: MixedLoadOptions): Promise<MixedLoadResult> {
  const { port, seconds, isEnough, killEverySeconds, mayKill } = options;
  const startMs = performance.now();
  const had = new Map<string, number>();
  const cut = new Map<string, number>();
  const killed = new Set<string>();
  const counts = {
    requests: 0,
    reset: 0,
    resetAgain: 0,
    unconnected: 0,
    failed: 0,
    refused: 0,
    askedToClose: 0,
  };

  const isOver = () => {
    const passed = (performance.now() - startMs) / 1000 / seconds;
    return passed > 1 && (passed > 10 || isEnough({ killed: killed.size }));
  };
  const account = (path: string, { outcome, life, status }: Exchange) => {
    counts.requests++;
    if (outcome === "cut") cut.set(life, (cut.get(life) ?? 0) + 1);
    else if (outcome === "reset" || outcome === "unconnected") counts.failed++;
    else {
      const key = hadKey(life, path);
      had.set(key, (had.get(key) ?? 0) + 1);
      if (status !== 200) counts.refused++;
    }
  };
  const askUntilAnswered = async (client: LifeClient, what: AskOptions): Promise<Exchange> => {
    for (let tries = 1;; tries++) {
      const exchange = await client.ask(what);
      const { outcome } = exchange;
      if (outcome !== "reset" && outcome !== "unconnected") return exchange;
      if (outcome === "unconnected") counts.unconnected++;
      else if (tries === 1) counts.reset++;
      else counts.resetAgain++;
      if (tries === TRIES) return exchange;
      if (outcome === "unconnected" || tries > 1) await pause(RETRY_PAUSE_MS * 2 ** tries);
    }
  };
  const lane = async (kind: (typeof KINDS)[number]) => {
    const client = new LifeClient(port);
    while (!isOver()) {
      account(kind.path, await askUntilAnswered(client, kind));
      await pause(kind.pauseMs * 2 * Math.random());
    }
    client.close();
    counts.askedToClose += client.askedToClose;
  };
  const killer = async () => {
    const client = new LifeClient(port);
    for (;;) {
      await pause(killEverySeconds * 1000);
      while (!isOver() && !await mayKill()) await pause(RETRY_PAUSE_MS);
      if (isOver()) return;
      const end = await askUntilAnswered(client, { path: "/die" });
      if (end.life !== "") killed.add(end.life);
      account("/die", end);
    }
  };
  const lanes = KINDS.flatMap((kind) => Array.from({ length: kind.clients }, () => lane(kind)));
  await Promise.all([...lanes, killer()]);
  return { ...counts, had, cut, killed };
}

/** A pause between two requests of one client: it is the load's pace, nothing waits for it. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
