/**
 * One request in one stage: its input as it comes, and its output as there is room for it.
 *
 * @module
 */
import type { BytePool } from "../wire/byte_pool.ts";
import type { HopPart, Outgoing, RequestKey } from "../wire/message.ts";
import { sharedNowMs } from "../wire/shared_clock.ts";
import type { DataHead, HopTrace, Ticket } from "../wire/ticket.ts";

/** A payload with all its parts. */
export interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it stands for, in units of the sender: tokens, images. */
  readonly units: number;
}

/** A payload that waits, and who is to know when it does not any more. */
interface ReceivedChunk extends Chunk {
  readonly consumed: () => void;
}

/** Where a job's output goes. */
export interface JobOutlet {
  /** Sends a payload to the next stage. Resolves when it is in the ring. */
  forward(job: Job, chunk: Chunk, last: boolean): Promise<void>;
  /** Tells the worker that owns the request. Resolves when there is room for more. */
  tell(job: Job, message: Omit<Outgoing, keyof RequestKey>): Promise<void>;
}

/** The request is not wanted any more. */
export class JobAborted extends Error {
  override readonly name = "JobAborted";
}

/** The least time for which a job really waits; timers are no finer. */
const WAIT_MS_MIN = 0.3;

/** A request in a stage. Owner thread only. */
export class Job {
  readonly key: RequestKey;
  readonly ticket: Ticket;
  /** The stage's position in the request's path. */
  readonly step: number;
  /** With the first stage: what the client sent. */
  readonly prompt: readonly number[];
  /** When it came to this replica, on the shared clock. */
  readonly cameMs: number = sharedNowMs();
  /** When work on it began. */
  startedMs = 0;
  readonly sent: HopTrace[] = [];
  readonly received: HopTrace[] = [];
  readonly #outlet: JobOutlet;
  readonly #speedFactor: number;
  readonly #pool: BytePool;
  readonly #chunks: ReceivedChunk[] = [];
  readonly #onAbort = new Set<() => void>();
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #complete = false;
  #wake: (() => void) | undefined;
  #aborted = false;

  constructor(
    key: RequestKey,
    parts: {
      ticket: Ticket;
      step: number;
      prompt: readonly number[];
      outlet: JobOutlet;
      speedFactor: number;
      /** Where payloads come from and go to. */
      pool: BytePool;
    },
  ) {
    this.key = key;
    this.ticket = parts.ticket;
    this.step = parts.step;
    this.prompt = parts.prompt;
    this.#outlet = parts.outlet;
    this.#speedFactor = parts.speedFactor;
    this.#pool = parts.pool;
  }

  /** Whether a stage follows. */
  get hasNext(): boolean {
    return this.step + 1 < this.ticket.path.length;
  }

  /** Whether it was aborted. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Ends it: whatever waits for it is refused. */
  abort(): void {
    this.#aborted = true;
    for (const refuse of [...this.#onAbort]) refuse();
    this.#wake?.();
  }

  /** Calls `listener` when the job is aborted; returns a function that ends this. */
  onAbort(listener: () => void): () => void {
    this.#onAbort.add(listener);
    return () => this.#onAbort.delete(listener);
  }

  /**
   * Takes a part of a payload from the stage before.
   *
   * @param consumed called with the bytes of a payload when it does not wait here any more
   */
  receive(bytes: Uint8Array<ArrayBuffer>, part: HopPart, consumed: (bytes: number) => void): void {
    this.#parts.push(bytes);
    if (part.more) return;
    const whole = this.#joined();
    this.#chunks.push({ bytes: whole, units: part.units, consumed: () => consumed(whole.length) });
    this.#parts = [];
    this.#complete ||= part.last;
    this.#wake?.();
  }

  /** Gives back what nobody will take any more. Called once, when the job has ended. */
  drop(): { readonly bytes: number } {
    for (const { consumed } of this.#chunks.splice(0)) consumed();
    return { bytes: this.#parts.splice(0).reduce((sum, { length }) => sum + length, 0) };
  }

  /** The payloads of the stage before, as they come; each is valid until the next one is asked for. @throws {JobAborted} */
  async *input(): AsyncGenerator<Chunk> {
    for (;;) {
      this.#check();
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        chunk.consumed();
        yield chunk;
        this.#pool.give(chunk.bytes);
      } else if (this.#complete) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Works for so many simulated milliseconds; returns how many seconds it really took. @throws {JobAborted} */
  async work(milliseconds: number): Promise<number> {
    const beganMs = performance.now();
    const waitMs = milliseconds / this.#speedFactor;
    if (waitMs >= WAIT_MS_MIN) {
      await this.until((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        return () => clearTimeout(timer);
      });
    }
    this.#check();
    return (performance.now() - beganMs) / 1000;
  }

  /** Waits for a condition, or until the job is aborted. @throws {JobAborted} */
  async until(begin: (resolve: () => void) => (() => void) | void): Promise<void> {
    this.#check();
    await new Promise<void>((resolve) => {
      const off = this.onAbort(() => {
        off();
        end?.();
        resolve();
      });
      // WHY last: the condition may hold already, and resolve from within.
      const end = begin(() => {
        off();
        resolve();
      });
    });
    this.#check();
  }

  /** Hands a payload to the next stage. @throws {JobAborted} */
  async forward(chunk: Chunk, last: boolean): Promise<void> {
    this.#check();
    await this.#outlet.forward(this, chunk, last);
  }

  /** Hands media to the client in parts. @throws {JobAborted} */
  async deliver(kind: number, bytes: Uint8Array, head: Omit<DataHead, "more">): Promise<void> {
    for (let at = 0; at < bytes.length; at += PART_BYTES) {
      const payload = bytes.subarray(at, at + PART_BYTES);
      await this.tell({ kind, head: { ...head, more: at + PART_BYTES < bytes.length }, payload });
    }
  }

  /** Tells the worker. @throws {JobAborted} */
  async tell(message: Omit<Outgoing, keyof RequestKey>): Promise<void> {
    this.#check();
    await this.#outlet.tell(this, message);
  }

  /** A payload out of its parts. */
  #joined(): Uint8Array<ArrayBuffer> {
    if (this.#parts.length === 1) return this.#parts[0];
    const whole = this.#pool.take(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
      this.#pool.give(part);
    }
    return whole;
  }

  #check(): void {
    if (this.#aborted) throw new JobAborted("Cannot go on with request: it was aborted");
  }
}

/** Media bytes of one message to a worker. */
const PART_BYTES = 65_536;
