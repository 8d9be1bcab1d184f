/**
 * Threads that scrape the same slabs at once as the test does, each by a collector of its own.
 *
 * @module
 */
import type { Scraped, ScrapingOptions, ScrapingOrder } from "./scraping_thread.ts";
import { Thread } from "./threads.ts";

/** Between two scrapes of one client, in milliseconds: a hundred times as often as a Prometheus would. */
const PAUSE_MS = 10;

/** Some scraping threads, which learn of slabs and of their end as the test tells. */
export class ScrapingClients {
  readonly #threads: readonly Thread[];
  readonly #numbers: Map<SharedArrayBuffer, number> = new Map();
  #next = 0;

  private constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  /** Starts so many threads, and resolves when all of them scrape. */
  static async start(
    count: number,
    options: ScrapingOptions = { pauseMs: PAUSE_MS },
  ): Promise<ScrapingClients> {
    const threads = Array.from(
      { length: count },
      () => new Thread(new URL("./scraping_thread.ts", import.meta.url), options),
    );
    await Promise.all(threads.map((thread) => thread.message()));
    return new ScrapingClients(threads);
  }

  /** Has them read a slab too. */
  add(slab: SharedArrayBuffer): void {
    this.#numbers.set(slab, this.#next);
    this.#tell({ add: this.#next++, slab });
  }

  /** Has them fold a slab whose writer stands still. */
  retire(slab: SharedArrayBuffer): void {
    this.#tell({ retire: this.#numbers.get(slab)! });
    this.#numbers.delete(slab);
  }

  /** Resolves when all of them have done what they were told. */
  async settled(): Promise<void> {
    this.#tell({ answer: true });
    await Promise.all(this.#threads.map((thread) => thread.message()));
  }

  /** Has them collect their garbage, which holds on to the slabs that they have folded. */
  async collectGarbage(): Promise<void> {
    this.#tell({ collect: true });
    await Promise.all(this.#threads.map((thread) => thread.message()));
  }

  /**
   * Ends them.
   *
   * @returns how many scrapes each made, and the last, which knows everything that was told before
   * @throws What a scrape of theirs failed with
   */
  async end(): Promise<readonly Scraped[]> {
    this.#tell({ end: true });
    const scraped = await Promise.all(this.#threads.map((thread) => thread.message())) as Scraped[];
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
    return scraped;
  }

  /** @throws What a scrape has failed with, so that a test ends then and not when it is over */
  #tell(order: ScrapingOrder): void {
    const failed = this.#threads.find(({ failure }) => failure !== undefined);
    if (failed !== undefined) {
      for (const { worker } of this.#threads) void worker.terminate();
      throw failed.failure;
    }
    for (const { worker } of this.#threads) worker.postMessage(order);
  }
}

/** The scrapes of all clients. */
export function scrapesOf(scraped: readonly Scraped[]): number {
  return scraped.reduce((sum, { scrapes }) => sum + scrapes, 0);
}
