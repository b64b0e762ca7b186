let told = false;

/**
 * Tell the page that frames this document how high it is, so that the frame can fit it:
 * {type: "explorer-height", height}. A height is no secret, so any page may hear it.
 */
export function tellHeight() {
  if (parent === window || told) return;
  told = true;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ type: "explorer-height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
}
