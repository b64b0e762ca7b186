// An explorer that fills the screen, for a lecture: by its button, or as all that a page shows.

import { say } from "./words.js";

// What it is drawn in at the least, in px of its own; on a larger screen all of it is larger.
const [WIDE, HIGH] = [760, 420];
const ALONE = "explorer-only";

/** Let an explorer be all that the page shows, with the question that it waits for. */
export function showOnly(root) {
  const { body, documentElement: html } = document;
  if (html.classList.contains(ALONE)) return;
  html.classList.add(ALONE);
  const kept = [root, ...[...body.querySelectorAll("[data-question]")].filter((e) => e.getAttribute("data-question") === root.dataset.after)];
  const way = new Set(kept.flatMap((element) => {
    const found = [];
    for (let e = element.parentElement; e && e !== body; e = e.parentElement) found.push(e);
    return found;
  }));
  for (const parent of [body, ...way])
    for (const child of parent.children)
      if (!kept.includes(child)) child.classList.add(way.has(child) ? "explorer-way" : "explorer-away");
}

/** Draw an element as large as fits the window, or as it is. */
function scale(element, large) {
  element.style.zoom = "";
  if (!large) return;
  const box = element === document.body ? document.documentElement : element;
  // The window's own size: what `zoom` makes of lengths inside is none of its business.
  for (let by = Math.min(innerWidth / WIDE, innerHeight / HIGH); by > 1; by -= 0.05) {
    element.style.zoom = by;
    if (box.scrollHeight <= box.clientHeight + 1) return;
  }
  element.style.zoom = "";
}

/** Give an explorer the button that lets it fill the screen. The focus stays where it is. */
export function fillable(root, signal) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "explorer-fill";
  button.title = button.ariaLabel = say("Full screen");
  button.ariaPressed = "false";
  let full = false;
  const fit = () => {
    if (document.documentElement.classList.contains(ALONE)) scale(document.body, !full && parent === window);
    scale(root, full);
  };
  function turn(on) {
    full = on;
    button.ariaPressed = String(on);
    root.classList.toggle("explorer-full", on);
    fit();
  }
  /** Where a frame or a browser has no full screen, it covers the page instead. */
  function cover() {
    root.popover = "manual";
    root.showPopover?.();
    turn(true);
  }
  function leave() {
    if (root.matches(":fullscreen")) return document.exitFullscreen();
    const { activeElement } = /** @type {Document} */ (root.getRootNode());
    root.hidePopover?.();
    root.removeAttribute("popover");
    turn(false);
    /** @type {HTMLElement} */ (activeElement)?.focus({ preventScroll: true });
  }
  button.addEventListener("click", () => {
    if (full) leave();
    else (root.requestFullscreen?.() ?? Promise.reject()).catch(cover);
  });
  root.addEventListener("fullscreenchange", () => turn(root.matches(":fullscreen")), { signal });
  addEventListener("keydown", ({ key }) => key === "Escape" && full && leave(), { signal });
  addEventListener("resize", fit, { signal });
  root.querySelector(".explorer-buttons").append(button);
  fit();
}
