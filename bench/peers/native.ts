/**
 * The reference renderer in Rust, where a compiler is installed.
 *
 * @module
 */
import { BENCH, firstLine } from "../runner/machine.ts";
import type { SubjectCommand } from "../runner/subject.ts";

/** The name that reports show. */
export const NATIVE = "native reference";

/** The command that starts the subject, compiled now, or why there is none. */
export async function nativeCommand(): Promise<
  SubjectCommand | { reason: string }
> {
  const rustc = firstLine("rustc", ["--version"]);
  if (rustc === undefined) return { reason: "rustc is not installed" };
  const program = `${BENCH}.build/native`;
  await Deno.mkdir(`${BENCH}.build`, { recursive: true });
  const { success, stderr } = await new Deno.Command("rustc", {
    args: [
      "--edition",
      "2021",
      "-C",
      "opt-level=3",
      "-o",
      program,
      `${BENCH}peers/native/main.rs`,
    ],
  }).output();
  if (!success) {
    return {
      reason: `it does not compile: ${new TextDecoder().decode(stderr).trim()}`,
    };
  }
  const version = rustc.split(" ").slice(0, 2).join(" ");
  return { subject: NATIVE, runtime: "native", command: [program, version] };
}
