// Every other entry point, by import and by require().
import { createRequire } from "node:module";
import client, { Counter } from "promslab/compat";
import { checkExposition } from "promslab/exposition";
import { serveLlm } from "promslab/llm";
import { getSampleValue } from "promslab/testing";

const require = createRequire(import.meta.url);
new Counter({ name: "drop_in_total", help: "Counted as with prom-client." }).inc(3);
const server = await serveLlm({ workers: 2, port: 0, adminPort: 0, handleSignals: false });
const headers = { "content-type": "application/json" };
const body = JSON.stringify({ prompt: "Once upon", max_tokens: 4, ignore_eos: true });
const answer = await (await fetch(`${server.url}/v1/completions`, { method: "POST", headers, body })).json();
const scrape = await (await fetch(`${server.adminUrl}/metrics`)).text();
await server.stop();
console.log(JSON.stringify({
  tokens: answer.usage.completion_tokens,
  counted: /^vllm:generation_tokens_total\{.*\} (\d+)$/m.exec(scrape)?.[1],
  dropIn: await client.register.getSingleMetricAsString("drop_in_total"),
  required: require("promslab/compat").Counter === Counter,
  functions: [
    typeof checkExposition,
    typeof getSampleValue,
    typeof require("promslab/testing").getSampleValue,
  ],
}));
