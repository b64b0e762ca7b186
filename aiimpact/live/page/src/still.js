/** A model without a kernel behind it: nobody else ever changes it. */
export function still(state) {
  return {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
    },
    save_changes() {},
    on() {},
    off() {},
  };
}
