/** What the tests on the shop's page share: the frame, the listener on it, and a record of every message. */

const settings = JSON.parse(document.getElementById("settings").textContent);

const report = (result) => fetch("/report", { method: "POST", body: JSON.stringify(result) });

export const fail = (error) => report({ failure: `${error}\n${error.stack}` });

export function start() {
  // In one turn: a frame that is in the page before anyone listens may be done before anyone listens.
  document.getElementById("main").append(document.getElementById("template").content.cloneNode(true));
  const frame = document.querySelector("#main > iframe");
  const shop = { ...settings, frame, told: [], ends: [], raw: [], errors: [], report };
  globalThis.listen({
    frame,
    origin: settings.origin,
    onEvent(event) {
      shop.told.push(event);
      if (shop.told.length === 1) throw new Error("thrown by onEvent");
    },
    onEnd: (event) => shop.ends.push(event),
  });
  addEventListener("error", (event) => {
    shop.errors.push(String(event.error));
    event.preventDefault();
  });

  // After the listener's own, so what is recorded here has been through there.
  const done = new Set();
  let check = () => {};
  addEventListener("message", ({ data, origin, source }) => {
    if (typeof data?.done === "string") done.add(data.done);
    else shop.raw.push({ from: data?.from, origin, ownWindow: source === frame.contentWindow, step: data?.Step });
    if (typeof data?.referrer === "string") shop.referrer = data.referrer;
    check();
  });
  /** Waits until each of these has said that it has nothing more to say. */
  shop.heard = (...names) =>
    new Promise((resolve) => {
      check = () => names.every((name) => done.has(name)) && resolve();
      check();
    });
  shop.embed = (src, more = {}) =>
    document.body.append(Object.assign(document.createElement("iframe"), { src, ...more }));
  return shop;
}
