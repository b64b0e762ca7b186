import { mkdirSync, writeFileSync } from "node:fs";
import * as icons from "@fortawesome/free-solid-svg-icons";

// The icons that the theme's templates use: width, height and path of each.
const ICONS =
  "angle-left angle-right arrow-up bars chevron-down circle-half-stroke download expand file file-pdf list magnifying-glass moon rocket sun";

const drawings = ICONS.split(" ").map((name) => {
  const key = name.replace(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase());
  const [width, height, , , path] = icons[`fa${key}`].icon;
  return [name, [width, height, path]];
});
mkdirSync("dist", { recursive: true });
writeFileSync("dist/icons.json", JSON.stringify(Object.fromEntries(drawings)));
