/**
 * What a function writes to stderr.
 *
 * @module
 */

/** Runs a function. Returns what it wrote, by call; with `fails` every write throws, as in Deno after the terminal was closed. */
export function stderrLines(run: () => void, fails = false): unknown[][] {
  const lines: unknown[][] = [];
  const { error } = console;
  console.error = (...what: unknown[]) => {
    lines.push(what);
    if (fails) throw new Error("Input/output error");
  };
  try {
    run();
  } finally {
    console.error = error;
  }
  return lines;
}
