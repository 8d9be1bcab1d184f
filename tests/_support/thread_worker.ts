/**
 * A thread that does what its parent says, for the tests of threads.
 *
 * @module
 */
import { detectHost } from "../../src/host/detect.ts";

/** What a parent may ask for. */
interface Order {
  readonly echo?: unknown;
  readonly exit?: number;
  readonly loop?: boolean;
  readonly throw?: string;
  readonly fill?: boolean;
}

const scope = detectHost().workerScope()!;
await scope.hold();
const { memory, say } = scope.data as { memory?: Int32Array; say: string };

scope.onMessage((message) => {
  const order = message as Order;
  if (order.echo !== undefined) scope.post(order);
  if (order.exit !== undefined) scope.exit(order.exit);
  if (order.throw !== undefined) throw new Error(order.throw);
  if (order.loop) { for (;;) Atomics.add(memory!, 0, 1); }
  if (order.fill) {
    const hoard: unknown[] = [];
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
  }
});
scope.post(say);
