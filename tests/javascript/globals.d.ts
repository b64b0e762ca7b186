// What the scripts of a page leave for each other, and what the theme leaves for them.
declare module "*.css" {
  const text: string;
  export default text;
}
declare const DOCUMENTATION_OPTIONS: Record<string, unknown>;
// Sphinx writes these for the page that searches.
declare var Search: any;
declare var splitQuery: any;
