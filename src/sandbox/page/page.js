/**
 * The hosted page: shows the screen that the simulator says, and sends what the payor does there.
 * The simulator's state machine decides where that leads. Every text is in the document already.
 */

const session = new URLSearchParams(location.search).get("sessionId") ?? "";
const endpoint = `/app/sessions/${encodeURIComponent(session)}`;
const language = document.documentElement.lang;
const money = new Intl.NumberFormat(`${language}-CA`, { style: "currency", currency: "CAD" });
const AMOUNTS = new Set(["amount", "offer", "minimum", "maximum"]);
/** A page that shows the same for long looks whether the session has ended meanwhile. */
const LOOK_AGAIN_MS = 2000;
const WAITING_MS = 500;

const main = document.getElementById("screen");
const problem = document.getElementById("problem");
const leave = document.getElementById("leave");

/** What the simulator said last. */
let view = { screen: "Opening", events: [] };
/** How many of the session's events this page has told. */
let told = 0;
let busy = false;

async function ask(path, options) {
  const response = await fetch(path, { credentials: "omit", cache: "no-store", ...options });
  return { status: response.status, body: await response.json() };
}

const look = () => ask(endpoint);
const act = (body) =>
  ask(endpoint, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

// --- what is shown ---------------------------------------------------------------------------------------------------------

function show(name) {
  const screen = document.getElementById(name).content.cloneNode(true);
  for (const element of screen.querySelectorAll("[data-when]")) {
    if (view[element.dataset.when] === undefined) element.remove();
  }
  for (const element of screen.querySelectorAll("[data-value]")) {
    const value = view[element.dataset.value];
    element.textContent = AMOUNTS.has(element.dataset.value) ? money.format(value) : value;
  }
  for (const element of screen.querySelectorAll("[data-fill]")) element.value = view[element.dataset.fill];
  main.replaceChildren(screen);
  say("");
  const heading = main.querySelector("h1");
  document.title = heading.textContent;
  // A screen reader starts at the new screen, and so does the Tab key.
  heading.focus();
  scrollTo(0, 0);
}

function say(text) {
  problem.textContent = text;
}

const problemText = (code) => {
  const find = (name) => document.querySelector(`template[data-problem="${name}"]`);
  return (find(CSS.escape(code)) ?? find("invalid_request")).content.textContent;
};

/** Takes what the simulator says, tells what has happened, and shows the screen unless it is there already. */
function take(next) {
  const before = view.screen;
  view = next;
  tell(next.events.slice(told));
  told = Math.max(told, next.events.length);
  if (next.leave) {
    leave.href = next.leave.url;
    leave.hidden = false;
    if (next.leave.now) location.assign(next.leave.url);
  }
  if (next.screen !== before) show(next.screen);
}

/** Posts events to the page that embeds this one. Which page that is nobody knows, and nothing in them is secret. */
function tell(steps) {
  if (parent === window || view.messages !== true) return;
  for (const Step of steps) parent.postMessage({ Step }, "*");
}

// --- what the payor does ---------------------------------------------------------------------------------------------------

/** Reads a form: texts as they are, boxes and buttons as yes or no. */
function read(form, pressed) {
  const values = {};
  for (const { name, type, value, checked } of form.elements) {
    if (name === "" || type === "submit") continue;
    if (type === "checkbox") values[name] = checked;
    else if (type !== "radio" || checked) values[name] = value;
  }
  if (pressed?.name) values[pressed.name] = pressed.value === "yes";
  return values;
}

/** Says what is missing, and goes there. */
function complete(form) {
  for (const field of form.elements) field.removeAttribute("aria-invalid");
  const missing = [...form.elements].find((field) => field.willValidate && !field.validity.valid);
  if (!missing) return true;
  missing.setAttribute("aria-invalid", "true");
  missing.setAttribute("aria-describedby", "problem");
  const name = missing.type === "radio" ? missing.closest("fieldset").querySelector("legend") : missing.labels[0];
  say(`${problemText("missing")} ${name.textContent.trim()}`);
  missing.focus();
  return false;
}

async function send(body) {
  if (busy) return;
  busy = true;
  const buttons = main.querySelectorAll("button");
  // Not `disabled`, which would take the focus away.
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  say("");
  try {
    const { status, body: answer } = await act(body);
    if (status === 200) take(answer);
    else if (status === 404) unknown();
    else refused(answer);
  } catch {
    say(problemText("no_answer"));
  } finally {
    for (const button of buttons) button.removeAttribute("aria-disabled");
    busy = false;
  }
}

function refused({ error, view: present }) {
  if (present) take(present);
  say(problemText(error));
  const field = main.querySelector("input[name=amount]");
  if (field && error !== "screen_changed") {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", "problem");
    field.focus();
  }
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (busy || !complete(form)) return;
  send({ screen: view.screen, ...read(form, event.submitter) });
});

main.addEventListener("click", ({ target }) => {
  if (!busy && target.dataset.show) show(target.dataset.show);
});

// --- from the first to the last --------------------------------------------------------------------------------------------

function unknown() {
  view = { screen: "Unknown", events: [], over: true };
  show("Unknown");
}

async function open() {
  const { status, body } = await look();
  if (status !== 200) {
    unknown();
    return;
  }
  // What happened before this page was loaded, another one has told.
  told = body.events.length;
  view = { ...body, screen: "Opening" };
  if (body.screen === "Opening") {
    await send({ screen: "Opening" });
  } else {
    tell(["APP_MOUNTED"]);
    take(body);
  }
}

/** The session may end, or go on in another window, while this page shows the same. */
async function follow() {
  if (view.over) return;
  if (!busy) {
    const asked = view;
    try {
      if (view.screen === "Opening") await open();
      const { status, body } = await look();
      if (busy || asked !== view) {
        // The payor has gone on while this was asked.
      } else if (status === 200) take(body);
      else if (status === 404) unknown();
    } catch {
      // The next thing that the payor does will say so.
    }
  }
  setTimeout(follow, view.screen === "GuaranteePending" ? WAITING_MS : LOOK_AGAIN_MS);
}

try {
  await open();
} catch {
  say(problemText("no_answer"));
}
setTimeout(follow, WAITING_MS);
