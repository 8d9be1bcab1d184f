import { assertEquals } from "@std/assert";
import type { PortSharing } from "../../../src/host/types.ts";
import { shareable, sharesPort } from "../../../src/server/port_sharing.ts";
import { FakeHost } from "../../_support/fake_host.ts";

/** A host of a system on which ports are shared, or not, in this way. */
class System extends FakeHost {
  readonly #sharing: PortSharing;

  constructor(sharing: PortSharing) {
    super();
    this.#sharing = sharing;
  }

  override portSharing(): PortSharing {
    return this.#sharing;
  }
}

const LINUX = new System({ possible: true, means: "the test", free: true });
const SLOW = new System({ possible: true, means: "the test", free: false });
const OTHER = new System({ possible: false, reason: "this system does not" });

Deno.test("shareable() leaves one worker where a port cannot be shared, and says so in one line", () => {
  const logged: string[] = [];
  const choose = (workers: number, host: System) =>
    shareable({ workers, other: "kept" }, host, (line) => logged.push(line));
  assertEquals(choose(4, LINUX), { workers: 4, other: "kept" });
  assertEquals(choose(1, OTHER), { workers: 1, other: "kept" });
  assertEquals(logged, []);
  assertEquals(choose(4, OTHER), { workers: 1, other: "kept" });
  assertEquals(logged, ["one worker instead of 4: this system does not"]);
});

Deno.test("sharesPort() shares for several workers, and for one only if that costs nothing", () => {
  const answers = [LINUX, SLOW, OTHER].map((host) => [4, 1].map((workers) => sharesPort({ workers }, host)));
  // Four workers on the last one do not come to be: `shareable()` was asked before.
  assertEquals(answers, [[true, true], [true, false], [true, false]]);
});
