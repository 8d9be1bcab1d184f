import { assert, assertEquals } from "@std/assert";
import { type DemoRequest, makeUp, startDemoLoad } from "../../../src/cli/demo_load.ts";
import { shortTimersRun, waitFor } from "../../_support/wait_for.ts";

Deno.test("startDemoLoad() sends until it is stopped, whatever fails", async () => {
  const sent: DemoRequest[] = [];
  // Near 1, so that gaps are short; the time of day hardly matters then.
  const load = startDemoLoad("http://nowhere", {
    random: () => 0.001,
    now: () => 0,
    send: (request) => {
      sent.push(request);
      return Promise.reject(new Error("refused"));
    },
  });
  await waitFor(() => sent.length >= 5, { what: "five requests" });
  load.stop();
  const count = sent.length;
  await shortTimersRun();
  assertEquals(sent.length, count);
});

Deno.test("startDemoLoad() leaves out what would pile up", async () => {
  let sent = 0;
  const load = startDemoLoad("http://nowhere", {
    random: () => 0.0001,
    now: () => 0,
    send: () => {
      sent++;
      return new Promise(() => {});
    },
  });
  await waitFor(() => sent === 64, { what: "64 open requests" });
  await shortTimersRun();
  load.stop();
  assertEquals(sent, 64);
});

Deno.test("makeUp() stays within its bounds", () => {
  for (const value of [0, 0.5, 0.999]) {
    const { prompt, tokensMax } = makeUp(() => value);
    assert(tokensMax >= 10 && tokensMax < 200);
    assert(prompt.split(" ").length >= 5);
  }
});
