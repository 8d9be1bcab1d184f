/**
 * The Node host. Sharing a port needs Node 22.12 or newer.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import process from "node:process";
import { listenNodeHttp } from "./node_http.ts";
import { trackResponses } from "./response_tracking.ts";
import type { Host } from "./types.ts";
import { unsharedPort } from "./platform.ts";
import { spawnThread, threadScope } from "./worker_thread.ts";

/** Makes the host. */
export function nodeHost(): Host {
  const bodies = trackResponses();
  return {
    name: "node",
    version: process.versions.node,
    cpuCount: availableParallelism,
    portSharing: () => {
      const unshared = unsharedPort(process.platform);
      if (unshared !== undefined) return unshared;
      if (!canReusePort(process.versions.node)) {
        return {
          possible: false,
          reason: `Node ${process.versions.node} cannot share a port (22.12 and newer can)`,
        };
      }
      return { possible: true, means: "node:http with reusePort", free: true };
    },
    listen: (options, handler) => listenNodeHttp(options, handler, bodies),
    limitsConnections: true,
    spawn: spawnThread,
    workerScope: () => threadScope((code) => process.exit(code)),
    onSignal: (name, listener) => {
      process.on(name, listener);
      return () => process.off(name, listener);
    },
    exit: (code) => process.exit(code),
    bodies,
  };
}

/** Whether this Node's `listen()` knows `reusePort`: since 22.12, and on the 23 line since 23.1. */
export function canReusePort(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}
