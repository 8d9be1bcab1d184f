/**
 * The subject's side of the conversation: answers the runner's calls, on Deno, Bun and Node.
 *
 * @module
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { formatAnswer } from "./calls_line.ts";

/** What a subject can be asked for: words in, anything that JSON can hold out. */
export type Verbs = Readonly<Record<string, (...words: string[]) => unknown>>;

/** Answers one call after the other until the runner closes the pipe, then ends the process. */
export async function answerCalls(verbs: Verbs): Promise<never> {
  // Libraries that print something would be taken for answers.
  console.log = console.error;
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, ...words] = line.trim().split(" ");
    let answer;
    try {
      if (!Object.hasOwn(verbs, verb)) {
        throw new Error(`Cannot answer "${verb}": there is no such verb`);
      }
      answer = formatAnswer({ value: await verbs[verb](...words) });
    } catch (error) {
      answer = formatAnswer({ error });
    }
    process.stdout.write(answer);
  }
  process.exit(0);
}
