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
  #leave: () => void = () => {};

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
   * because another thread took too long: then others may enter at the same time
   * @param deadlineMs the longest to wait for others, in milliseconds
   */
  async admit(enter: (insiders: number | undefined) => Promise<void>, deadlineMs: number): Promise<void> {
    const locks = this.#locks;
    if (locks === undefined) return await enter(undefined);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), deadlineMs);
    let entered = false;
    try {
      await locks.request(`${this.#name}.entrance`, { signal: late.signal }, async () => {
        entered = true;
        clearTimeout(timer);
        const { held = [] } = await locks.query();
        const insiders = held.filter(({ name }) => name === this.#name).length;
        await this.#stay(locks);
        await enter(insiders);
      });
    } catch (error) {
      if (entered) throw error;
      await enter(undefined);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Is counted no longer. */
  leave(): void {
    this.#leave();
  }

  #stay(locks: LockManager): Promise<void> {
    return new Promise((resolve, reject) => {
      const stay = new Promise<void>((leave) => this.#leave = leave);
      locks.request(this.#name, { mode: "shared" }, () => {
        resolve();
        return stay;
      }).catch(reject);
    });
  }
}
