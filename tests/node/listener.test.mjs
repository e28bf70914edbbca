// Who is heard, what is read, and how it ends, under Node. The same in a real browser, with real frames: tests/hosted_browser.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, describe, mock, test } from "node:test";

import { ORIGIN, SOURCE, SUCCESS, UNDER_WAY, listenToFlinksPay, page } from "./support.mjs";

const PAYLOADS = JSON.parse(await readFile(new URL("payloads.json", import.meta.url), "utf8"));

describe("who is heard", () => {
  test("the frame's own window, at the origin given", () => {
    const it = page();
    listenToFlinksPay(it.options);
    it.post(UNDER_WAY);
    assert.deepEqual(it.told, [{ step: "APP_MOUNTED", endsFlow: false }]);
    assert.deepEqual(it.ends, []);
    it.post(SUCCESS);
    assert.deepEqual(it.ends, [{ step: "SUCCESS", endsFlow: true }]);
  });

  for (const origin of [
    "null",
    "*",
    "",
    undefined,
    "https://payments.flinksapp.com.evil.example",
    "https://payments.flinksapp.com@evil.example",
    "https://payments.flinksapp.com:8443",
    "https://payments.flinksapp.com/",
    "http://payments.flinksapp.com",
    "https://PAYMENTS.flinksapp.com",
    "https://evil-payments.flinksapp.com",
    "https://payments-uat.flinksapp.com",
    "https://flinksapp.com",
  ]) {
    test(`not the origin ${origin}`, () => {
      const it = page();
      listenToFlinksPay(it.options);
      // Not through `post`: undefined would be the default there.
      const forged = { data: SUCCESS, origin, source: it.frame.contentWindow };
      it.window.dispatchEvent(Object.assign(new Event("message"), forged));
      assert.deepEqual([it.told, it.ends], [[], []]);
    });
  }

  test("not another window, at the right origin", () => {
    const it = page();
    listenToFlinksPay(it.options);
    for (const source of [{ name: "inner" }, it.window, it.frame, null, undefined]) {
      it.window.dispatchEvent(Object.assign(new Event("message"), { data: SUCCESS, origin: ORIGIN, source }));
    }
    assert.deepEqual([it.told, it.ends], [[], []]);
  });

  test("not a message without a window, when the frame has none either", () => {
    const it = page();
    listenToFlinksPay(it.options);
    for (const nothing of [null, undefined]) {
      it.frame.contentWindow = null;
      it.window.dispatchEvent(Object.assign(new Event("message"), { data: SUCCESS, origin: ORIGIN, source: nothing }));
    }
    assert.deepEqual(it.told, []);
  });

  test("the window that the frame has at the time, not the one that it had", () => {
    const it = page();
    const before = it.frame.contentWindow;
    listenToFlinksPay(it.options);
    it.frame.contentWindow = { name: "after" };
    it.post(SUCCESS, { source: before });
    assert.deepEqual(it.told, []);
    it.post(UNDER_WAY);
    assert.deepEqual(it.steps(), ["APP_MOUNTED"]);
  });

  test("each of two frames by its own listener", () => {
    const it = page();
    const second = [];
    const other = { contentWindow: { name: "other" }, ownerDocument: it.frame.ownerDocument };
    listenToFlinksPay(it.options);
    listenToFlinksPay({ frame: other, origin: ORIGIN, onEvent: ({ step }) => second.push(step) });
    it.post(UNDER_WAY);
    it.post(SUCCESS, { source: other.contentWindow });
    assert.deepEqual(it.steps(), ["APP_MOUNTED"]);
    assert.deepEqual(second, ["SUCCESS"]);
  });
});

