/** The shop: has its backend create a session, shows the hosted page, and compares what it is told with what is so. */

import { listenToFlinksPay } from "/demo/listener.js";

const BACKEND = "/demo/sessions";
const ASK_AGAIN_MS = 500;
/** Which payment this tab is about, while the payor is away. */
const REMEMBERED = "flinks-pay-demo";

const order = document.getElementById("order");
const problem = document.getElementById("problem");
const payment = document.getElementById("payment");
const place = document.getElementById("frame");
const events = document.getElementById("events");
const statuses = document.getElementById("statuses");
const decision = document.getElementById("decision");

/** Ends what belongs to the payment before. */
let current = new AbortController();
/** Whether a payment is being begun. A second click is no second payment. */
let beginning = false;

async function backend(path, body) {
  const options = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(BACKEND + path, { credentials: "omit", cache: "no-store", ...options });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error_description);
  return answer;
}

function add(list, text) {
  const line = document.createElement("li");
  // Never as HTML: a step may be any text.
  line.textContent = text;
  list.append(line);
}

function begin() {
  current.abort();
  current = new AbortController();
  for (const part of [place, events, statuses]) part.replaceChildren();
  decision.hidden = true;
  payment.hidden = false;
  payment.querySelector("h2").focus();
  return current.signal;
}

/** Puts the hosted page into a frame, and listens from the same turn on. */
function embed({ page, origin, title }, signal) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { id: "flinks-pay", title, src: page, height: 600, referrerPolicy: "no-referrer" });
  listenToFlinksPay({
    frame,
    origin,
    signal,
    onEvent: ({ step }) => add(events, step),
    onEnd: () => add(events, "(a shop closes the frame now)"),
  });
  place.append(frame);
}

async function follow(sessionId, signal) {
  let last = "";
  let trouble = "";
  while (!signal.aborted) {
    try {
      const { status, statusDetails, over, decides } = await backend(`/${sessionId}/status`);
      if (signal.aborted) return;
      // What went wrong with the status before is over; another problem stays to be read.
      if (trouble && problem.textContent === trouble) problem.textContent = "";
      trouble = "";
      const now = [status, statusDetails].filter(Boolean).join(" ");
      if (now !== last) add(statuses, now);
      last = now;
      decision.hidden = !decides;
      if (over) return;
    } catch (error) {
      if (signal.aborted) return;
      trouble = error.message;
      problem.textContent = trouble;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

order.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (beginning) return;
  problem.textContent = "";
  const { consent, ...chosen } = Object.fromEntries(new FormData(order));
  try {
    beginning = true;
    const created = await backend("", { ...chosen, consent: consent !== undefined }).finally(() => { beginning = false; });
    sessionStorage.setItem(REMEMBERED, created.sessionId);
    if (chosen.mode === "RedirectUri") {
      location.assign(created.page);
      return;
    }
    const signal = begin();
    embed(created, signal);
    await follow(created.sessionId, signal);
  } catch (error) {
    problem.textContent = error.message;
  }
});

decision.addEventListener("click", async ({ target }) => {
  if (!target.dataset.accept) return;
  try {
    await backend(`/${sessionStorage.getItem(REMEMBERED)}/decision`, { accept: target.dataset.accept === "yes" });
    decision.hidden = true;
  } catch (error) {
    problem.textContent = error.message;
  }
});

// The payor is back from a redirect. Which address that was is a hint, too.
const back = new URLSearchParams(location.search).get("back");
const remembered = sessionStorage.getItem(REMEMBERED);
if (back && remembered) {
  const signal = begin();
  add(events, back === "success" ? "(came back by urlSuccess)" : "(came back by urlExit)");
  await follow(remembered, signal);
}
