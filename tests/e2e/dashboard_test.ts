// needs: chromium
/**
 * The dashboard in a real browser: what it shows is what a scrape says, and it is pleasant to look at.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { type AppServer, startApp } from "../_support/app_server.ts";
import {
  assertLayoutStands,
  cardValues,
  type OpenPage,
  seriousFindings,
  TestBrowser,
  VIEWS,
  waitForLooks,
} from "../_support/browser.ts";
import { runCommand } from "../_support/command.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

const [DESKTOP] = VIEWS;

async function ask(app: AppServer, total: number): Promise<void> {
  const paths = ["/", "/users/bob", "/work?rounds=1", "/fail"];
  const { errors } = await requestMany({ url: (i) => `${app.url}${paths[i % paths.length]}`, total });
  assertEquals([...errors], []);
}

/** A chart as it looks now, and how much longer its picture is than that of an empty one. */
interface Picture {
  readonly data: string;
  readonly drawn: number;
}

function picture({ evaluate }: OpenPage, selector: string): Promise<Picture> {
  return evaluate<Picture>(`(() => {
    const canvas = document.querySelector(${JSON.stringify(selector)});
    const empty = document.createElement("canvas");
    empty.width = canvas.width;
    empty.height = canvas.height;
    const data = canvas.toDataURL();
    return { data, drawn: data.length - empty.toDataURL().length };
  })()`);
}

Deno.test("the dashboard is calm, legible and whole at every width, light and dark", async () => {
  await using app = await startApp();
  await using browser = await TestBrowser.start();
  const folder = await Deno.makeTempDir({ prefix: "promslab_dashboard_" });
  try {
    for (const view of VIEWS) {
      const open = await browser.open(`${app.adminUrl}/`, view);
      await waitForLooks(open, 2);
      await ask(app, 200);
      await waitForLooks(open, 5);
      assertEquals(
        await open.evaluate("document.documentElement.dataset.theme"),
        view.dark ? "dark" : "light",
      );
      await assertLayoutStands(open, view.name);
      assertEquals(await open.evaluate("document.documentElement.scrollWidth"), view.width, view.name);
      assertEquals(await seriousFindings(open), [], view.name);
      assertEquals(open.complaints, [], view.name);
      const hosts = new Set(open.requests.map((url) => new URL(url).origin));
      assertEquals([...hosts], [app.adminUrl], "nothing is asked of others");
      const png = await open.page.screenshot({ path: `${folder}/${view.name}.png` });
      assertGreater(png.length, 20_000, `${view.name}: the page is empty`);
      await open.page.close();
    }
  } finally {
    if (Deno.env.get("KEEP_SCREENSHOTS") === undefined) await Deno.remove(folder, { recursive: true });
    else console.log(`screenshots: ${folder}`);
  }
});

Deno.test("the dashboard's numbers are those of the scrape", async () => {
  await using app = await startApp();
  await using browser = await TestBrowser.start();
  const open = await browser.open(`${app.adminUrl}/`, DESKTOP);
  await waitForLooks(open, 1);
  await ask(app, 400);
  await waitFor(async () => (await cardValues(open, "requests")).http_requests === 400, {
    what: "the page to see 400 requests",
    deadlineMs: 60_000,
    pauseMs: 50,
  });
  const scrape = await app.scrape("admin");
  assertEquals(scrape.sum("http_requests_total"), 400);
  assertEquals((await cardValues(open, "errors"))["5xx"], scrape.sum("http_requests_total", 'status="500"'));
  const workers = await cardValues(open, "workers");
  assertEquals(workers.live, scrape.sum("promslab_workers", 'state="live"'));

  const rows = await open.evaluate<string[][]>(`
    [...[...document.querySelectorAll(".panel")].find((panel) => panel.querySelector("h3").textContent === "Routes")
      .querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.title))`);
  assertGreater(rows.length, 2);
  for (const [method, route, , , failures, requests] of rows) {
    const labels = [`method="${method}"`, `route="${route}"`];
    assertEquals(Number(requests), scrape.sum("http_requests_total", ...labels), `${method} ${route}`);
    assertEquals(Number(failures), scrape.sum("http_requests_total", ...labels, 'status="500"'));
  }

  // The slabs are asked for every two seconds.
  const tiles = await waitFor(async () => {
    const found = await open.evaluate<[string, string, string][]>(`
      [...document.querySelectorAll(".tile")].map(({ dataset }) => [dataset.worker, dataset.state, dataset.used])`);
    const isSame = found.slice(0, -1).every(([key, , used]) =>
      Number(used) === scrape.sum("promslab_slab_used_bytes", `worker="${key.split("/")[0]}"`)
    );
    return isSame ? found : undefined;
  }, { what: "tiles with the fill of the slabs that the scrape tells" });
  assertEquals(tiles.map(([key, state]) => `${key} ${state}`), [
    "0/1 live",
    "1/1 live",
    "2/1 live",
    "-1/1 main",
  ]);
  assertEquals(open.complaints, []);
});

