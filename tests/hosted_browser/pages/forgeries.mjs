/** Everyone who can reach the shop's window posts a SUCCESS; the frame itself ends the flow without one. */
export default async function test(shop) {
  const forge = (site, from) => `${site}/forge?from=${encodeURIComponent(from)}`;
  shop.embed(forge(shop.stranger, "stranger"));
  shop.embed(forge(shop.origin, "second frame"));
  shop.embed(forge(shop.origin, "opaque frame"), { sandbox: "allow-scripts" });
  postMessage({ Step: "SUCCESS", from: "shop itself" });
  postMessage({ done: "shop itself" });
  await shop.heard("frame", "stranger", "second frame", "opaque frame", "shop itself");

  // A frame within the frame has the origin and not the window.
  shop.frame.contentWindow.postMessage({ nest: forge(shop.origin, "nested frame") }, "*");
  await shop.heard("nested frame");

  // The frame on another origin's page has the window and not the origin.
  shop.frame.contentWindow.postMessage({ leaveFor: forge(shop.stranger, "frame gone elsewhere") }, "*");
  await shop.heard("frame gone elsewhere");

  // The test's own `listen` aside, and the frames, which have numbers.
  const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !globalsBefore.has(name));
  await shop.report({ ...shop, frame: undefined, globals: globals.filter((name) => !/^(listen|\d+)$/.test(name)) });
}
