/**
 * Plays an engine that serves several front ends and knows nothing of metrics: each step gives tokens to some of them,
 * and each of these gets its slice, with the number of the step and of all who got one.
 *
 * @module
 */
import type { Slice } from "./messages.ts";

/** As many slices of a front end alone are remembered; more steps cannot be open. */
const REMEMBERED = 1024;

interface FrontEnd {
  readonly connection: Deno.TcpConn;
  readonly alone: number[];
}

/** An engine on a port of the loopback. */
export class PlayedEngine {
  /** Steps made, and their tokens. */
  steps = 0;
  tokens = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #frontEnds = new Map<number, FrontEnd>();
  readonly #gone = new Map<number, readonly number[]>();

  constructor() {
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Front ends that are connected. */
  get frontEnds(): number {
    return this.#frontEnds.size;
  }

  /** Makes one step: tokens for some of the front ends. */
  async step(): Promise<void> {
    const chosen = [...this.#frontEnds].filter(() => Math.random() < 0.7);
    if (chosen.length === 0) return;
    const step = this.steps++;
    const participants = chosen.reduce((bits, [number]) => bits | 1 << number, 0);
    await Promise.all(chosen.map(async ([number, { connection, alone }]) => {
      const slice: Slice = { step, participants, tokens: 1 + Math.floor(Math.random() * 40) };
      this.tokens += slice.tokens;
      if (chosen.length === 1) alone.push(step);
      if (alone.length > REMEMBERED) alone.shift();
      try {
        await connection.write(new TextEncoder().encode(`${JSON.stringify(slice)}\n`));
      } catch {
        this.#frontEnds.delete(number);
        this.#gone.set(number, alone);
      }
    }));
  }

  /** Steps that went to a front end alone, the last ones, in order. */
  sentAloneTo(contributor: number): { step: number; participants: number }[] {
    const alone = this.#frontEnds.get(contributor)?.alone ?? this.#gone.get(contributor) ?? [];
    return alone.map((step) => ({ step, participants: 1 << contributor }));
  }

  /** Forgets a front end that has ended. */
  hangUp(contributor: number): void {
    const frontEnd = this.#frontEnds.get(contributor);
    if (frontEnd === undefined) return;
    this.#frontEnds.delete(contributor);
    this.#gone.set(contributor, frontEnd.alone);
  }

  close(): void {
    this.#listener.close();
    for (const { connection } of this.#frontEnds.values()) connection.close();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const buffer = new Uint8Array(16);
      const length = await connection.read(buffer);
      const number = parseInt(new TextDecoder().decode(buffer.subarray(0, length ?? 0)));
      this.#frontEnds.set(number, { connection, alone: [] });
    }
  }
}
