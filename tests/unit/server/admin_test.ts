import { assertEquals } from "@std/assert";
import { createAdminHandler, type Readiness } from "../../../src/server/admin.ts";
import { ScrapeBody } from "../../../src/server/scrape/scrape_body.ts";

function adminOf(given: Partial<Readiness> = {}, token?: string) {
  const readiness = { ready: 3, wanted: 3, draining: false, crashLoops: [], ...given };
  const handler = createAdminHandler({
    scrape: ({ method, query }) =>
      Promise.resolve({
        status: 200,
        headers: { "content-type": "text/x" },
        body: new ScrapeBody([new TextEncoder().encode(`${method} ${query}`)]),
      }),
    snapshot: (request) => new Response(`snapshot ${new URL(request.url).search}`),
    reports: { "/api/v1/slabs": () => new Response("slabs") },
    readiness: () => readiness,
    token,
    routes: {
      "/": () => new Response("home"),
      "/files/*": (request) => new Response(request.method),
    },
  });
  return async (path: string, method = "GET", headers?: Record<string, string>) => {
    const response = await handler(new Request(`http://localhost${path}`, { method, headers }));
    return [response.status, await response.text()];
  };
}

Deno.test("createAdminHandler() answers metrics and health", async () => {
  const ask = adminOf();
  assertEquals(await ask("/metrics?name[]=a"), [200, "GET name[]=a"]);
  assertEquals(await ask("/api/v1/snapshot?prefix=a"), [200, "snapshot ?prefix=a"]);
  assertEquals(await ask("/api/v1/slabs"), [200, "slabs"]);
  assertEquals(await ask("/-/healthy"), [200, "healthy\n"]);
  assertEquals(await ask("/-/ready"), [200, "ready: 3 of 3 workers accept\n"]);
  assertEquals(await ask("/nothing"), [404, "not found\n"]);
});

Deno.test("createAdminHandler() answers metrics by GET and HEAD, however the path is spelt", async () => {
  const ask = adminOf();
  assertEquals(await ask("/metrics"), [200, "GET "]);
  assertEquals(await ask("/metrics#top"), [200, "GET "]);
  assertEquals(await ask("/metrics?a=/metrics", "HEAD"), [200, "HEAD a=/metrics"]);
  assertEquals(await ask("/metrics", "POST"), [404, "not found\n"]);
  assertEquals(await ask("/metrics/"), [404, "not found\n"]);
  assertEquals(await ask("/?/metrics"), [200, "home"]);
});

Deno.test("createAdminHandler() hands over the token that a scraper shows, if one is wanted", async () => {
  const shown = async (token?: string) => {
    let authorization: string | null | undefined;
    const handler = createAdminHandler({
      scrape: (request) => {
        authorization = request.authorization;
        return Promise.resolve({ status: 401, headers: {}, body: new ScrapeBody([]) });
      },
      snapshot: () => new Response(),
      reports: {},
      readiness: () => ({ ready: 1, wanted: 1, draining: false, crashLoops: [] }),
      token,
      routes: {},
    });
    await handler(new Request("http://localhost/metrics", { headers: { authorization: "Bearer x" } }));
    return authorization;
  };
  assertEquals(await shown("the-token"), "Bearer x");
  assertEquals(await shown(), null);
});

Deno.test("createAdminHandler() is ready while a worker accepts and no drain has begun", async () => {
  assertEquals(await adminOf({ ready: 1, wanted: 3, draining: false })("/-/ready"), [
    200,
    "ready: 1 of 3 workers accept\n",
  ]);
  assertEquals((await adminOf({ ready: 0, wanted: 3, draining: false })("/-/ready"))[0], 503);
  assertEquals((await adminOf({ ready: 3, wanted: 3, draining: true })("/-/ready"))[0], 503);
});

Deno.test("createAdminHandler() is not ready while a slot is in a crash loop, and says which and why", async () => {
  const crashLoops = [{ slot: 1, cause: "it threw an error" }, { slot: 2, cause: "it exited with code 7" }];
  assertEquals(await adminOf({ ready: 2, crashLoops: crashLoops.slice(0, 1) })("/-/ready"), [
    503,
    "not ready: 2 of 3 workers accept; worker 1 is in a crash loop, ended last as it threw an error\n",
  ]);
  assertEquals(await adminOf({ ready: 0, crashLoops })("/-/ready"), [
    503,
    "not ready: 0 of 3 workers accept; worker 1 is in a crash loop, ended last as it threw an error; " +
    "worker 2 is in a crash loop, ended last as it exited with code 7\n",
  ]);
  assertEquals(await adminOf({ ready: 2, crashLoops, draining: true })("/-/ready"), [
    503,
    "draining: 2 of 3 workers accept\n",
  ]);
  assertEquals((await adminOf({ ready: 0, crashLoops })("/-/healthy"))[0], 200);
});

Deno.test("createAdminHandler() answers the caller's own paths, with any method", async () => {
  const ask = adminOf();
  assertEquals(await ask("/"), [200, "home"]);
  assertEquals(await ask("/files/a/b", "POST"), [200, "POST"]);
});

Deno.test("createAdminHandler() keeps the caller's paths from those without the token, but not health", async () => {
  const ask = adminOf(undefined, "the-token");
  assertEquals((await ask("/"))[0], 401);
  assertEquals((await ask("/api/v1/snapshot"))[0], 401);
  assertEquals((await ask("/api/v1/slabs"))[0], 401);
  assertEquals((await ask("/", "GET", { authorization: "Bearer the-token" }))[0], 200);
  assertEquals((await ask("/-/healthy"))[0], 200);
  assertEquals((await ask("/-/ready"))[0], 200);
});
