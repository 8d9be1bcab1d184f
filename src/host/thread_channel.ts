/**
 * A channel between the threads of this process that lets the process end.
 *
 * @module
 */
import { BroadcastChannel as NodeChannel, isMainThread } from "node:worker_threads";

/** Opens a channel. It does not keep the process alive. */
export function openThreadChannel(name: string): BroadcastChannel {
  // WHY: Node's own class and not the global one, which in Deno keeps the process alive.
  const channel = new NodeChannel(name);
  channel.unref();
  return channel as unknown as BroadcastChannel;
}

/** Whether this is the process's first thread. */
export function isFirstThread(): boolean {
  return isMainThread;
}
