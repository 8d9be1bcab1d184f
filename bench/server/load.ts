/**
 * Two kinds of load. Closed: every client waits for its response before it asks again, which shows what a server
 * can do. Open: requests come when they come, whether or not the server keeps up, which shows what clients
 * feel; a request that had to wait for a free connection has waited, so its latency counts from when it was due.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { quantile } from "../runner/statistics.ts";
import { HttpConnection } from "./http_connection.ts";

/** Where requests go. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly milliseconds: number;
}

/** What a load came to. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly "p50 ms": number;
  readonly "p99 ms": number;
  readonly "p99.9 ms": number;
}

async function connectAll({ port, path, connections }: Target): Promise<HttpConnection[]> {
  return await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port, path)));
}

/** Every connection asks as fast as it gets answers. */
export async function closedLoad(target: Target): Promise<LoadResult> {
  const connections = await connectAll(target);
  const latencies: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + target.milliseconds;
  await Promise.all(connections.map(async (connection) => {
    for (let before = performance.now(); before < endMs;) {
      await connection.ask();
      const after = performance.now();
      latencies.push(after - before);
      before = after;
    }
  }));
  const seconds = (performance.now() - startMs) / 1000;
  for (const connection of connections) connection.close();
  return resultOf(latencies, seconds);
}

/** So many requests a second, evenly spread; those that are due while all connections are busy wait in line. */
export async function openLoad(target: Target, requestsPerSecond: number): Promise<LoadResult> {
  const idle = await connectAll(target);
  const all = [...idle];
  const count = Math.floor(requestsPerSecond * target.milliseconds / 1000);
  const latencies: number[] = [];
  const due: number[] = [];
  const failures: unknown[] = [];
  const startMs = performance.now();
  const finished = Promise.withResolvers<void>();

  const serveNext = (connection: HttpConnection) => {
    const dueMs = due.shift();
    if (dueMs === undefined) {
      idle.push(connection);
      return;
    }
    connection.ask().then(() => {
      latencies.push(performance.now() - dueMs);
      if (latencies.length === count) finished.resolve();
      else serveNext(connection);
    }, (error) => {
      failures.push(error);
      finished.resolve();
    });
  };
  for (let sent = 0; sent < count && failures.length === 0;) {
    const dueNow = Math.min(count, Math.floor((performance.now() - startMs) * requestsPerSecond / 1000) + 1);
    for (; sent < dueNow; sent++) {
      due.push(startMs + sent * 1000 / requestsPerSecond);
      const connection = idle.pop();
      if (connection !== undefined) serveNext(connection);
    }
    // A timer would let a millisecond or two pass, and the requests of that time would come in one burst.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finished.promise;
  for (const connection of all) connection.close();
  if (failures.length > 0) throw failures[0];
  return resultOf(latencies, (performance.now() - startMs) / 1000);
}

function resultOf(latencies: readonly number[], seconds: number): LoadResult {
  return {
    requests: latencies.length,
    seconds,
    "p50 ms": quantile(latencies, 0.5),
    "p99 ms": quantile(latencies, 0.99),
    "p99.9 ms": quantile(latencies, 0.999),
  };
}
