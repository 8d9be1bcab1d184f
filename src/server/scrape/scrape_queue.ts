/**
 * Scrapes one after the other, those that want the same together.
 *
 * @module
 */
// CONTROL PLANE
import type { Turns } from "../../collect/turns.ts";

/** Something that several wait for and that has to be given back. */
export interface Returnable {
  /** Says that nobody uses it any more. */
  release(): void;
}

/** One's share in something that several wait for. */
export interface Share<T> {
  /** The thing, when it is there. */
  readonly result: Promise<T>;
  /** Gives the share back; the last one to do so gives back the thing. Once is enough. */
  leave(): void;
}

/** What several wait for. */
class SharedWork<T extends Returnable> {
  readonly result: Promise<T>;
  #holderCount = 0;

  constructor(begin: (isWanted: () => boolean) => Promise<T>) {
    this.result = begin(() => this.#holderCount > 0);
    // Who holds a share learns of a failure by it; without any share there is nobody to tell.
    this.result.catch(() => {});
  }

  join(): Share<T> {
    let isHolding = true;
    this.#holderCount++;
    return {
      result: this.result,
      leave: () => {
        if (!isHolding) return;
        isHolding = false;
        if (--this.#holderCount > 0) return;
        // WHY again: another may have joined before it began.
        void this.result.then((made) => this.#holderCount === 0 && made.release(), () => {});
      },
    };
  }
}

/**
 * Runs one scrape at a time, as a collector's columns serve one pass at a time. Scrapes that want the same and wait for
 * their turn share one pass. None joins a pass that has begun, so each shows all that was counted before it came.
 * One thread.
 */
export class ScrapeQueue {
  readonly #turns: Pick<Turns, "exclusively">;
  readonly #waiting: Map<string, SharedWork<Returnable>> = new Map();

  /** @param turns whose turns the scrapes are: those of their collector, which others take too */
  constructor(turns: Pick<Turns, "exclusively">) {
    this.#turns = turns;
  }

  /**
   * A share in what `run` makes, or in what another made that has the same key and has not begun.
   *
   * @param run has its turn alone
   * @param finish does the rest, while others have theirs
   */
  share<M, T extends Returnable>(
    key: string,
    run: () => Promise<M>,
    finish: (made: M) => Promise<T>,
  ): Share<T> {
    const waiting = this.#waiting.get(key) as SharedWork<T> | undefined;
    if (waiting !== undefined) return waiting.join();
    const work = new SharedWork<T>(async (isWanted) =>
      await finish(
        await this.#turns.exclusively(() => {
          this.#waiting.delete(key);
          if (!isWanted()) throw new Error("Cannot scrape: nobody waits any more");
          return run();
        }),
      )
    );
    this.#waiting.set(key, work);
    return work.join();
  }
}