describe("what is read", () => {
  /** The table has long texts as a text that is repeated. */
  const expand = ({ text, step, head, fill, times, tail, taken }) =>
    text === undefined
      ? { text: head + fill.repeat(times) + tail, taken }
      : { text, taken: step !== null, step };

  // The same table is read by tests/hosted.rs, so that a browser and a backend agree.
  for (const [index, payload] of PAYLOADS.entries()) {
    const { text, taken, step } = expand(payload);
    test(`text ${index}: ${text.slice(0, 50)}`, () => {
      const it = page();
      listenToFlinksPay(it.options);
      it.post(text);
      assert.equal(it.told.length, taken ? 1 : 0);
      if (step) assert.deepEqual(it.steps(), [step]);
    });
  }

  test("the table has both kinds", () => {
    const taken = PAYLOADS.filter((payload) => expand(payload).taken).length;
    assert.ok(taken > 5 && PAYLOADS.length - taken > 5);
  });

  const odd = {
    undefined,
    null: null,
    number: 7,
    boolean: true,
    "big integer": 7n,
    "empty object": {},
    "inherited step": Object.create(SUCCESS),
    "step of another type": { Step: { toString: () => "SUCCESS" } },
    "String object": { Step: new String("SUCCESS") },
    "array with a step": Object.assign([], SUCCESS),
    map: new Map([["Step", "SUCCESS"]]),
    buffer: new TextEncoder().encode(JSON.stringify(SUCCESS)),
    "getter that throws": {
      get Step() {
        throw new Error("do not read me");
      },
    },
    "proxy that throws": new Proxy(SUCCESS, {
      getOwnPropertyDescriptor() {
        throw new Error("do not look at me");
      },
    }),
    "empty step": { Step: "" },
    "endless step": { Step: "A".repeat(129) },
  };
  for (const [name, data] of Object.entries(odd)) {
    test(`no step: ${name}`, () => {
      const it = page();
      listenToFlinksPay(it.options);
      it.post(data);
      it.post(UNDER_WAY);
      assert.deepEqual(it.steps(), ["APP_MOUNTED"], "and the next message is heard");
    });
  }

  test("a step that is not known is told, and ends nothing", () => {
    const it = page();
    listenToFlinksPay(it.options);
    for (const Step of ["CONFETTI_SHOWN", "__proto__", "constructor", "toString", "CLOSE", "success"]) it.post({ Step });
    assert.equal(it.told.length, 6);
    assert.ok(it.told.every(({ endsFlow }) => endsFlow === null));
    assert.deepEqual(it.ends, []);
  });

  test("a callback cannot change what the next one is told", () => {
    const it = page();
    const onEvent = (event) => {
      event.step = "APP_MOUNTED";
    };
    const reported = mock.method(console, "error", () => {});
    listenToFlinksPay({ ...it.options, onEvent });
    it.post(SUCCESS);
    reported.mock.restore();
    assert.equal(reported.mock.calls[0].arguments[0].constructor, TypeError);
    assert.deepEqual(it.ends, [{ step: "SUCCESS", endsFlow: true }]);
  });
});

describe("the end", () => {
  test("comes once, and events go on", () => {
    const it = page();
    listenToFlinksPay(it.options);
    for (const Step of ["GUARANTEE_FAILED", "COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED", "SUCCESS"]) it.post({ Step });
    assert.equal(it.told.length, 3);
    assert.deepEqual(it.ends.map(({ step }) => step), ["GUARANTEE_FAILED"]);
  });

  for (const where of ["onEvent", "onEnd"]) {
    test(`comes once, when the end is posted again from within ${where}`, () => {
      const it = page();
      let left = 3;
      const again = () => left-- > 0 && it.post(SUCCESS);
      const onEnd = mock.fn(() => where === "onEnd" && again());
      listenToFlinksPay({ ...it.options, onEvent: () => where === "onEvent" && again(), onEnd });
      it.post({ Step: "GUARANTEE_FAILED" });
      assert.equal(onEnd.mock.callCount(), 1);
      assert.ok(left < 3, "it was posted");
    });
  }

  test("comes without onEvent, and events come without onEnd", () => {
    const it = page();
    listenToFlinksPay({ ...it.options, onEvent: undefined });
    listenToFlinksPay({ ...it.options, onEnd: undefined });
    it.post(SUCCESS);
    assert.deepEqual([it.told.length, it.ends.length], [1, 1]);
  });

  test("comes after the event", () => {
    const it = page();
    const order = [];
    listenToFlinksPay({ ...it.options, onEvent: () => order.push("event"), onEnd: () => order.push("end") });
    it.post(SUCCESS);
    assert.deepEqual(order, ["event", "end"]);
  });
});

