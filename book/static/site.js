// What a page needs beside its text, on every page: search, colours, side bars, menus, code. The theme's own scripts
// and Bootstrap's stay out (light.py); the markup is theirs. Nothing here looks at a page's layout before it is asked to.
// The search page's own script fetches each page that it found for an excerpt; from disk browsers refuse that.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

(() => {
  const html = document.documentElement;
  const { body } = document;
  /** @type {(selector: string) => HTMLElement | null} */
  const find = (selector) => document.querySelector(selector);
  /** @type {(selector: string, within?: ParentNode) => HTMLElement[]} */
  const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter((element) => element instanceof HTMLElement);

  /** What this script says, in the language of the edition; in English the page brings no other words. */
  const others = JSON.parse(find("#book-words")?.textContent ?? "{}");
  /** @type {(text: string) => string} */
  const inWords = (text) => others[text] ?? text;

  /** What a browser keeps, where it keeps anything; otherwise it holds for this page. */
  const kept = {
    read(name, place = "localStorage") {
      try {
        return globalThis[place].getItem(name);
      } catch {
        return null;
      }
    },
    write(name, value, place = "localStorage") {
      try {
        if (value === null) globalThis[place].removeItem(name);
        else globalThis[place].setItem(name, value);
      } catch {}
    },
  };

  /** This page, in whichever language: what is kept of one edition holds in all. */
  const PAGE = location.pathname.replace(/\/zh-Han[st](-HK)?\//, "/");

  // Colours: the script in the page has set them before the first paint.

  const dark = matchMedia("(prefers-color-scheme: dark)");
  function colour(mode) {
    html.dataset.mode = mode;
    html.dataset.theme = mode !== "auto" ? mode : dark.matches ? "dark" : "light";
  }
  dark.addEventListener("change", () => colour(html.dataset.mode));
  function nextColour() {
    // The first step from "auto" is one that is seen.
    const modes = dark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    colour(modes[(modes.indexOf(html.dataset.mode) + 1) % modes.length]);
    kept.write("mode", html.dataset.mode);
  }

  // Search: a dialog, or the field of a page that has one.

  const searchDialog = /** @type {HTMLDialogElement | null} */ (find("#pst-search-dialog"));
  const mac = /^(Mac|iPhone)/.test(navigator.platform);
  function search() {
    const field = /** @type {HTMLInputElement | null} */ (find("form.bd-search:not(#pst-search-dialog *) input"));
    if (field) {
      field.focus();
      field.select();
    } else if (searchDialog?.open) searchDialog.close();
    else searchDialog?.showModal();
  }
  if (mac) for (const key of all(".search-button__kbd-shortcut kbd.kbd-shortcut__modifier:first-child")) key.textContent = "⌘";
  addEventListener("keydown", (event) => {
    const { key, altKey, shiftKey, ctrlKey, metaKey, target } = event;
    const command = mac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
    const typing = target instanceof Element && target.closest("input, select, textarea, button, [contenteditable]");
    if ((command && !altKey && !shiftKey && key.toLowerCase() === "k") || (key === "/" && !typing && !altKey && !ctrlKey && !metaKey)) {
      event.preventDefault();
      search();
    }
    if (key === "Escape") globalThis.CSS.highlights?.delete("searched");
  });

  // Words that a reader comes with from a search are marked; the text stays as it is.

  const terms = (kept.read("sphinx_highlight_terms") ?? "").toLowerCase().split(/\s+/).filter(Boolean);

  /** @param {(sign: string) => string} plainly a sign as a search looks for it */
  function mark(plainly = (sign) => sign) {
    const ranges = [];
    const texts = document.createTreeWalker(find("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode.nodeValue.toLowerCase().replace(/[\u3400-\u9fff]/g, plainly);
      for (const term of terms)
        for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) {
          const range = new Range();
          range.setStart(texts.currentNode, at);
          range.setEnd(texts.currentNode, at + term.length);
          ranges.push(range);
        }
    }
    if (globalThis.Highlight) globalThis.CSS.highlights.set("searched", new globalThis.Highlight(...ranges));
  }
  if (terms.length && !find("#search-results")) {
    kept.write("sphinx_highlight_terms", null);
    if (html.lang === "zh-Hant-HK") {
      // What was looked for is in Simplified signs; the page that searches knows which they are.
      const table = Object.assign(document.createElement("script"), { src: `${html.dataset.content_root}_static/language_data.js` });
      table.addEventListener("load", () => mark((sign) => globalThis.splitQuery.plain.get(sign) ?? sign));
      document.head.append(table);
    } else mark();
  }

  // Side bars: on a narrow screen a dialog borrows what is in them.

  /** Move what is in an element, and how it looks, to another. */
  function move(from, to) {
    to.append(...from.childNodes);
    to.classList.add(...from.classList);
    from.removeAttribute("class");
  }
  const bars = { primary: "(min-width: 992px)", secondary: "(min-width: 1200px)" };
  function sideBar(which, button) {
    const bar = find(`#pst-${which}-sidebar`);
    const dialog = /** @type {HTMLDialogElement | null} */ (find(`#pst-${which}-sidebar-modal`));
    if (which === "primary" && matchMedia(bars[which]).matches) return bar.classList.toggle("pst-sidebar-hidden");
    if (!bar || !dialog) return;
    move(bar, dialog);
    dialog.showModal();
    dialog.addEventListener("close", () => (move(dialog, bar), button.focus()), { once: true });
  }
  // Outside of a dialog, on its backdrop; a link in it leads away from it.
  for (const dialog of document.querySelectorAll("dialog"))
    dialog.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
      const { left, right, top, bottom } = dialog.getBoundingClientRect();
      const outside = target === dialog && (x < left || x > right || y < top || y > bottom);
      if (outside || (target instanceof Element && target.closest("a[href^='#']"))) dialog.close();
    });

  // Menus.

  /** @param {Element | null} button @param {boolean} open */
  function menu(button, open) {
    if (!button) return;
    button.setAttribute("aria-expanded", String(open));
    button.nextElementSibling.classList.toggle("show", open);
  }
  const openMenu = () => find("[data-bs-toggle=dropdown][aria-expanded=true]");
  addEventListener("keydown", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".dropdown")?.querySelector("[data-bs-toggle=dropdown]") : null;
    if (!(button instanceof HTMLElement)) return;
    const items = all(".dropdown-item", button.nextElementSibling);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Escape" && button.ariaExpanded === "true") {
      menu(button, false);
      button.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      menu(button, true);
      const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? items.length - 1 : at - 1;
      items[Math.max(0, Math.min(next, items.length - 1))]?.focus();
    }
  });

  // Code: copied without prompts and results, and reached by the keyboard where it scrolls.

  const PROMPT = /^(?:>>> |\.\.\. )/;
  async function copy(button) {
    const lines = button.parentElement.querySelector("pre").innerText.replace(/\n$/, "").split("\n");
    const prompted = lines.some((line) => PROMPT.test(line));
    const text = lines.filter((line) => !prompted || PROMPT.test(line) || !line.trim()).map((line) => line.replace(PROMPT, "")).join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // From disk, or where a page may not: by way of a selection.
      const field = document.createElement("textarea");
      field.value = text;
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.classList.add("success");
    button.dataset.tooltip = button.ariaLabel = inWords("Copied!");
    setTimeout(() => {
      button.classList.remove("success");
      button.dataset.tooltip = button.ariaLabel = inWords("Copy");
    }, 2000);
  }
  const COPY = `<button type="button" class="copybtn o-tooltip--left" data-tooltip="${inWords("Copy")}" aria-label="${inWords("Copy")}"><svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.5"><rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8v-2a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"/></svg></button>`;
  /** See to what is shown: what is folded, when it comes to light. All are asked before one is changed. */
  function meet() {
    const shown = all("pre, .cell_output > .output, .pst-scrollable-table-container").filter((e) => e.checkVisibility());
    const found = shown.map((e) => /** @type {const} */ ([e, e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight]));
    for (const [element, scrolls] of found) {
      if (scrolls) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
      if (element.matches("div.highlight pre") && !element.nextElementSibling?.matches(".copybtn")) element.insertAdjacentHTML("afterend", COPY);
    }
  }
  let soon;
  function meetSoon() {
    clearTimeout(soon);
    soon = setTimeout(meet, 200);
  }
  addEventListener("load", meetSoon);
  addEventListener("resize", meetSoon);
  document.addEventListener("toggle", meetSoon, true);
  // The page has its code, or not, before this script runs: the script of light.py sees to that.

  /** @param {HTMLElement} button @param {boolean} on */
  function switchCode(button, on) {
    // What one reads stays where it is, also in a browser that does not see to that itself.
    const inView = all(".bd-article :is(p, h2, h3, li, .explorer)").filter((e) => !e.closest(".where") && e.checkVisibility());
    const read = inView.find((element) => element.getBoundingClientRect().top > 60);
    const before = read?.getBoundingClientRect().top;
    html.dataset.code = on ? "on" : "off";
    button.ariaChecked = String(on);
    if (read) window.scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
    meet();
    kept.write("code", html.dataset.code);
  }
  for (const button of all("[data-act=code]")) button.ariaChecked = String(html.dataset.code === "on");

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else html.requestFullscreen?.();
  }

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = /** @type {HTMLElement | null} */ (target.closest("button"));
    const opened = openMenu();
    if (opened && opened !== button) menu(opened, false);
    if (!button) return;
    const act = button.dataset.act;
    if (act === "fullscreen") fullScreen();
    if (act === "print") window.print();
    if (act === "code") switchCode(button, html.dataset.code === "off");
    if (button.matches(".theme-switch-button")) nextColour();
    if (button.matches(".search-button__button")) search();
    if (button.matches(".primary-toggle")) sideBar("primary", button);
    if (button.matches(".secondary-toggle")) sideBar("secondary", button);
    if (button.matches(".copybtn")) copy(button);
    if (button.matches("[data-bs-toggle=dropdown]")) menu(button, button !== opened);
  });

  /** What an address names; one that is spelt wrong names nothing. */
  function named(address) {
    try {
      return document.getElementById(decodeURIComponent(address.slice(1)));
    } catch {
      return null;
    }
  }

  // The list of contents follows the text, and makes way for what is as wide as the page.

  const entries = new Map(all("#pst-page-toc-nav a[href^='#']").map((link) => {
    const place = named(link.getAttribute("href"));
    return [place?.querySelector("h1, h2, h3, h4, h5, h6") ?? place, link];
  }));
  entries.delete(null);
  let held = 0;
  function follow(link) {
    for (const other of all("#pst-page-toc-nav :is(a, .toc-entry)")) {
      const on = other === link || (other.matches(".toc-entry") && other.contains(link));
      other.classList.toggle("active", on);
      if (other === link) other.ariaCurrent = "true";
      else other.removeAttribute("aria-current");
    }
  }
  /** The place that the address names is where one is, whatever passes on the way; a fold opens for it. */
  function arrive() {
    const place = named(location.hash);
    const fold = place?.querySelector(":scope > details.fold") ?? place?.closest("details.fold");
    if (fold instanceof HTMLDetailsElement && !fold.open) {
      fold.open = true;
      place.scrollIntoView();
    }
    const link = [...entries.values()].find((entry) => entry.getAttribute("href") === location.hash);
    if (!link) return;
    held = Date.now() + 1000;
    follow(link);
  }
  const headings = new IntersectionObserver(
    (seen) => {
      const last = seen.filter((entry) => entry.isIntersecting).pop();
      if (last && Date.now() > held) follow(entries.get(last.target));
    },
    { rootMargin: "0px 0px -70% 0px" },
  );
  for (const heading of entries.keys()) headings.observe(heading);
  addEventListener("hashchange", arrive);
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a")?.href === location.href) arrive();
  });
  if (location.hash) arrive();

  const wide = new Set();
  const covering = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) wide[isIntersecting ? "add" : "delete"](target);
      find("#pst-secondary-sidebar")?.classList.toggle("hide", wide.size > 0);
    },
    { rootMargin: "0px 0px -33% 0px" },
  );
  for (const element of all("main :is(.margin, .full-width, .sidebar)")) covering.observe(element);
  const summit = find(".sbt-scroll-pixel-helper");
  if (summit) new IntersectionObserver(([{ boundingClientRect }]) => body.classList.toggle("scrolled", boundingClientRect.y < 0)).observe(summit);

  // A claim's dot takes the colour of its verdict once the card has been in view for a second; this browser remembers.

  const dots = new Map(all(".where a").map((dot) => [dot.getAttribute("href").slice(1), dot]));
  if (dots.size) {
    const READ = `aiimpact.read.1:${PAGE}`;
    const done = new Set((kept.read(READ) ?? "").split(" ").filter((id) => dots.has(id)));
    const names = new Map([...dots].map(([id, dot]) => [id, dot.title]));
    const told = (id) => {
      const dot = dots.get(id);
      dot.classList.toggle("read", done.has(id));
      dot.title = dot.firstElementChild.textContent = names.get(id) + (done.has(id) ? ` ${dot.dataset.verdict}` : "");
    };
    done.forEach(told);
    const waiting = new Map();
    const seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const { id } = target.closest(".claim");
        clearTimeout(waiting.get(id));
        if (!isIntersecting || done.has(id)) continue;
        waiting.set(id, setTimeout(() => {
          done.add(id);
          told(id);
          kept.write(READ, [...done].join(" "));
        }, 1000));
      }
    }, { rootMargin: "-10% 0px" });
    for (const id of dots.keys()) {
      const verdict = document.getElementById(id)?.querySelector(".claim-verdict");
      if (verdict && !done.has(id)) seen.observe(verdict);
    }
    find(".ask-all button")?.addEventListener("click", () => {
      done.clear();
      kept.write(READ, null);
      for (const id of dots.keys()) told(id);
    });
  }

  // Other languages: one goes there to what one reads here, and with what one has set. The links are plain ones before.

  const editions = /** @type {HTMLAnchorElement[]} */ (all(".book-languages a"));
  const edition = editions.find((link) => link.ariaCurrent)?.hreflang;
  const [LANGUAGE, CARRIED] = ["aiimpact.language", "aiimpact.carried.1"];
  /** What is not as at first in explorers, as addresses say it. @type {Map<string, string>} */
  const settings = new Map();
  async function note(event) {
    const name = event.target.dataset?.explorer;
    settings.set(name, (await globalThis.explorers?.[name]?.changed()) ?? "");
  }
  const changed = () => [...settings].filter(([, query]) => query);
  /** An explorer that was set, where it is what one looks at; otherwise the section. */
  function place() {
    const { innerHeight } = window;
    for (const [name, query] of changed()) {
      const { top, bottom } = find(`[data-explorer="${name}"]`).getBoundingClientRect();
      if (top < innerHeight / 2 && bottom > innerHeight / 3) return `#${name}?${query}`;
    }
    const begun = all(".bd-article section[id]").filter((e) => e.checkVisibility() && e.getBoundingClientRect().top < innerHeight / 3);
    const last = begun.pop();
    return last && !last.querySelector(":scope > h1") ? `#${last.id}` : "";
  }
  function prepare(link) {
    link.hash = place();
    kept.write(CARRIED, JSON.stringify({ page: PAGE, settings: changed() }), "sessionStorage");
  }
  /** What was set on this page in another language; nothing where that is spoilt. */
  function settingsIn(carried) {
    try {
      const { page, settings } = JSON.parse(carried);
      return page === PAGE ? new Map(settings) : [];
    } catch {
      return [];
    }
  }
  if (editions.length) {
    addEventListener("explorer-moved", note);
    for (const link of editions) {
      link.addEventListener("pointerdown", () => prepare(link));
      link.addEventListener("click", () => {
        prepare(link);
        kept.write(LANGUAGE, link.hreflang);
      });
    }
    // Once the page's other scripts have run.
    addEventListener("DOMContentLoaded", () => {
      const carried = kept.read(CARRIED, "sessionStorage");
      kept.write(CARRIED, null, "sessionStorage");
      // The one in the address goes its own way.
      for (const [name, query] of settingsIn(carried))
        if (!location.hash.startsWith(`#${name}?`)) globalThis.explorers?.[name]?.open?.(query);
    });
    offer();
  }
  /** Tell a reader whose browser asks for another language that there is an edition in it: once, and nobody is led there. */
  function offer() {
    const wanted = navigator.languages
      .map((tag) => {
        if (/^en\b/i.test(tag)) return "en";
        if (!/^(zh|cmn|yue)\b/i.test(tag)) return "";
        // The script counts before the place, and Cantonese is written as in Hong Kong where neither is said.
        const traditional = /-hant\b/i.test(tag) || (/-(hk|mo|tw)\b|\byue(?!-cn\b)/i.test(tag) && !/-hans\b/i.test(tag));
        return traditional ? "zh-Hant-HK" : "zh-Hans";
      })
      .find(Boolean);
    const texts = { "zh-Hans": ["本书有简体中文版", "不用，谢谢"], "zh-Hant-HK": ["本書有繁體中文版", "不用，謝謝"] }[wanted];
    const there = editions.find((link) => link.hreflang === wanted);
    if (!texts || !there || wanted === edition || edition === "zh-Hant-HK" || kept.read(LANGUAGE)) return;
    const line = document.createElement("aside");
    line.className = "book-offer";
    line.lang = wanted;
    const link = document.createElement("a");
    [link.textContent] = texts;
    link.href = there.href;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      there.click();
    });
    const no = document.createElement("button");
    no.type = "button";
    [, no.textContent] = texts;
    no.addEventListener("click", () => {
      kept.write(LANGUAGE, edition);
      line.remove();
    });
    line.append(link, no);
    find("#pst-skip-link")?.after(line);
  }

  // The list of pages stands where it stood on the page before, or where this page is in it.

  const SCROLLED = ["sidebar-scroll-top", "sessionStorage"];
  const list = find("#pst-primary-sidebar");
  if (list && matchMedia(bars.primary).matches)
    requestAnimationFrame(() => {
      const here = find(".bd-docs-nav a.current");
      const before = kept.read(...SCROLLED);
      if (before) list.scrollTop = Number(before);
      else if (here && here.offsetTop > list.clientHeight / 2) list.scrollTop = here.offsetTop - list.clientHeight / 4;
      addEventListener("pagehide", () => kept.write(SCROLLED[0], String(list.scrollTop), SCROLLED[1]));
    });

  // On paper nothing can be unfolded, and white paper wants dark ink. What questions, explorers and claims keep
  // folded, they keep: a sheet of questions without the answers is what a class needs. So does code, for readers.
  const folds = [];
  let screenTheme;
  addEventListener("beforeprint", () => {
    folds.push(...document.querySelectorAll("main details:not([open], .hide, .explorer *)"));
    for (const fold of folds) fold.open = true;
    screenTheme ??= html.dataset.theme;
    html.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const fold of folds.splice(0)) fold.open = false;
    html.dataset.theme = screenTheme;
    screenTheme = undefined;
  });
})();
