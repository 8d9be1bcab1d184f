/**
 * prometheus_client for Python in its multiprocess mode, where it is installed (Debian:
 * `python3-prometheus-client`).
 *
 * @module
 */
import { BENCH, firstLine } from "../runner/machine.ts";
import type { SubjectCommand } from "../runner/subject.ts";
import { findTool } from "../../tools/_tools.ts";

/** The name that reports show. */
export const PYTHON = "Python multiprocess";

const PROBE =
  "import sys, importlib.metadata as m; print(m.version('prometheus_client') + ',', 'Python', sys.version.split()[0])";

/** The command that starts the subject, or why there is none. */
export function pythonCommand(): SubjectCommand | { reason: string } {
  const { found, path } = findTool("prometheus_client");
  if (!found) return { reason: "prometheus_client for Python is not installed" };
  const version = firstLine(path, ["-c", PROBE]) ?? "unknown";
  return {
    subject: PYTHON,
    runtime: "python",
    command: [path, `${BENCH}peers/python/fleet_subject.py`, version],
  };
}
