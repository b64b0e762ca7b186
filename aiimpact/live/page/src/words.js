// What a reader reads, in the language of the edition: English is the key, as in `words.py`.

const texts = new Map();

/** Bring texts of another language: English to what is said instead. */
export function speak(others = {}) {
  for (const [text, said] of Object.entries(others)) texts.set(text, said);
}

/** Say a text; `{name}` in it is a place for a value. */
export function say(text, values = {}) {
  const said = texts.get(text) ?? text;
  return said.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** How many letters wide a text is: a Han character is as wide as two. */
export const letters = (text) => text.length + (text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0);
