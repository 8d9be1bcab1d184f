/**
 * Messages between the processes of Node's `cluster` module.
 *
 * @module
 */
import process from "node:process";

/** The other side of a link: a worker for the primary, the primary for a worker. */
export interface ClusterPeer {
  readonly id: number;
  send(message: unknown): void;
}

/** This process's place in a cluster. */
export interface ClusterLink {
  readonly isPrimary: boolean;
  /** The connected workers by id; none in a worker. */
  workers(): ClusterPeer[];
  /** Sends a message to the primary; does nothing in the primary itself. */
  report(message: unknown): void;
  /** Names the function that gets all messages. */
  onMessage(listener: (message: unknown, from: ClusterPeer) => void): void;
  /** Names the function that is told when a worker leaves. */
  onLeave(listener: (id: number) => void): void;
}

interface NodeWorker {
  readonly id: number;
  isConnected(): boolean;
  send(message: unknown): void;
}

/**
 * This process's place in a cluster; undefined where the runtime has no such thing. The module is loaded at the first
 * call, because there are application servers that do not bear it.
 */
export async function openClusterLink(): Promise<ClusterLink | undefined> {
  try {
    const { default: cluster } = await import("node:cluster");
    return cluster.isPrimary ? primaryLink(cluster as unknown as NodeCluster) : workerLink();
  } catch {
    return undefined;
  }
}

interface NodeCluster {
  readonly workers: Readonly<Record<string, NodeWorker>> | undefined;
  on(event: "message", listener: (worker: NodeWorker, message: unknown) => void): void;
  on(event: "disconnect", listener: (worker: NodeWorker) => void): void;
}

function primaryLink(cluster: NodeCluster): ClusterLink {
  return {
    isPrimary: true,
    report: () => {},
    workers: () =>
      Object.values(cluster.workers ?? {}).filter((worker) => worker.isConnected()).sort((a, b) =>
        a.id - b.id
      ),
    onMessage: (listener) => cluster.on("message", (worker, message) => listener(message, worker)),
    onLeave: (listener) => cluster.on("disconnect", ({ id }) => listener(id)),
  };
}

function workerLink(): ClusterLink {
  const primary: ClusterPeer = {
    id: 0,
    send(message) {
      if (process.connected) process.send?.(message);
    },
  };
  return {
    isPrimary: false,
    report: (message) => primary.send(message),
    workers: () => [],
    onMessage: (listener) => void process.on("message", (message) => listener(message, primary)),
    onLeave: () => {},
  };
}
