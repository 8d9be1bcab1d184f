/**
 * What a long run shows of itself on stderr.
 *
 * @module
 */

/** Where a run stands. On a terminal one line that is rewritten; elsewhere a line every ten seconds. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #terminal: boolean;
  readonly #now: () => number;
  #expected = 0;
  #done = 0;
  #startMs: number;
  #lastMs = -Infinity;

  constructor(
    {
      write = (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
      terminal,
      now = () => performance.now(),
    }: {
      write?: (text: string) => void;
      terminal?: boolean;
      now?: () => number;
    } = {},
  ) {
    this.#write = write;
    this.#terminal = terminal ?? Deno.stderr.isTerminal();
    this.#now = now;
    this.#startMs = now();
  }

  /** Begins a part of so many steps. */
  expect(steps: number): void {
    this.#expected = steps;
    this.#done = 0;
    this.#startMs = this.#now();
  }

  /** Says what is done next. */
  step(text: string): void {
    const now = this.#now();
    const share = this.#expected === 0 ? 0 : this.#done / this.#expected;
    this.#done++;
    if (now - this.#lastMs < (this.#terminal ? 100 : 10_000)) return;
    this.#lastMs = now;
    const leftSeconds = share === 0
      ? ""
      : `, ${Math.ceil((now - this.#startMs) / share * (1 - share) / 1000)} s left`;
    const line = `${String(Math.floor(share * 100)).padStart(3)} % ${text}${leftSeconds}`;
    this.#write(this.#terminal ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** Leaves a line that stays. */
  say(text: string): void {
    this.#write(this.#terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  }
}
