/**
 * A real Chromium without a window, and what a page in it says of itself.
 *
 * @module
 */
import { assertLess } from "@std/assert";
import axe from "axe-core";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { findTool } from "../../tools/_tools.ts";
import { waitFor } from "./wait_for.ts";

/** A window's size and its person's wishes. */
export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  readonly phone: boolean;
}

/** Desktop and phone, light and dark. */
export const VIEWS: readonly View[] = [false, true].flatMap((dark) => [
  { name: `desktop_${dark ? "dark" : "light"}`, width: 1440, height: 900, dark, phone: false },
  { name: `phone_${dark ? "dark" : "light"}`, width: 390, height: 844, dark, phone: true },
]);

/** A page that is open. */
export interface OpenPage {
  readonly page: Page;
  /** Everything but plain logging that the page said, exceptions and failed requests among it. */
  readonly complaints: string[];
  /** The addresses that the page asked for. */
  readonly requests: string[];
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
}

/** A running browser. Made with `await using`, it is closed at the end of the block. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts it. */
  static async start(): Promise<TestBrowser> {
    const browser = await puppeteer.launch({
      executablePath: findTool("chromium").path,
      headless: true,
      // A container has neither the rights for the sandbox nor a large /dev/shm.
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    return new TestBrowser(browser);
  }

  /** Opens a page and begins to measure how its layout shifts. */
  async open(url: string, view: View, password?: string): Promise<OpenPage> {
    const page = await this.#browser.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`exception: ${String(error)}`));
    page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
    page.on("request", (request) => requests.push(request.url()));
    await page.setViewport({
      width: view.width,
      height: view.height,
      deviceScaleFactor: 1,
      isMobile: view.phone,
      hasTouch: view.phone,
    });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.dark ? "dark" : "light" }]);
    if (password !== undefined) await page.authenticate({ username: "anybody", password });
    await page.evaluateOnNewDocument(MEASURE_SHIFTS);
    await page.goto(url);
    const evaluate = <T>(expression: string) => page.evaluate(expression) as Promise<T>;
    return { page, complaints, requests, evaluate };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

const MEASURE_SHIFTS = `
  globalThis.layoutShift = 0;
  globalThis.layoutShifts = [];
  const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
  const name = (node) => {
    if (node === null) return "(gone)";
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const id = element.closest("[id]")?.id ?? "";
    return \`#\${id} \${element.tagName.toLowerCase()}.\${element.className} "\${node.textContent.slice(0, 60)}"\`;
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      globalThis.layoutShift += entry.value;
      globalThis.layoutShifts.push(\`\${entry.value.toFixed(5)} at \${Math.round(entry.startTime)} ms: \` +
        entry.sources.map(({ node, previousRect, currentRect }) =>
          \`\${name(node)} from \${place(previousRect)} to \${place(currentRect)}\`).join(", "));
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

/**
 * Holds the layout of a page to have stood still since it was opened, or says what moved. Chromium scores how much
 * has moved: 0 is nothing, 0.1 is said to be good; wanted is less than a thousandth.
 */
export async function assertLayoutStands({ evaluate }: OpenPage, view = "the page"): Promise<void> {
  const moved = await evaluate<number>("globalThis.layoutShift");
  const shifts = await evaluate<string[]>("globalThis.layoutShifts");
  assertLess(moved, 0.001, `${view}: the layout moves\n${shifts.join("\n")}`);
}

/** What axe-core objects to seriously or critically, one line for each rule with the first elements. */
export async function seriousFindings({ page, evaluate }: OpenPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await evaluate<
    { violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }
  >("axe.run()");
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) =>
      `${id} (${impact}): ${
        nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`)
      }`
    );
}

/** Waits until the dashboard has looked at its server so often. */
export async function waitForLooks({ evaluate }: OpenPage, looks: number): Promise<void> {
  await waitFor(async () => Number(await evaluate("document.body.dataset.looks")) >= looks, {
    what: `${looks} looks of the dashboard`,
    deadlineMs: 60_000,
    pauseMs: 50,
  });
}

/** The exact values behind a card of the dashboard. */
export async function cardValues({ evaluate }: OpenPage, card: string): Promise<Record<string, number>> {
  return JSON.parse(await evaluate(`document.querySelector('[data-card="${card}"]').dataset.exact`));
}
