/**
 * How many tokens a request took.
 *
 * @module
 */

/** Usage as OpenAI's clients expect it. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
}

/** The usage of a request. */
export function usageOf(tokens: { prompt: number; completion: number; cached: number }): Usage {
  return {
    prompt_tokens: tokens.prompt,
    total_tokens: tokens.prompt + tokens.completion,
    completion_tokens: tokens.completion,
    prompt_tokens_details: { cached_tokens: tokens.cached },
  };
}
