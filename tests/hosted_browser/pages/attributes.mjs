/** What the browser made of the element. */
export default async function test(shop) {
  await shop.heard("frame");
  await shop.report({
    attributes: Object.fromEntries([...shop.frame.attributes].map(({ name, value }) => [name, value])),
    elements: [...document.querySelectorAll("#main *")].map(({ tagName }) => tagName),
    border: getComputedStyle(shop.frame).borderTopWidth,
    referrer: shop.referrer,
  });
}
