// Two workers answer, one scrape has the sum; a counter of the main thread is in it too.
import { Counter, serve } from "PACKAGE";

new Counter({ name: "starts_total", help: "Starts." }).inc();
const server = await serve({
  handler: new URL("./app.mjs", import.meta.url),
  workers: 2,
  port: 0,
  adminPort: 0,
  handleSignals: false,
});
for (let i = 0; i < 10; i++) await (await fetch(server.url, { headers: { connection: "close" } })).text();
const text = await (await fetch(`${server.adminUrl}/metrics`)).text();
await server.stop();
console.log(JSON.stringify(text.split("\n").filter((line) => /^(?:greetings|starts)_total/.test(line))));
