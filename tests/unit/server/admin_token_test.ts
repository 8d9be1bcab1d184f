import { assertEquals } from "@std/assert";
import { hasToken } from "../../../src/server/admin_token.ts";

const TOKEN = "s3cret-token";

Deno.test("hasToken() takes a bearer token, and a password with any user", () => {
  const basic = (text: string) => `Basic ${btoa(text)}`;
  const good = [`Bearer ${TOKEN}`, `bearer  ${TOKEN}`, basic(`me:${TOKEN}`), basic(`:${TOKEN}`)];
  assertEquals(good.map((header) => hasToken(header, TOKEN)), [true, true, true, true]);
});

Deno.test("hasToken() refuses everything else", () => {
  const bad = [
    null,
    "",
    TOKEN,
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN} x`,
    `Digest ${TOKEN}`,
    `Basic ${btoa(TOKEN + ":me")}`,
    "Basic !!!",
  ];
  for (const header of bad) assertEquals(hasToken(header, TOKEN), false, String(header));
});