Deno.test("the dashboard's charts move, and stand still while it is paused", async () => {
  await using app = await startApp();
  await using browser = await TestBrowser.start();
  const open = await browser.open(`${app.adminUrl}/`, DESKTOP);
  await waitForLooks(open, 3);
  const chart = "#request-charts .panel:nth-child(1) canvas";
  const heat = "#request-charts .double canvas";
  const before = await picture(open, chart);
  assertGreater(before.drawn, 500);
  await ask(app, 400);
  await waitFor(async () => (await cardValues(open, "requests")).http_requests === 400, {
    what: "the page to see 400 requests",
    deadlineMs: 60_000,
  });
  assert(
    (await picture(open, chart)).data !== before.data,
    "the chart did not move",
  );
  assertGreater((await picture(open, heat)).drawn, 500);

  await open.page.keyboard.press("p");
  assertEquals(await open.evaluate("document.querySelector('#status').textContent"), "paused");
  assertEquals(await open.evaluate("document.querySelector('#pause').getAttribute('aria-pressed')"), "true");
  const asked = await waitFor(async () => {
    const count = open.requests.length;
    // Timers of the page run in the order in which they are due: its next look would come before this one.
    await open.evaluate(
      "new Promise((resolve) => setTimeout(resolve, 1100 * document.querySelector('#interval').value))",
    );
    return count === open.requests.length ? count : undefined;
  }, { what: "the page to ask no more" });
  await ask(app, 100);
  assertEquals((await cardValues(open, "requests")).http_requests, 400);
  assertEquals(open.requests.length, asked);
  await open.page.keyboard.press("p");
  await waitFor(async () => (await cardValues(open, "requests")).http_requests === 500, {
    what: "the page to go on",
    deadlineMs: 60_000,
  });
});

Deno.test("the dashboard is used by keyboard: theme, time shown, and every control by Tab", async () => {
  await using app = await startApp();
  await using browser = await TestBrowser.start();
  const open = await browser.open(`${app.adminUrl}/`, DESKTOP);
  await waitForLooks(open, 1);
  for (const theme of ["light", "dark", "light"]) {
    await open.page.keyboard.press("t");
    assertEquals(await open.evaluate("document.documentElement.dataset.theme"), theme);
  }
  await open.page.keyboard.press("w");
  assertEquals(await open.evaluate("document.querySelector('#window').value"), "900");
  const reached: string[] = [];
  for (let i = 0; i < 6; i++) {
    await open.page.keyboard.press("Tab");
    reached.push(await open.evaluate("document.activeElement.id || document.activeElement.textContent"));
  }
  assertEquals(reached, ["Skip to the numbers", "window", "interval", "pause", "theme", "Metrics"]);
  assertEquals(open.complaints, []);
});

/** The rows of a table: of each cell what a pointer that rests over it is told, by the column's title. */
function tableRows({ evaluate }: OpenPage, title: string): Promise<Record<string, string>[]> {
  return evaluate<Record<string, string>[]>(`(() => {
    const panel = [...document.querySelectorAll(".panel")].find((one) =>
      one.querySelector("h3").textContent === ${JSON.stringify(title)});
    const titles = [...panel.querySelectorAll("th")].map((head) => head.textContent);
    return [...panel.querySelectorAll("tbody tr")].map((row) =>
      Object.fromEntries([...row.cells].map((cell, i) => [titles[i], cell.title])));
  })()`);
}

/** What an engine's row says, and where a scrape has it. */
const ENGINE_COLUMNS = {
  "Running": "vllm:num_requests_running",
  "Waiting": "vllm:num_requests_waiting",
  "KV cache": "vllm:kv_cache_usage_perc",
  "Tokens": "vllm:generation_tokens_total",
  "Prompt": "vllm:prompt_tokens_total",
  "Finished": "vllm:request_success_total",
  "Preemptions": "vllm:num_preemptions_total",
} as const;

