import { assertEquals, assertRejects } from "@std/assert";
import { readTarget, serverUrl } from "../../../src/cli/read_target.ts";
import { TargetError } from "../../../src/cli/usage_error.ts";

Deno.test("readTarget() refuses what begins like a URL and is none, and files that are not there", async () => {
  for (const target of ["http://", "http://a b"]) {
    await assertRejects(() => readTarget(target, { timeoutSeconds: 1 }), TargetError, "wanted a URL such as");
  }
  await assertRejects(
    () => readTarget("no_such.txt", { timeoutSeconds: 1 }),
    TargetError,
    "there is no such file",
  );
});

Deno.test("readTarget() asks a server that is named by host and port", async () => {
  const paths: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    paths.push(new URL(request.url).pathname);
    return new Response("a 1\n");
  });
  const address = `127.0.0.1:${server.addr.port}`;
  for (const target of [address, `${address}/`, `${address}/other`, `http://${address}`]) {
    const { body } = await readTarget(target, { timeoutSeconds: 10 });
    assertEquals(new TextDecoder().decode(body), "a 1\n");
  }
  assertEquals(paths, ["/metrics", "/metrics", "/other", "/metrics"]);
});

Deno.test("serverUrl() takes what is left out from the command", () => {
  assertEquals(serverUrl("host:1", "/metrics").href, "http://host:1/metrics");
  assertEquals(serverUrl("[::1]:9464", "/metrics").href, "http://[::1]:9464/metrics");
  assertEquals(serverUrl("https://host/x", "/metrics").href, "https://host/x");
});
