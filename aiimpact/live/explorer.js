// Brings the markup of an explorer to life. The same file serves a built page, where the page's
// runtime calls `hydrate`, and a notebook, where anywidget calls `render`.

import { format, parse } from "./numbers.js";

const REFERENCE = "IPY_MODEL_".length;
const CONTROL = '[role="slider"], input, select, textarea, [contenteditable="true"]';

/** Whoever has Vega (the page's runtime, or a widget of the kernel) leaves `draw` on this shelf. */
function drawer() {
  const shelf = (globalThis.aiimpact ??= {});
  return shelf.draw ?? new Promise((resolve) => (shelf.waiting ??= []).push(resolve));
}

/** What one control means: its value as the model sees it, and how to set it. */
function controlOf(given, model) {
  const { options, low, high } = given;
  const whole = model.get("_model_name").includes("Int");
  return {
    ...given,
    model,
    whole,
    value: () => (options ? options[model.get("index")]?.[1] : model.get("value")),
    spoken(value, digits) {
      const option = options?.find((pair) => pair[1] === value);
      if (option) return option[0];
      if (typeof value === "boolean") return value ? "yes" : "no";
      return format(value, Math.max(digits, 4));
    },
    check(value) {
      if (options) {
        if (options.some((pair) => pair[1] === value)) return;
        const labels = options.map((pair) => pair[0]).join(", ");
        throw new RangeError(`${given.name} must be the value of one of: ${labels}. Got ${value}.`);
      }
      if (typeof value !== typeof model.get("value") || Number.isNaN(value))
        throw new RangeError(`${given.name} must be a ${typeof model.get("value")}. Got ${value}.`);
      if (whole && !Number.isInteger(value))
        throw new RangeError(`${given.name} must be a whole number. Got ${value}.`);
      if (low !== undefined && !(value >= low && value <= high))
        throw new RangeError(`${given.name} must lie within ${low} to ${high}. Got ${value}.`);
    },
    set(value) {
      if (options) model.set("index", options.findIndex((pair) => pair[1] === value));
      else model.set("value", value);
      model.save_changes();
    },
  };
}

/**
 * A slider of ipywidgets writes the place of its handle back to the model even when a program moved
 * it, which rounds a value between two steps. Let only a hand or a key write.
 */
function calm(view) {
  const slider = view.$slider?.noUiSlider;
  if (!slider) return;
  const write = view.handleSliderUpdateEvent.bind(view);
  view.handleSliderUpdateEvent = () => {};
  slider.on("slide", write);
  // Nor measure its box at every step: the browser would lay out the page twice.
  view.readout_overflow = () => false;
}

/**
 * Attach controls, chart and readouts to `root`, the markup that Python wrote.
 * Resolves to what `window.explorers[name]` offers, and what `share.js` needs.
 */
