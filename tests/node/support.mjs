// The listener, loaded as a browser would load it, and a window that is nothing but an event target.

import { readFile } from "node:fs/promises";

export const SOURCE = await readFile(new URL("../../src/hosted/listener.js", import.meta.url), "utf8");
// The text itself, as a server would send it: under its path, Node's version would decide whether the file is a module.
export const { listenToFlinksPay } = await import(`data:text/javascript,${encodeURIComponent(SOURCE)}`);

export const ORIGIN = "https://payments.flinksapp.com";
export const UNDER_WAY = { Step: "APP_MOUNTED" };
export const SUCCESS = { Step: "SUCCESS" };

/** A window with a frame in it, and everything that a listener on it is told. */
export function page() {
  const window = new EventTarget();
  const frame = { contentWindow: { name: "inner" }, ownerDocument: { defaultView: window } };
  const told = [];
  const ends = [];
  return {
    window,
    frame,
    told,
    ends,
    options: {
      frame,
      origin: ORIGIN,
      onEvent: (event) => told.push(event),
      onEnd: (event) => ends.push(event),
    },
    steps: () => told.map(({ step }) => step),
    post(data, { origin = ORIGIN, source = frame.contentWindow } = {}) {
      window.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
    },
  };
}