/** What the rows of engines should be by a scrape: first the name, then the numbers. */
async function engineRowsOf(app: AppServer, engines: Readonly<Record<string, readonly string[]>>) {
  const scrape = await app.scrape("admin");
  return Object.entries(engines).map(([name, labels]) => ({
    Engine: name,
    ...Object.fromEntries(
      Object.entries(ENGINE_COLUMNS).map(([title, family]) => [title, String(scrape.sum(family, ...labels))]),
    ),
  }));
}

async function shownEngineRows(open: OpenPage) {
  const rows = await tableRows(open, "Engines");
  return rows.map((row) =>
    Object.fromEntries(["Engine", ...Object.keys(ENGINE_COLUMNS)].map((title) => [title, row[title]]))
  );
}

async function postAll(url: string, bodies: readonly (readonly [path: string, body: object])[]) {
  await Promise.all(bodies.map(async ([path, body]) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assertEquals(response.status, 200, text.slice(0, 200));
  }));
}

const CHAT = { messages: [{ role: "user", content: "Hello" }], max_tokens: 20 };

const LLM_CASES = [
  {
    name: "two engines",
    flags: ["--data-parallel-size", "2"],
    engines: { "engine 0": ['engine="0"'], "engine 1": ['engine="1"'] },
    bodies: Array.from({ length: 12 }, () => ["/v1/chat/completions", CHAT] as const),
    finished: 12,
    finish: { length: ['finished_reason="length"'] },
  },
  {
    name: "a pipeline",
    flags: ["--pipeline", "examples/pipelines/qwen_omni.json"],
    engines: {
      "stage 0, replica 0": ['stage="0"', 'replica="0"'],
      "stage 0, replica 1": ['stage="0"', 'replica="1"'],
      "stage 1, replica 0": ['stage="1"', 'replica="0"'],
    },
    bodies: [
      ...Array.from({ length: 4 }, () => ["/v1/chat/completions", CHAT] as const),
      ...Array.from(
        { length: 4 },
        () => ["/v1/chat/completions", { ...CHAT, modalities: ["text", "audio"] }] as const,
      ),
      ["/v1/images/generations", { prompt: "A fox", size: "64x64" }] as const,
    ],
    // All nine pass the thinker, the four with sound the talker too.
    finished: 13,
    finish: { "stage 0: length": ['stage="0"', 'finished_reason="length"'] },
  },
] as const;

for (const { name, flags, engines, bodies, finished, finish } of LLM_CASES) {
  Deno.test(`the dashboard and top show each engine of ${name} with the numbers of the scrape`, async () => {
    await using app = await startApp({ what: ["server", "--speed-factor", "20", ...flags], workers: 2 });
    await using browser = await TestBrowser.start();
    const folder = await Deno.makeTempDir({ prefix: "promslab_engines_" });
    try {
      const open = await browser.open(`${app.adminUrl}/`, DESKTOP);
      await waitForLooks(open, 2);
      await postAll(app.url, bodies);
      const wanted = await engineRowsOf(app, engines);
      const total = wanted.reduce((sum, row) => sum + Number((row as Record<string, string>).Finished), 0);
      assertEquals(total, finished);
      const shown = await waitFor(async () => {
        const rows = await shownEngineRows(open);
        return JSON.stringify(rows) === JSON.stringify(wanted) ? rows : undefined;
      }, { what: `rows of engines such as ${JSON.stringify(wanted)}`, deadlineMs: 30_000, pauseMs: 100 });
      assertEquals(shown, wanted);

      const scrape = await app.scrape("admin");
      const reasons = new Map(
        (await tableRows(open, "Finished requests")).map((row) => [row.Reason, row.Requests]),
      );
      for (const [title, labels] of Object.entries(finish)) {
        assertGreater(Number(reasons.get(title)), 0);
        assertEquals(Number(reasons.get(title)), scrape.sum("vllm:request_success_total", ...labels), title);
      }
      if (name === "a pipeline") {
        const stages = await tableRows(open, "By stage and replica");
        const transfers = stages.filter(({ What }) => What === "transfer_size_bytes");
        const counts = transfers.reduce((sum, { Count }) => sum + Number(Count), 0);
        assertGreater(counts, 0);
        assertEquals(counts, scrape.sum("vllm:omni_transfer_size_bytes_count"));
      }
      await assertLayoutStands(open);

      const top = await runCommand({
        command: ["deno", "run", "-A", "src/cli/main.ts", "top", app.adminUrl, "--once"],
        env: { COLUMNS: "200" },
      });
      for (const row of wanted as readonly Record<string, string>[]) {
        const line = top.stdout.split("\n").find((text) => text.startsWith(`${row.Engine} `)) ?? "";
        const [, ...cells] = line.split(/ {2,}/);
        assertEquals([cells[0], cells[1], cells[4], cells[7]], [
          row.Running,
          row.Waiting,
          row.Tokens,
          row.Finished,
        ], `${line} in:\n${top.stdout}`);
      }

      // The other page of rows is the same but for the names.
      for (const view of name === "a pipeline" ? VIEWS : []) {
        const other = await browser.open(`${app.adminUrl}/`, view);
        await waitForLooks(other, 2);
        assertEquals(await seriousFindings(other), [], view.name);
        assertEquals(await other.evaluate("document.documentElement.scrollWidth"), view.width, view.name);
        await assertLayoutStands(other, view.name);
        assertEquals(other.complaints, [], view.name);
        await other.page.screenshot({ path: `${folder}/${view.name}.png`, fullPage: true });
        await other.page.close();
      }
    } finally {
      if (Deno.env.get("KEEP_SCREENSHOTS") === undefined) await Deno.remove(folder, { recursive: true });
      else console.log(`screenshots: ${folder}`);
    }
  });
}

