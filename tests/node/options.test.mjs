// What the listener refuses to begin with.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ORIGIN, SUCCESS, UNDER_WAY, listenToFlinksPay, page } from "./support.mjs";

describe("wrong options are refused at once", () => {
  const wrong = {
    "no options": [() => undefined, /object of options/],
    "options that are a text": [() => "frame", /object of options/],
    "a misspelt option": [(it) => ({ ...it, onend: it.onEnd }), /the options are frame, origin/],
    "no frame": [(it) => ({ ...it, frame: undefined }), /iframe/],
    "a frame that was not found": [(it) => ({ ...it, frame: null }), /iframe/],
    "the id of the frame": [(it) => ({ ...it, frame: "flinks-pay" }), /iframe/],
    "another element": [(it) => ({ ...it, frame: { ownerDocument: it.frame.ownerDocument } }), /iframe/],
    "a frame of no window": [
      (it) => ({ ...it, frame: { ...it.frame, ownerDocument: { defaultView: null } } }),
      /window's document/,
    ],
    "no callback": [(it) => ({ frame: it.frame, origin: it.origin }), /give onEvent, onEnd or both/],
    "onEvent that is no function": [(it) => ({ ...it, onEvent: "log" }), /functions/],
    "onEnd that is null": [(it) => ({ ...it, onEnd: null }), /functions/],
    "a controller for its signal": [(it) => ({ ...it, signal: new AbortController() }), /AbortSignal/],
    "a signal that is null": [(it) => ({ ...it, signal: null }), /AbortSignal/],
  };
  for (const [name, [make, message]] of Object.entries(wrong)) {
    test(name, () => {
      const it = page();
      assert.throws(() => listenToFlinksPay(make(it.options)), { name: "TypeError", message });
      it.post(SUCCESS);
      assert.deepEqual([it.told, it.ends], [[], []], "and nobody listens");
    });
  }

  const secret = "7d1f3c52-90ab-4e61-8f04-b6c2a95d7e13";
  for (const origin of [
    undefined,
    null,
    "",
    "*",
    "null",
    7,
    [ORIGIN],
    new URL(ORIGIN),
    Symbol("origin"),
    `${ORIGIN}/`,
    ` ${ORIGIN}`,
    `${ORIGIN}/app/?sessionId=${secret}`,
    `${ORIGIN}:443`,
    "HTTPS://payments.flinksapp.com",
    "https://Payments.flinksapp.com",
    "https://user@payments.flinksapp.com",
    "payments.flinksapp.com",
    "//payments.flinksapp.com",
    "http://payments.flinksapp.com",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "http://evil-localhost",
    `blob:${ORIGIN}`,
    "data:text/html,x",
    "file:///page.html",
    "javascript:alert(1)",
    "ws://localhost",
  ]) {
    test(`the origin ${String(origin).slice(0, 50)}`, () => {
      const it = page();
      const refused = (error) =>
        error instanceof TypeError && /origin must be https/.test(error.message) && !error.message.includes(secret);
      assert.throws(() => listenToFlinksPay({ ...it.options, origin }), refused);
    });
  }

  for (const origin of [
    ORIGIN,
    "https://payments-uat.flinksapp.com",
    "https://pay.example:8443",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
  ]) {
    test(`and not the origin ${origin}`, () => {
      const it = page();
      listenToFlinksPay({ ...it.options, origin });
      it.post(UNDER_WAY, { origin });
      assert.deepEqual(it.steps(), ["APP_MOUNTED"]);
    });
  }
});
