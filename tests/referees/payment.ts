// A payment through a client that another project makes of our contract, and one that is cancelled. What is wrong in a call does
// not compile; what comes back otherwise than expected ends it with an error. `.ci/referees.py` starts the simulator.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./flinks-pay.js";
import type { paths as Control } from "./sandbox-control.js";

const variable = (name: string): string => process.env[name] ?? assert.fail(`${name} is not set`);
const baseUrl = variable("FLINKS_PAY_BASE_URL");
const api = createClient<paths>({ baseUrl });
const simulator = createClient<Control>({ baseUrl: `${baseUrl}/_sandbox` });

function got<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  return data ?? assert.fail(`${response.status} from ${response.url}: ${JSON.stringify(error)}`);
}

/** Opens a session, with a token of its own: one that has created a session creates no other. */
async function create(request: components["schemas"]["CreateSessionRequest"]) {
  const token = got(
    await api.POST("/api/v1/authorize", {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: {
        grant_type: "client_credentials",
        Username: variable("FLINKS_PAY_CLIENT_ID"),
        Password: variable("FLINKS_PAY_CLIENT_SECRET"),
      },
    }),
  );
  const headers = { Authorization: `Bearer ${token.access_token}` };
  const { sessionId } = got(await api.POST("/api/v2/sessions", { headers, body: request }));
  const session = { headers, params: { path: { sessionId } } };
  const status = async () => got(await api.GET("/api/v2/sessions/{sessionId}/status", session));
  assert.equal((await status()).status, "Initiated");
  return { session, status };
}

// The payor goes through every screen of the hosted page.
const payor = { firstName: "Robin", lastName: "Tester", email: "robin@example.com" };
const paid = await create({
  type: "EFT",
  direction: "DEBIT",
  amount: 120.5,
  referenceId: "Happy1",
  options: { guarantee: { enable: true } },
  payor,
});
while (!got(await simulator.POST("/sessions/{sessionId}/step", paid.session)).over);
let seen = await paid.status();
assert.deepEqual([seen.status, seen.statusDetails], ["Completed", "EFT0301"]);
const details = got(await api.GET("/api/v2/sessions/{sessionId}/details", paid.session));
assert.deepEqual([details.amount, details.step?.current], [120.5, "Complete"]);
assert.match(details.payor?.account?.accountNumber ?? "", /\d{4}$/);
console.log(`paid: ${seen.status}, ${seen.statusDetails}, ${details.guaranteeDetails?.guaranteedEftType} guarantee`);

// The payor has begun when the backend changes its mind.
const left = await create({ type: "EFT", direction: "DEBIT", options: { guarantee: { enable: false } }, payor });
assert.equal(got(await simulator.POST("/sessions/{sessionId}/step", left.session)).status, "InProgress");
const cancelled = got(await api.POST("/api/v2/sessions/{sessionId}/cancel", left.session));
assert.equal(cancelled.statusDetails, "EFT0501");
seen = await left.status();
assert.ok(seen.status === "Canceled" || seen.status === "Cancelled", seen.status);
const again = await api.POST("/api/v2/sessions/{sessionId}/cancel", left.session);
assert.equal(again.response.status, 400);
console.log(`left: ${seen.status}, ${seen.statusDetails}`);