Deno.test("a browser twenty times slower paints no part of the page that moves later", async () => {
  await using app = await startApp({});
  await using browser = await TestBrowser.start();
  for (const view of VIEWS) {
    const open = await browser.open("about:blank", view);
    await open.page.emulateCPUThrottling(20);
    await open.page.goto(`${app.adminUrl}/`);
    await waitForLooks(open, 2);
    await assertLayoutStands(open, view.name);
    await open.page.close();
  }
});

Deno.test("the dashboard asks for the admin token, and shows nothing without", async () => {
  const token = "a-token-of-the-test";
  await using app = await startApp({ env: { PROMSLAB_ADMIN_TOKEN: token } });
  await using browser = await TestBrowser.start();
  for (const path of ["/", "/dashboard/app.js", "/api/v1/snapshot", "/api/v1/slabs", "/api/v1/families"]) {
    const response = await fetch(`${app.adminUrl}${path}`);
    await response.body?.cancel();
    assertEquals(response.status, 401, path);
  }
  const open = await browser.open(`${app.adminUrl}/`, DESKTOP, token);
  await waitForLooks(open, 2);
  assertEquals((await cardValues(open, "workers")).live, 3);
});

Deno.test("a newcomer's one command prints one address, where charts of tokens and latencies move", async () => {
  await using demo = await startApp({ what: ["demo", "--speed-factor", "20"], workers: 2 });
  const address = await waitFor(() => /^promslab dashboard: (\S+)$/m.exec(demo.command.stdout)?.[1], {
    what: "the address of the dashboard",
  });
  assertEquals(address, `${demo.adminUrl}/`);
  await using browser = await TestBrowser.start();
  const open = await browser.open(address, DESKTOP);
  await waitForLooks(open, 3);
  const chart = "#llm-charts canvas";
  const before = await picture(open, chart);
  const tokens = (await cardValues(open, "generation_tokens"))["vllm:generation_tokens"];
  await waitFor(
    async () => (await cardValues(open, "generation_tokens"))["vllm:generation_tokens"] > tokens + 500,
    {
      what: "more tokens",
      deadlineMs: 90_000,
      pauseMs: 100,
    },
  );
  const after = await picture(open, chart);
  assertGreater(after.drawn, 500);
  assert(after.data !== before.data, "the chart did not move");
  await assertLayoutStands(open);
  assertEquals(await seriousFindings(open), []);
  assertEquals(open.complaints, []);

  await open.page.keyboard.press("p");
  await waitFor(
    async () => await open.evaluate("document.querySelector('#status').dataset.state === 'paused'"),
    {
      what: "the pause",
    },
  );
  // The load goes on, so a scrape after the pause has at least what the page shows.
  const scrape = await demo.scrape("admin");
  const shown = await cardValues(open, "generation_tokens");
  assertGreater(shown["vllm:generation_tokens"], 500);
  assertGreater(scrape.sum("vllm:generation_tokens_total") + 1, shown["vllm:generation_tokens"]);
});