describe("a callback that throws", () => {
  afterEach(() => {
    mock.restoreAll();
    delete globalThis.reportError;
  });

  test("is reported, and stops nothing", () => {
    const it = page();
    const reported = mock.method(console, "error", () => {});
    const failures = [new Error("first"), new Error("second"), new Error("end")];
    let calls = 0;
    const onEvent = () => {
      throw failures[calls++];
    };
    const onEnd = () => {
      throw failures[2];
    };
    listenToFlinksPay({ ...it.options, onEvent, onEnd });
    it.post(UNDER_WAY);
    it.post(SUCCESS);
    assert.deepEqual(
      reported.mock.calls.map((call) => call.arguments),
      failures.map((failure) => [failure]),
    );
  });

  test("is reported to the window, where there is a way", () => {
    const it = page();
    globalThis.reportError = mock.fn();
    const failure = new Error("no");
    listenToFlinksPay({
      ...it.options,
      onEvent() {
        throw failure;
      },
    });
    it.post(SUCCESS);
    assert.deepEqual(globalThis.reportError.mock.calls[0].arguments, [failure]);
    assert.equal(it.ends.length, 1);
  });

  test("has its end taken all the same: a broken onEnd is not called again", () => {
    const it = page();
    mock.method(console, "error", () => {});
    const onEnd = mock.fn(() => {
      throw new Error("no");
    });
    listenToFlinksPay({ ...it.options, onEnd });
    it.post(SUCCESS);
    it.post(SUCCESS);
    assert.equal(onEnd.mock.callCount(), 1);
  });
});

describe("stopping", () => {
  test("by the function that is returned, twice if need be", () => {
    const it = page();
    const unsubscribe = listenToFlinksPay(it.options);
    unsubscribe();
    unsubscribe();
    it.post(SUCCESS);
    assert.deepEqual([it.told, it.ends], [[], []]);
  });

  test("by the signal", () => {
    const it = page();
    const stop = new AbortController();
    listenToFlinksPay({ ...it.options, signal: stop.signal });
    it.post(UNDER_WAY);
    stop.abort();
    it.post(SUCCESS);
    assert.deepEqual(it.steps(), ["APP_MOUNTED"]);
  });

  test("before it began, by a signal that has aborted", () => {
    const it = page();
    const unsubscribe = listenToFlinksPay({ ...it.options, signal: AbortSignal.abort() });
    it.post(SUCCESS);
    unsubscribe();
    assert.deepEqual(it.told, []);
  });

  test("from within onEvent, so that onEnd is not called", () => {
    for (const way of ["function", "signal"]) {
      const it = page();
      const stop = new AbortController();
      const unsubscribe = listenToFlinksPay({
        ...it.options,
        onEvent: () => (way === "signal" ? stop.abort() : unsubscribe()),
        signal: stop.signal,
      });
      it.post(SUCCESS);
      assert.deepEqual(it.ends, [], way);
    }
  });

  test("leaves nothing behind on a signal that lives on", () => {
    const it = page();
    const { signal } = new AbortController();
    const added = mock.method(signal, "addEventListener");
    const removed = mock.method(signal, "removeEventListener");
    listenToFlinksPay({ ...it.options, signal })();
    assert.deepEqual(
      removed.mock.calls.map((call) => call.arguments.slice(0, 2)),
      added.mock.calls.map((call) => call.arguments.slice(0, 2)),
    );
    assert.equal(added.mock.callCount(), 1);
  });

  test("one listener leaves another on the same frame alone", () => {
    const it = page();
    const stopped = listenToFlinksPay(it.options);
    listenToFlinksPay(it.options);
    stopped();
    it.post(SUCCESS);
    assert.deepEqual([it.told.length, it.ends.length], [1, 1]);
  });
});

test("the listener is small, and stands alone", () => {
  assert.ok(SOURCE.split("\n").length <= 120);
  assert.doesNotMatch(SOURCE, /\bimport\b|\brequire\(["'`]|innerHTML|\beval\b/);
});
