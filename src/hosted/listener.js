/**
 * Listens to the messages of a Flinks Pay page in an iframe.
 * Any window that can reach this one may post it a forged "SUCCESS". So a message counts only if it comes from the frame's
 * own window while that shows a page of the expected origin. Even then it is a hint from the payor's browser: whether a debit
 * is scheduled, only the status that a backend asks for can say.
 */

/** Every documented step, in the order of the flow, and whether the flow ends with it. A newer step is not in it. */
const STEPS = new Map([
  ["APP_MOUNTED", false],
  ["CONSENT_DISABLED", false],
  ["INSTITUTION_SELECTED", false],
  ["SUBMIT_CREDENTIAL", false],
  ["SUBMIT_MFA", false],
  ["ACCOUNT_SELECTED", false],
  ["COMPONENT_DEPOSIT_CONTINUE", false],
  ["GUARANTEE_OFFERED", false],
  ["COMPONENT_PAD_DOWNLOADED", false],
  ["SUCCESS", true],
  ["GUARANTEE_FAILED", true],
  ["COMPONENT_PAD_WARNING_SCREEN_EXIT", true],
  ["COMPONENT_OTHER_FUNDING_OPTIONS_SELECTED", true],
  ["COMPONENT_NBO_RETURN_TO_CLIENT_SELECTED", true],
]);
const MAX_MESSAGE = 16384;
const MAX_STEP = 128;
/** Whether a text has no half characters, and that many bytes of UTF-8 at most, as a backend counts. `length` is never more. */
const fits = (text, bytes) =>
  text.length <= bytes && !/\p{Surrogate}/u.test(text) && new TextEncoder().encode(text).length <= bytes;

/**
 * @typedef {object} FlowEvent
 * @property {string} step the step as it came; it may be any text, so never put it into HTML
 * @property {boolean | null} endsFlow whether the flow ends with it; null if the step is not known
 * @param {object} options
 * @param {HTMLIFrameElement} options.frame the frame that shows the page
 * @param {string} options.origin the page's origin, as `https://payments.flinksapp.com`; no path, no slash, no wildcard
 * @param {(event: FlowEvent) => void} [options.onEvent] called for every step
 * @param {(event: FlowEvent) => void} [options.onEnd] called once at most, for the first step that ends the flow
 * @param {AbortSignal} [options.signal] stops listening when it aborts
 * @returns {() => void} stops listening; calling it again does nothing
 * @throws {TypeError} an option is missing, misspelt or of the wrong kind
 */
function listenToFlinksPay(options) {
  check(options);
  const { frame, origin, onEvent, onEnd, signal } = options;
  const target = frame.ownerDocument.defaultView;
  let listening = !signal?.aborted;
  let ended = false;
  const unsubscribe = () => {
    listening = false;
    target.removeEventListener("message", receive);
    signal?.removeEventListener("abort", unsubscribe);
  };
  const receive = (message) => {
    // A frame that is out of the document has no window, and neither has a message that no window sent.
    if (message.source === null || message.source !== frame.contentWindow || message.origin !== origin) return;
    const step = stepOf(message.data);
    if (step === undefined) return;
    const event = Object.freeze({ step, endsFlow: STEPS.get(step) ?? null });
    call(onEvent, event);
    // `onEvent` may have unsubscribed.
    if (!listening || ended || event.endsFlow !== true) return;
    ended = true;
    call(onEnd, event);
  };
  if (listening) target.addEventListener("message", receive);
  signal?.addEventListener("abort", unsubscribe);
  return unsubscribe;
}

/** Refuses options that would listen to nobody, to everybody or for nothing. Repeats no value: a URL may open a session. */
function check(options) {
  const require = (holds, expected) => {
    if (!holds) throw new TypeError(`listenToFlinksPay: ${expected}`);
  };
  require(typeof options === "object" && options !== null, "expects an object of options");
  const { frame, origin, onEvent, onEnd, signal, ...unknown } = options;
  require(Object.keys(unknown).length === 0, "the options are frame, origin, onEvent, onEnd and signal");
  require(frame?.ownerDocument?.defaultView && "contentWindow" in frame, "frame must be an iframe in a window's document");
  require(isOrigin(origin), "origin must be https://host or https://host:port, in lower case; http only for loopback");
  const callbacks = [onEvent, onEnd].filter((callback) => callback !== undefined);
  const functions = callbacks.every((callback) => typeof callback === "function");
  require(functions && callbacks.length > 0, "give onEvent, onEnd or both, as functions");
  require(signal === undefined || signal instanceof AbortSignal, "signal must be an AbortSignal");
}

function isOrigin(text) {
  try {
    const { origin, protocol, hostname } = new URL(text);
    const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
    return origin === text && (protocol === "https:" || (protocol === "http:" && loopback));
  } catch {
    return false;
  }
}

/** The step that a message names: an object with a text `Step`, or the same as JSON text. Anything else is no step. */
function stepOf(data) {
  try {
    if (typeof data === "string") data = fits(data, MAX_MESSAGE) ? JSON.parse(data) : null;
    if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
    const step = Object.hasOwn(data, "Step") ? data.Step : "";
    return typeof step === "string" && step !== "" && fits(step, MAX_STEP) ? step : undefined;
  } catch {
    return undefined;
  }
}

/** Calls back. What the callback throws is reported as the page's other errors are, and stops nothing. */
function call(callback, event) {
  try {
    callback?.(event);
  } catch (error) {
    (globalThis.reportError ?? console.error)(error);
  }
}

export { listenToFlinksPay };
