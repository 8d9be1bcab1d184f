/**
 * The two sides of a conversation over a child's stdin and stdout. One call is one line of words, one answer one
 * line of `ok` and JSON or `error` and text, so that subjects in C, Go and Python can take part.
 *
 * @module
 */

/** Writes a call. Words hold no white space. */
export function formatCall(words: readonly (string | number)[]): string {
  const bad = words.find((word) => /\s/.test(String(word)) || word === "");
  if (bad !== undefined) {
    throw new TypeError(`Cannot send "${bad}": a word holds no white space`);
  }
  return words.join(" ") + "\n";
}

/** Writes an answer. */
export function formatAnswer(
  answer: { value: unknown } | { error: unknown },
): string {
  if ("value" in answer) return `ok ${JSON.stringify(answer.value ?? null)}\n`;
  const text = answer.error instanceof Error ? answer.error.message : String(answer.error);
  return `error ${text.replaceAll("\n", " ")}\n`;
}

/**
 * Reads an answer.
 *
 * @throws {Error} If it tells of an error, with its text, or is not an answer.
 */
export function parseAnswer(line: string): unknown {
  if (line.startsWith("ok ")) return JSON.parse(line.slice(3));
  if (line.startsWith("error ")) throw new Error(line.slice(6));
  throw new Error(
    `Cannot read the answer "${line}": it begins with neither ok nor error`,
  );
}
