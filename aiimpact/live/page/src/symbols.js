import { Bounds, boundStroke, Marks } from "vega-scenegraph";

const { path, symbol } = Marks;
// Of so many shapes, so many sizes each: those of a bubble chart may all differ.
const MOST = 200;
const known = new Map();

/** An item's outline and what it covers, around the origin. */
function outlineOf({ shape, size }) {
  let sizes = known.get(shape);
  if (!sizes) {
    if (known.size >= MOST) known.clear();
    known.set(shape, (sizes = new Map()));
  }
  let found = sizes.get(size);
  if (!found) {
    found = { covers: symbol.bound(new Bounds(), { shape, size }) };
    symbol.attr((name, value) => name === "d" && (found.d = value), { shape, size });
    if (sizes.size >= MOST) sizes.clear();
    sizes.set(size, found);
  }
  return found;
}

/**
 * Symbols whose outline is worked out once, where Vega does it twice for each of them: a hundred and fifty
 * cars are all of one size, and of a new one at every step of a slider.
 */
export const rememberedSymbol = {
  ...symbol,
  attr: (emit, item) => path.attr((name, value) => emit(name, name === "d" ? outlineOf(item).d : value), item),
  bound(bounds, item) {
    if (item.angle) return symbol.bound(bounds, item);
    return boundStroke(bounds.union(outlineOf(item).covers), item, true).translate(item.x || 0, item.y || 0);
  },
};
