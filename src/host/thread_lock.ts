/**
 * Web Locks as proof that a Deno thread has ended.
 *
 * In Deno `terminate()` leaves a thread that is stuck in a loop running, with its listener and its connections,
 * unless the thread holds a lock; and it reports the exit of a thread that still runs. Bun and Node end threads
 * for real, so nothing here is needed there.
 *
 * @module
 */

interface LockManager {
  request(name: string, callback: () => unknown): Promise<unknown>;
  request(name: string, options: { signal: AbortSignal }, callback: () => unknown): Promise<unknown>;
}

/** Whether this runtime's threads need locks to be ended, and prove their end by them. */
export function locksProveEnds(): boolean {
  return (globalThis as { Deno?: unknown }).Deno !== undefined && lockManager() !== undefined;
}

/** Takes the lock and keeps it for as long as this thread lives. Resolves when it is held. */
export function holdLock(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const forever = lockManager()!.request(name, () => {
      resolve();
      return new Promise(() => {});
    });
    forever.catch(reject);
  });
}

/** Resolves with true when nobody holds the lock any more, with false if that takes longer than `seconds`. */
export async function lockReleased(name: string, seconds: number): Promise<boolean> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), seconds * 1000);
  try {
    await lockManager()!.request(name, { signal: deadline.signal }, () => {});
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function lockManager(): LockManager | undefined {
  return (navigator as { locks?: LockManager }).locks;
}
