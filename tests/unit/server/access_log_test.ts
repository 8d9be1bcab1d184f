import { assertEquals, assertMatch } from "@std/assert";
import { AccessLog } from "../../../src/server/access_log.ts";

const ENTRY = {
  worker: 1,
  requestId: "id",
  remoteAddress: "127.0.0.1",
  method: "GET",
  path: "/a\n",
  route: undefined,
  status: 200,
  milliseconds: 12.3456789,
};

Deno.test("AccessLog.write() writes one line of JSON", () => {
  const lines: string[] = [];
  new AccessLog({ sample: 1 }, { write: (line) => lines.push(line) }).write(ENTRY);
  assertEquals(lines.length, 1);
  assertEquals(lines[0].includes("\n"), false);
  const { time, ...rest } = JSON.parse(lines[0]);
  assertMatch(time, /^\d{4}-\d\d-\d\dT/);
  assertEquals(rest, {
    worker: 1,
    requestId: "id",
    remoteAddress: "127.0.0.1",
    method: "GET",
    path: "/a\n",
    route: null,
    status: 200,
    seconds: 0.012346,
  });
});

Deno.test("AccessLog.wants() takes the share of requests, and all that failed", () => {
  const draws = [0, 0.24, 0.25, 0.99, 0.1];
  const log = new AccessLog({ sample: 0.25 }, { random: () => draws.shift()! });
  assertEquals([200, 200, 200, 404].map((status) => log.wants(status)), [true, true, false, false]);
  const none = new AccessLog({ sample: 0 }, { random: () => 0 });
  assertEquals([200, 499, 500, 503].map((status) => none.wants(status)), [false, false, true, true]);
});
