// What Sphinx's search does not do. It runs when the search is there, and its index is not yet.

{
  const { setIndex, query } = Search;
  const HAN = /[\u3400-\u9fff]/g;
  let known = [];

  // Every object of JavaScript has a "constructor", which is no word of the book.
  const bare = Object.create(null, { hasOwnProperty: { value: Object.prototype.hasOwnProperty } });
  Search.setIndex = (index) => {
    known = [index.terms, index.titleterms];
    for (const terms of known) Object.setPrototypeOf(terms, bare);
    setIndex(index);
  };

  // Wide letters are letters. Chinese stands in the index by pairs of signs: a sign alone is in each of its pairs.
  Search.query = (typed) => {
    const text = typed.normalize("NFKC");
    for (const sign of splitQuery(text).filter((term) => /^[\u3400-\u9fff]$/.test(term)))
      for (const terms of known)
        terms[sign] = [...new Set(Object.keys(terms).filter((term) => term.includes(sign)).flatMap((term) => terms[term]))];
    query(text);
  };

  // An excerpt is of the text, and not of the header above it; in Hong Kong's pages a word is found in its signs.
  Search.makeSearchSummary = (html, words, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const other of page.querySelectorAll(".headerlink, script, style")) other.remove();
    const place = (anchor && page.querySelector(`article ${anchor}`)) || page.querySelector("article");
    const text = place?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const plain = text.toLowerCase().replace(HAN, (sign) => splitQuery.plain?.get(sign) ?? sign);
    const first = Math.min(...[...words].map((word) => plain.indexOf(word)).filter((at) => at >= 0), plain.length);
    const from = first === plain.length ? 0 : Math.max(0, first - 120);
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = (from ? "…" : "") + text.slice(from, from + 240).trim() + (from + 240 < text.length ? "…" : "");
    return summary;
  };
}
