/**
 * The page: asks the server, keeps a history, shows it.
 *
 * @module
 */
import { History } from "../model/history.ts";
import { OWN } from "../model/names.ts";
import { hasLlm } from "../model/overview.ts";
import type { SampleTable } from "../model/sample_table.ts";
import { byId, setText } from "./dom.ts";
import { LlmSection } from "./llm_section.ts";
import { type Look, Poller } from "./poller.ts";
import { ServerSection } from "./server_section.ts";
import { Theme } from "./theme.ts";

const WINDOW_KEYS = ["60", "300", "900"];

const LEAST_WINDOW_SECONDS = 60;

const history = new History();
const windowSelect = byId<HTMLSelectElement>("window");
const intervalSelect = byId<HTMLSelectElement>("interval");
const pauseButton = byId<HTMLButtonElement>("pause");
let last: Look | undefined;
let server: ServerSection | undefined;
let llm: LlmSection | undefined;

const poller = new Poller({ look: show, state: showState }, Number(intervalSelect.value));
const theme = new Theme((choice) => {
  setText(byId("theme"), `Theme: ${choice}`);
  for (const part of [...server?.charts ?? [], ...llm?.charts ?? [], server?.heat]) part?.redraw();
});

intervalSelect.addEventListener("change", () => poller.setInterval(Number(intervalSelect.value)));
windowSelect.addEventListener("change", draw);
pauseButton.addEventListener("click", togglePause);
byId("theme").addEventListener("click", () => theme.next());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLSelectElement) return;
  if (event.key === "p") togglePause();
  else if (event.key === "t") theme.next();
  else if (event.key === "w") nextWindow();
});
poller.start();

function togglePause(): void {
  const paused = !poller.paused;
  pauseButton.setAttribute("aria-pressed", String(paused));
  setText(pauseButton, paused ? "Go on" : "Pause");
  poller.setPaused(paused);
}

function nextWindow(): void {
  windowSelect.value = WINDOW_KEYS[(WINDOW_KEYS.indexOf(windowSelect.value) + 1) % WINDOW_KEYS.length];
  draw();
}

function show(look: Look): void {
  last = look;
  history.add(look.table, look.atSeconds);
  showBuild(look.table);
  // WHY: all of it is made and shown at once, so that nothing moves when the first numbers come.
  byId("content").hidden = false;
  if (llm === undefined && hasLlm(look.table)) {
    byId("llm").hidden = false;
    llm = new LlmSection();
  }
  server ??= new ServerSection();
  draw();
  document.body.dataset.looks = String(history.moments.length);
}

function draw(): void {
  if (last === undefined) return;
  const { table, reports, atSeconds } = last;
  const windowSeconds = shownSeconds(atSeconds);
  const moments = history.since(atSeconds - windowSeconds);
  server?.show(history, table, reports);
  llm?.show(history, table);
  for (const chart of [...server?.charts ?? [], ...llm?.charts ?? []]) {
    chart.show(moments, atSeconds, windowSeconds);
  }
  server?.heat.show(history, atSeconds, windowSeconds);
}

/** The time that is chosen, but hardly more than is known, so that the charts of a new page are not empty. */
function shownSeconds(atSeconds: number): number {
  const known = atSeconds - (history.moments[0]?.atSeconds ?? atSeconds);
  return Math.min(Number(windowSelect.value), Math.max(LEAST_WINDOW_SECONDS, known));
}

function showBuild(table: SampleTable): void {
  const [build] = table.series(OWN.build);
  if (build === undefined) return;
  const { version, runtime, runtime_version: runtimeVersion } = build.labels;
  setText(byId("build"), `${version} on ${runtime} ${runtimeVersion}`);
}

function showState(state: "live" | "paused" | "lost", problem?: string): void {
  const status = byId("status");
  status.dataset.state = state;
  setText(status, state);
  const alert = byId("problem");
  setText(alert, problem ?? "");
  alert.hidden = problem === undefined;
}
