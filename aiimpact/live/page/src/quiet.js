import { scale as Scale } from "vega-encode";

// What a scale's domain is made of; of the domain itself only what comes of it counts.
const MAKES_DOMAIN = new Set(["domain", "domainRaw", "domainMin", "domainMid", "domainMax", "nice", "zero"]);
// NaN and infinity are no JSON.
const plain = (key, value) => (typeof value === "number" ? String(value) : MAKES_DOMAIN.has(key) ? undefined : value);

/**
 * A scale that says nothing while its ends stay where they are, which they mostly do, being round numbers.
 * Vega's own is new at every step of a slider, and each tick, label and grid line of its axes with it:
 * half of what a step takes.
 */
export class QuietScale extends /** @type {any} */ (Scale) {
  transform(_, pulse) {
    const out = super.transform(_, pulse);
    const scale = this.value;
    const now = JSON.stringify([scale.type, scale.domain(), scale.range?.(), { ..._ }], plain);
    const isNew = now !== this.before;
    this.before = now;
    // What is drawn with it asks for this, and draws all its items anew.
    this.modified(isNew);
    return isNew ? out : pulse.StopPropagation;
  }
}
