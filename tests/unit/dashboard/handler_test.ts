import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { createDashboard, dashboardRoutes } from "../../../src/dashboard/handler.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Fleet } from "../../_support/fleet.ts";

function setup(path?: string) {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  new Counter({ name: "jobs_total", help: "Jobs.", registry: worker.registry }).inc(3);
  const handler = createDashboard(fleet.collector, { path });
  return (path: string, init?: RequestInit) => handler(new Request(`http://localhost${path}`, init));
}

Deno.test("createDashboard() serves the page and all that it names, nothing of which comes from elsewhere", async () => {
  const ask = setup();
  const page = await ask("/");
  const html = await page.text();
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  const links = [...html.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link]) => link)
    .filter((link) => link !== "metrics");
  assertEquals([...new Set(links)].sort(), ["dashboard/app.js", "dashboard/icon.svg", "dashboard/style.css"]);
  for (const link of links) assertEquals((await ask(`/${link}`)).status, 200, link);
  assertEquals(/style="|<style|<script(?! type="module" src)/.test(html), false);
});

Deno.test("createDashboard() lets nothing inline run", async () => {
  const policy = (await setup()("/")).headers.get("content-security-policy")!;
  assertStringIncludes(policy, "default-src 'none'");
  assertEquals(policy.includes("unsafe"), false);
  const routes = Object.values(dashboardRoutes());
  for (const route of routes) {
    const { headers } = await route(new Request("http://localhost/"));
    assertEquals(headers.get("content-security-policy"), policy);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  }
});

Deno.test("createDashboard() answers what the page asks for", async () => {
  const ask = setup("/internal/");
  const { data } = await (await ask("/internal/api/v1/snapshot?name=jobs")).json();
  assertEquals(data, [{ kind: "counter", name: "jobs", labels: {}, value: 3 }]);
  const families = await (await ask("/internal/api/v1/families")).json();
  assertEquals(families.data.map(({ name }: { name: string }) => name), ["jobs_total"]);
  const { slabs } = (await (await ask("/internal/api/v1/slabs")).json()).data;
  assertEquals(slabs.some(({ slot }: { slot: number }) => slot === 0), true);
});

Deno.test("createDashboard() stays below its path", async () => {
  const ask = setup("/internal/");
  assertEquals((await ask("/internal/")).status, 200);
  const moved = await ask("/internal");
  assertEquals([moved.status, moved.headers.get("location")], [308, "http://localhost/internal/"]);
  for (const path of ["/", "/other", "/internal/nothing", "/internal/toString"]) {
    assertEquals((await ask(path)).status, 404, path);
  }
  assertThrows(() => setup("/internal"), RangeError, 'Cannot serve a dashboard at "/internal"');
});

Deno.test("createDashboard() reads only, and does not send twice what the client has", async () => {
  const ask = setup();
  const refused = await ask("/", { method: "POST" });
  assertEquals([refused.status, refused.headers.get("allow")], [405, "GET, HEAD"]);
  const tag = (await ask("/dashboard/app.js")).headers.get("etag")!;
  assertMatch(tag, /^(?:W\/)?"/);
  const again = await ask("/dashboard/app.js", { headers: { "if-none-match": tag } });
  assertEquals([again.status, await again.text()], [304, ""]);
  assertEquals(await (await ask("/", { method: "HEAD" })).text(), "");
});
