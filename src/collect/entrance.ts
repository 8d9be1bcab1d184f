/**
 * Lets the threads of a mesh in one after the other, where the host has Web Locks for all threads of a process.
 *
 * @module
 */
// CONTROL PLANE

/** The part of Web Locks that is needed. */
interface LockManager {
  request(
    name: string,
    options: { mode?: "shared" | "exclusive"; signal?: AbortSignal },
    callback: () => unknown,
  ): Promise<unknown>;
  query(): Promise<{ held?: readonly { name?: string }[] }>;
}

/** The entrance to a mesh, for one thread. */
export class Entrance {
  readonly #name: string;
  readonly #locks: LockManager | undefined;
  readonly #leaves: (() => void)[] = [];

  /**
   * @param name the mesh's
   * @param lasts whether the thread may be kept alive until it leaves, as a held lock does in Deno; else nobody is kept
   * waiting, and nobody is counted
   */
  constructor(name: string, lasts: boolean) {
    this.#name = name;
    // Node 20 has no navigator.
    const { navigator } = globalThis as unknown as { navigator?: { locks?: LockManager } };
    this.#locks = lasts ? navigator?.locks : undefined;
  }

  /**
   * Runs `enter` while no other thread does.
   *
   * @param enter is given how many threads are in; undefined if that is not known, because there are no locks or
   * because another thread took too long: then others may enter at the same time. Beside it, how many slots are taken:
   * one more than the greatest that those who are in have shown
   * @param deadlineMs the longest to wait for others, in milliseconds
   */
  async admit(
    enter: (insiders: number | undefined, slotsTaken: number) => Promise<void>,
    deadlineMs: number,
  ): Promise<void> {
    const locks = this.#locks;
    if (locks === undefined) return await enter(undefined, 0);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), deadlineMs);
    let entered = false;
    try {
      await locks.request(`${this.#name}.entrance`, { signal: late.signal }, async () => {
        entered = true;
        clearTimeout(timer);
        const { held = [] } = await locks.query();
        const insiders = held.filter(({ name }) => name === this.#name).length;
        await this.#stay(locks, this.#name);
        await enter(insiders, this.#slotsTaken(held));
      });
    } catch (error) {
      if (entered) throw error;
      await enter(undefined, this.#slotsTaken((await locks.query()).held));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Shows those who enter later which slot the thread has, also when it does not answer them. Within `enter`. */
  async show(slot: number): Promise<void> {
    if (this.#locks !== undefined) await this.#stay(this.#locks, `${this.#slotPrefix}${slot}`);
  }

  get #slotPrefix(): string {
    return `${this.#name}.slot.`;
  }

  /** One more than the greatest slot of those who are in. */
  #slotsTaken(held: readonly { name?: string }[] = []): number {
    const slots = held.filter(({ name }) => name?.startsWith(this.#slotPrefix))
      .map(({ name }) => Number(name!.slice(this.#slotPrefix.length)) + 1);
    return Math.max(0, ...slots);
  }

  /** Is counted no longer. */
  leave(): void {
    for (const leave of this.#leaves.splice(0)) leave();
  }

  #stay(locks: LockManager, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const stay = new Promise<void>((leave) => this.#leaves.push(leave));
      locks.request(name, { mode: "shared" }, () => {
        resolve();
        return stay;
      }).catch(reject);
    });
  }
}
