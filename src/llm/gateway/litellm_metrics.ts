/**
 * What a gateway sees, in the families of the LiteLLM proxy.
 *
 * @module
 */
import {
  defineCounter,
  defineGauge,
  defineHistogram,
  type DefineOptions,
} from "../../families/define_family.ts";
import { LITELLM_FAMILIES } from "../../families/litellm.ts";
import type { Registerer } from "../../metric/registerer.ts";
import type { Exchange } from "./exchange.ts";
import type { GatewayConfig } from "./gateway_config.ts";
import type { Upstream } from "./upstream.ts";

/** What LiteLLM writes where it knows nothing. */
const NONE = "None";
/** What stands for models that nobody has, so that clients cannot make series. */
export const OTHER_MODEL = "other";

/** Who asks for what. */
export interface Requester {
  /** The model asked for, or {@linkcode OTHER_MODEL}. */
  readonly requestedModel: string;
  /** SHA-256 of the client's key, or `None`. */
  readonly hashedApiKey: string;
  readonly route: string;
}

/** LiteLLM's families. Owner thread only. */
export class LitellmMetrics {
  readonly #proxy;
  readonly #latency;
  readonly #tokens;
  readonly #deployment;
  readonly #spend;
  readonly #older;
  readonly #config: GatewayConfig;
  readonly inFlight;

  constructor(config: GatewayConfig, options: { registry?: Registerer } = {}) {
    const define: DefineOptions = options;
    const family = LITELLM_FAMILIES;
    this.#config = config;
    this.inFlight = defineGauge(family.inFlightRequests, define);
    this.#proxy = {
      total: defineCounter(family.proxyTotalRequestsMetricTotal, define),
      failed: defineCounter(family.proxyFailedRequestsMetricTotal, define),
    };
    this.#latency = {
      total: defineHistogram(family.requestTotalLatencyMetric, define),
      api: defineHistogram(family.llmApiLatencyMetric, define),
      first: defineHistogram(family.llmApiTimeToFirstTokenMetric, define),
      overhead: defineHistogram(family.overheadLatencyMetric, define),
    };
    this.#tokens = {
      total: defineCounter(family.totalTokensMetricTotal, define),
      input: defineCounter(family.inputTokensMetricTotal, define),
      output: defineCounter(family.outputTokensMetricTotal, define),
    };
    this.#deployment = deploymentFamilies(define);
    this.#spend = config.inputCostPerToken > 0 || config.outputCostPerToken > 0
      ? defineCounter(family.spendMetricTotal, define)
      : undefined;
    this.#older = config.deprecated
      ? {
        requests: defineCounter(family.requestsMetricTotal, define),
        failed: defineCounter(family.llmApiFailedRequestsMetricTotal, define),
      }
      : undefined;
  }

  /** A client got its answer. */
  answered(requester: Requester, upstream: Upstream, status: number): void {
    this.#proxy.total.inc({ ...client(requester), ...place(requester, upstream), status_code: status });
  }

  /** A client got an error. */
  refused(requester: Requester, upstream: Upstream | undefined, status: number): void {
    const labels = { ...client(requester), ...place(requester, upstream) };
    const exception = { exception_status: status, exception_class: exceptionClass(status) };
    this.#proxy.total.inc({ ...labels, status_code: status });
    this.#proxy.failed.inc({ ...labels, ...exception });
    this.#older?.failed.inc({
      ...owner(requester),
      model: requester.requestedModel,
      model_id: upstream?.id ?? NONE,
      user: NONE,
      end_user: NONE,
    });
  }

  /** An upstream answered a request to the end. */
  completed(requester: Requester, upstream: Upstream, done: { exchange: Exchange; nowMs: number }): void {
    const { exchange, nowMs } = done;
    const model = exchange.model ?? requester.requestedModel;
    const labels = {
      ...owner(requester),
      end_user: NONE,
      user: NONE,
      requested_model: requester.requestedModel,
      model,
      model_id: upstream.id,
    };
    const apiSeconds = (nowMs - exchange.askedMs) / 1000;
    this.#latency.total.observe(labels, (nowMs - exchange.arrivalMs) / 1000);
    this.#latency.api.observe(labels, apiSeconds);
    if (exchange.firstMs !== undefined) {
      this.#latency.first.observe(labels, (exchange.firstMs - exchange.askedMs) / 1000);
    }
    const deployed = deployment(requester, upstream, model);
    const overheadMs = Math.max(0, exchange.askedMs - exchange.arrivalMs);
    this.#latency.overhead.observe({ ...deployed.keyed, model_group: requester.requestedModel }, overheadMs);
    if (exchange.completionTokens > 0) {
      this.#deployment.perToken.observe(
        { ...deployed.keyed, team: NONE, team_alias: NONE },
        apiSeconds / exchange.completionTokens,
      );
    }
    this.#count(labels, exchange, upstream);
  }

  /** A try at an upstream ended; with a status if it failed. */
  tried(requester: Requester, upstream: Upstream, failure?: { status: string }): void {
    const { base, keyed } = deployment(requester, upstream, requester.requestedModel);
    const labels = { ...keyed, requested_model: requester.requestedModel, team: NONE, team_alias: NONE };
    this.#deployment.total.inc(labels);
    if (failure === undefined) this.#deployment.success.inc(labels);
    else {
      const exception = {
        exception_status: failure.status,
        exception_class: exceptionClass(Number(failure.status)),
      };
      this.#deployment.failure.inc({ ...labels, ...exception });
    }
    this.#deployment.state.set(base, upstream.state);
  }

  /** An upstream rests. */
  cooledDown(upstream: Upstream, status: string): void {
    for (const model of upstream.models) {
      const { base } = deployment(undefined, upstream, model);
      this.#deployment.cooledDown.inc({ ...base, exception_status: status });
      this.#deployment.state.set(base, upstream.state);
    }
  }

  /** The state of an upstream, with or without requests. */
  setState(upstream: Upstream): void {
    for (const model of upstream.models) {
      this.#deployment.state.set(deployment(undefined, upstream, model).base, upstream.state);
    }
  }

  /** What an upstream says of the limits that it puts on its clients. */
  limits(requester: Requester, upstream: Upstream, headers: Headers): void {
    const { keyed } = deployment(requester, upstream, requester.requestedModel);
    const labels = { ...keyed, model_group: requester.requestedModel };
    const requests = Number(headers.get("x-ratelimit-remaining-requests") ?? NaN);
    const tokens = Number(headers.get("x-ratelimit-remaining-tokens") ?? NaN);
    if (!Number.isNaN(requests)) this.#deployment.remainingRequests.set(labels, requests);
    if (!Number.isNaN(tokens)) this.#deployment.remainingTokens.set(labels, tokens);
  }

  #count(
    labels: ReturnType<typeof owner> & { requested_model: string; model: string; model_id: string },
    exchange: Exchange,
    upstream: Upstream,
  ): void {
    const input = exchange.promptTokens ?? 0;
    const output = exchange.completionTokens;
    const counted = { ...labels, end_user: NONE, user: NONE, user_email: NONE };
    this.#tokens.input.inc(counted, input);
    this.#tokens.output.inc(counted, output);
    this.#tokens.total.inc(counted, input + output);
    const { requested_model: _, ...rest } = counted;
    const spent = { ...rest, client_ip: NONE, user_agent: NONE, api_provider: providerOf(upstream) };
    this.#older?.requests.inc(spent);
    const cost = input * this.#config.inputCostPerToken + output * this.#config.outputCostPerToken;
    this.#spend?.inc(spent, cost);
  }
}

