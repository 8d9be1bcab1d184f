/**
 * Which systems spread the connections of one port over the threads that listen on it.
 *
 * @module
 */
import type { PortSharing } from "./types.ts";

/** What people call the systems that the runtimes name otherwise. */
const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macOS", win32: "Windows", windows: "Windows" };

/**
 * Why a port cannot be shared on this system, or undefined where it can. Linux alone spreads connections: on macOS the
 * last thread that listens gets all of them, on Windows it is undefined which.
 *
 * @param platform the system as the runtime names it
 * @param instead what else may be done, as the end of a sentence
 */
export function unsharedPort(
  platform: string,
  instead?: string,
): Extract<PortSharing, { possible: false }> | undefined {
  if (platform === "linux") return undefined;
  const reason = `${SYSTEMS[platform] ?? platform} does not spread one port's connections over threads`;
  return { possible: false, reason: instead === undefined ? reason : `${reason}, ${instead}` };
}
