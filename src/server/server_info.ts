/**
 * What runs, and as what it was configured, as info metrics.
 *
 * @module
 */
// CONTROL PLANE
import type { Host } from "../host/types.ts";
import { Info } from "../metric/info.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResolvedOptions } from "./options.ts";
import { VERSION } from "./version.ts";

/**
 * States version, runtime and configuration: `promslab_build_info` and `promslab_config_info`. What is secret or
 * tells of the machine's files is not among it. Main thread only.
 */
export function stateServerInfo(host: Host, options: ResolvedOptions, registry?: Registry): void {
  const build = Info.getOrCreate({
    name: "promslab_build_info",
    help: "Version of promslab and of the runtime under it.",
    labelNames: ["version", "runtime", "runtime_version"],
    registry,
  });
  build.labels({ version: VERSION, runtime: host.name, runtime_version: host.version }).state();
  const config = configLabels(options, host);
  const info = Info.getOrCreate<string>({
    name: "promslab_config_info",
    help: "The server's configuration.",
    labelNames: Object.keys(config),
    registry,
  });
  info.labels(config).state();
}

function configLabels(options: ResolvedOptions, host: Host): Record<string, string> {
  const sharing = host.portSharing();
  return {
    workers: String(options.workers),
    listener: options.connectionLimits !== undefined
      ? "node:http"
      : options.workers > 1 && sharing.possible
      ? sharing.means
      : "one listener",
    http_families: options.instrument ? options.httpFamilies : "none",
    tls: String(options.tls !== undefined),
    admin_token: String(options.adminToken !== undefined),
    drain_seconds: String(options.drainSeconds),
    hang_seconds: String(options.hangSeconds),
  };
}
