/**
 * A terminal that a program draws on: its size, its keys, its second screen. The same on all three runtimes, by modules
 * of `node:`.
 *
 * @module
 */
import process from "node:process";

/** How a program takes a terminal over, and gives it back. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** The terminal of this process. Main thread only. */
export class Terminal {
  #onKey: ((data: Uint8Array) => void) | undefined;
  #onResize: (() => void) | undefined;

  /** Whether both the keys and the screen are a person's. */
  get isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stdout.isTTY === true;
  }

  /** How many characters fit. */
  size(): { readonly columns: number; readonly rows: number } {
    return { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
  }

  /**
   * Changes to the second screen and takes the keys.
   *
   * @param onKey gets each key as it comes; Ctrl-C is one too, `\x03`
   * @param onResize is called when the size has changed
   */
  enter(onKey: (key: string) => void, onResize: () => void): void {
    const { stdin, stdout } = process;
    this.#onKey = (data) => onKey(new TextDecoder().decode(data));
    this.#onResize = onResize;
    stdout.write(ENTER);
    stdin.setRawMode(true);
    stdin.on("data", this.#onKey);
    stdin.resume();
    stdout.on("resize", this.#onResize);
  }

  /** Draws lines over what was there. */
  draw(lines: readonly string[]): void {
    process.stdout.write(HOME + lines.map((line) => line + CLEAR_LINE).join("\r\n") + CLEAR_BELOW);
  }

  /** Gives the terminal back as it was. */
  leave(): void {
    const { stdin, stdout } = process;
    if (this.#onKey !== undefined) stdin.off("data", this.#onKey);
    if (this.#onResize !== undefined) stdout.off("resize", this.#onResize);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write(LEAVE);
  }
}
