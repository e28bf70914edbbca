/** A frame of the stranger beside the iframe: the policy is to stop the one and not the other. */
export default async function test(shop) {
  const violations = [];
  const stopped = new Promise((resolve) =>
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      violations.push({ directive: effectiveDirective, blocked: new URL(blockedURI).origin });
      resolve();
    }),
  );
  shop.embed(`${shop.stranger}/forge?from=stranger`);
  await stopped;
  await shop.heard("frame");
  await shop.report({ violations, told: shop.told, raw: shop.raw });
}