export async function hydrate(model, root) {
  const page = model.get("_page");
  const find = (selector) => root.querySelector(selector);
  const draw = await drawer();
  const manager = model.widget_manager;
  const references = model.get("controls");
  const controls = await Promise.all(
    page.inputs.map(async (given) =>
      controlOf(given, await manager.get_model(references[given.name].slice(REFERENCE))),
    ),
  );
  const byName = Object.fromEntries(controls.map((control) => [control.name, control]));
  const defaults = Object.fromEntries(controls.map((control) => [control.name, control.value()]));

  const chart = find(".explorer-chart");
  const canvas = document.createElement("div");
  const view = await draw(structuredClone(page.spec), canvas);
  const responsive = page.spec.autosize?.type === "fit-x";
  const fit = () => {
    if (!responsive || !chart.clientWidth) return false;
    const changed = view.width() !== chart.clientWidth;
    if (changed) view.width(chart.clientWidth);
    return changed;
  };

  const readouts = page.outputs.map(({ name, id }) => ({
    name,
    id,
    elements: [...root.querySelectorAll("[data-output]")].filter((e) => e.dataset.output === name),
  }));
  // What is true or false in the chart is one or nought to a reader, as in Python.
  const valueOf = (id) => Number(view.signal(id));
  const outputs = () =>
    Object.fromEntries(readouts.map(({ name, id }) => [name, valueOf(id)]));

  const sentence = find(".explorer-sentence");
  const aloud = find(".explorer-aloud");
  const word = find(".explorer-word");
  const table = find(".explorer-data");
  let announcement;

  function say() {
    return page.sentence
      .map((part) => {
        if (typeof part === "string") return part;
        if (part.output) return format(valueOf(part.output), page.digits);
        const control = byName[part.input];
        return control.spoken(control.value(), page.digits);
      })
      .join("");
  }

  function tabulate() {
    const body = table.querySelector("tbody");
    body.replaceChildren(
      ...view.data("explorer_table").map((datum) => {
        const row = document.createElement("tr");
        for (const [field, heading] of page.table) {
          const value = typeof datum[field] === "boolean" ? Number(datum[field]) : datum[field];
          // A year is a name, as in `markup.py`.
          row.insertCell().textContent =
            heading === "Year" ? String(value) : format(value, page.digits);
        }
        return row;
      }),
    );
  }

  // Most of an explorer stays as it is when one slider moves, and is not written again.
  const painted = {};
  const isNew = (name, value) => !Object.is(painted[name], (painted[name] = value));
  function paint() {
    for (const { id, elements } of readouts) {
      const value = valueOf(id);
      if (!isNew(id, value)) continue;
      for (const element of elements) {
        element.textContent = format(value, page.digits);
        element.dataset.value = value;
      }
    }
    sentence.textContent = say();
    root.dispatchEvent(new CustomEvent("explorer-moved", { bubbles: true }));
    if (table.open) tabulate();
    for (const { name, title, value } of controls) {
      if (!isNew(`=${name}`, value())) continue;
      const handle = rows[name]?.querySelector('[role="slider"]');
      if (!handle) continue;
      const readout = rows[name].querySelector(".widget-readout");
      handle.setAttribute("aria-valuetext", `${readout?.textContent ?? ""} ${title}`.trim());
    }
  }

  /** Wait for a pause before speaking, so that a moving slider does not chatter. */
  function announce() {
    clearTimeout(announcement);
    announcement = setTimeout(() => (aloud.textContent = say()), 700);
  }

  let running = null;
  let stale = false;
  function update() {
    stale = true;
    running ??= (async () => {
      try {
        while (stale) {
          stale = false;
          for (const { name, value } of controls) view.signal(name, value());
          await view.runAsync();
        }
        paint();
      } finally {
        running = null;
      }
    })();
    return running;
  }

  const rows = {};
  async function attach(control) {
    const row = [...root.querySelectorAll("[data-input]")].find(
      (element) => element.dataset.input === control.name,
    );
    rows[control.name] = row;
    // While it is drawn a slider would write its rounded value, which a kernel would hear.
    const continuous = control.model.get("continuous_update");
    if (continuous) control.model.set("continuous_update", false);
    const widget = await manager.create_view(control.model, {});
    if (continuous) control.model.set("continuous_update", true);
    const slot = row.querySelector(".explorer-widget");
    slot.replaceChildren();
    const lumino = widget.luminoWidget ?? widget.pWidget;
    lumino.constructor.attach(lumino, slot);
    calm(widget);
    makeRoom(control, widget);
    for (const element of slot.querySelectorAll(CONTROL)) {
      const readout = element.matches(".widget-readout");
      element.setAttribute("aria-label", readout ? `${control.title}, typed` : control.title);
      if (readout) element.setAttribute("role", "textbox");
    }
    watchTyping(control, slot, widget);
    control.model.on(`change:${control.options ? "index" : "value"}`, () => {
      announce();
      // A program that sets several controls runs the model once, at the end.
      if (setting) return;
      if (picker) picker.selectedIndex = 0;
      update();
    });
  }

  /** Make the boxes wide enough for every number, and alike, so that sliders are as long whatever is set. */
  let room = 0;
  function makeRoom({ low, high }, view) {
    if (low === undefined || !view.valueToString) return;
    room = Math.max(room, view.valueToString(low).length, view.valueToString(high).length);
    root.style.setProperty("--explorer-room", `${room + 1}ch`);
  }

  /** Refuse typed text that is no number, before the control sees it, and say so. */
  function watchTyping(control, slot, view) {
    const judge = (event) => {
      if (event.type === "keydown" && event.key !== "Enter") return;
      const field = event.target;
      const typed = field.matches(".widget-readout")
        ? field.textContent
        : field.matches("input[type=number], input[type=text]")
          ? field.validity.badInput ? "that" : field.value
          : null;
      if (typed === null) return;
      const value = parse(typed);
      const kept = control.value();
      // Passing through a box must not round the value to the digits it shows.
      const untouched = typed === view.valueToString?.(kept);
      if (untouched || Number.isNaN(value)) {
        event.stopPropagation();
        event.preventDefault();
        if (untouched) return;
        view.update();
        const said = typed.trim() ? `“${typed}”` : "An empty box";
        word.textContent = `${said} is no number. ${control.title} stays at ${control.spoken(kept, page.digits)}.`;
        return;
      }
      if (field.matches(".widget-readout")) field.textContent = value;
      const { low, high } = control;
      word.textContent = "";
      if (low !== undefined && (value < low || value > high)) {
        const edge = value < low ? low : high;
        word.textContent = `${typed.trim()} is outside the range. ${control.title} is set to ${control.spoken(edge, page.digits)}.`;
      }
    };
    slot.addEventListener("keydown", judge, true);
    slot.addEventListener("blur", judge, true);
  }

  let setting = false;
  async function set(inputs) {
    for (const [name, value] of Object.entries(inputs)) {
      if (!byName[name])
        throw new RangeError(`${name} is no input. Inputs: ${Object.keys(byName).join(", ")}.`);
      byName[name].check(value);
    }
    setting = true;
    try {
      for (const [name, value] of Object.entries(inputs)) byName[name].set(value);
    } finally {
      setting = false;
    }
    await update();
    return outputs();
  }

  const picker = find(".explorer-presets select");
  const reset = find(".explorer-reset");
  if (picker) {
    picker.disabled = false;
    picker.addEventListener("change", () => {
      const preset = page.presets[picker.selectedIndex - 1];
      if (preset) set(preset.settings);
    });
  }
  /** Begin anew, from the first values but for some. */
  function start(inputs) {
    word.textContent = "";
    if (picker) picker.selectedIndex = 0;
    return set({ ...defaults, ...inputs });
  }
  reset.disabled = false;
  reset.addEventListener("click", () => start({}));
  table.addEventListener("toggle", () => table.open && tabulate());
  // A page opens its folds for print, and the toggle is told too late.
  addEventListener("beforeprint", tabulate);

  await Promise.all(controls.map(attach));
  chart.replaceChildren(canvas);
  chart.querySelector("svg")?.setAttribute("aria-hidden", "true");
  fit();
  await update();
  new ResizeObserver(() => fit() && view.runAsync()).observe(chart);
  root.classList.add("explorer-awake");
  const inputs = () => Object.fromEntries(controls.map(({ name, value }) => [name, value()]));
  return { set, reset: () => set(defaults), inputs, outputs, controls, start };
}

/** anywidget's entry: a notebook, with a kernel. */
function render({ model, el }) {
  el.innerHTML = model.get("_markup");
  const connected = () =>
    el.isConnected
      ? hydrate(model, el.firstElementChild).then((handle) => {
          // JupyterLab would take the arrow keys of a control for a walk through the cells.
          for (const element of el.querySelectorAll(`button, summary, ${CONTROL}`))
            element.dataset.lmSuppressShortcuts = "true";
          (globalThis.explorers ??= {})[model.get("name")] = handle;
        })
      : requestAnimationFrame(connected);
  connected();
}

export default { render };
