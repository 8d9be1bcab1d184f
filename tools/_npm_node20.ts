/**
 * What Node 20 lacks of the platform. The bundler puts it into the npm packages in place of the built-in.
 *
 * @module
 */

/** Stands for `Promise.withResolvers`. */
export function promiseWithResolvers<T>(): PromiseWithResolvers<T> {
  const parts: Partial<PromiseWithResolvers<T>> = {};
  parts.promise = new Promise<T>((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts as PromiseWithResolvers<T>;
}

/** The part of a URL pattern that the admin port uses: a path of literals, `:name` parts and a `*` for any rest. */
class PathPattern {
  readonly #expression: RegExp;

  constructor({ pathname }: { readonly pathname: string }) {
    const source = pathname.replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/:([A-Za-z_]\w*)/g, "(?<$1>[^/]+)")
      .replaceAll("*", ".*");
    this.#expression = new RegExp(`^${source}$`);
  }

  exec(url: string): { readonly pathname: { readonly groups: Readonly<Record<string, string>> } } | null {
    const match = this.#expression.exec(new URL(url).pathname);
    return match && { pathname: { groups: match.groups ?? {} } };
  }
}

/** Stands for `URLPattern`: the built-in one where there is one, which is from Node 23.8 on. */
export const NodeUrlPattern: typeof URLPattern =
  // WHY: the published polyfill is 18 kB for what takes 15 lines here.
  (globalThis as Partial<typeof globalThis>).URLPattern ?? PathPattern as unknown as typeof URLPattern;