function deploymentFamilies(define: DefineOptions) {
  const family = LITELLM_FAMILIES;
  return {
    state: defineGauge(family.deploymentState, define),
    cooledDown: defineCounter(family.deploymentCooledDownTotal, define),
    total: defineCounter(family.deploymentTotalRequestsTotal, define),
    success: defineCounter(family.deploymentSuccessResponsesTotal, define),
    failure: defineCounter(family.deploymentFailureResponsesTotal, define),
    perToken: defineHistogram(family.deploymentLatencyPerOutputToken, define),
    remainingRequests: defineGauge(family.remainingRequestsMetric, define),
    remainingTokens: defineGauge(family.remainingTokensMetric, define),
  };
}

function owner(requester: Requester | undefined) {
  return {
    hashed_api_key: requester?.hashedApiKey ?? NONE,
    api_key_alias: NONE,
    team: NONE,
    team_alias: NONE,
  };
}

function client(requester: Requester) {
  return {
    ...owner(requester),
    end_user: NONE,
    user: NONE,
    user_email: NONE,
    client_ip: NONE,
    user_agent: NONE,
    requested_model: requester.requestedModel,
  };
}

function place(requester: Requester, upstream: Upstream | undefined) {
  return { route: requester.route, model_id: upstream?.id ?? NONE };
}

function deployment(requester: Requester | undefined, upstream: Upstream, model: string) {
  const base = {
    litellm_model_name: model,
    model_id: upstream.id,
    api_base: upstream.config.url,
    api_provider: providerOf(upstream),
  };
  const { hashed_api_key, api_key_alias } = owner(requester);
  return { base, keyed: { ...base, hashed_api_key, api_key_alias } };
}

/** Every upstream speaks OpenAI's protocol, so that is what the provider is called. */
function providerOf(_: Upstream): string {
  return "openai";
}

function exceptionClass(status: number): string {
  if (status === 429) return "RateLimitError";
  if (status === 401) return "AuthenticationError";
  if (status === 404) return "NotFoundError";
  if (status === 408 || status === 504) return "Timeout";
  if (status >= 500) return "InternalServerError";
  return Number.isNaN(status) ? "APIConnectionError" : "BadRequestError";
}
