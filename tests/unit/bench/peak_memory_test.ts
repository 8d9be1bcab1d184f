import { assert, assertEquals } from "@std/assert";
import { peakMiB, resetPeak } from "../../../bench/scrape/peak_memory.ts";

const onLinux = Deno.build.os === "linux";

Deno.test({
  name: "peakMiB() tells the most memory that a process has taken since resetPeak()",
  ignore: !onLinux,
  fn() {
    resetPeak(Deno.pid);
    const before = peakMiB(Deno.pid)!;
    new Uint8Array(64 * 2 ** 20).fill(1);
    const after = peakMiB(Deno.pid)!;
    assert(after >= before + 60, `${before} MiB, then ${after} MiB`);
  },
});

Deno.test({
  name: "peakMiB() counts the children of a process too",
  ignore: !onLinux,
  async fn() {
    const alone = peakMiB(Deno.pid)!;
    const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new Uint8Array([10]));
    const reader = child.stdout.getReader();
    await reader.read();
    const both = peakMiB(Deno.pid)!;
    await writer.close();
    await reader.cancel();
    await child.status;
    assert(both > alone, `${alone} MiB, then ${both} MiB`);
  },
});

Deno.test("peakMiB() knows nothing of a process that is not there", () => {
  assertEquals(peakMiB(2 ** 30), undefined);
});
