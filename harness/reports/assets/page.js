(() => {
"use strict";
const $ = (id) => document.getElementById(id);
const config = JSON.parse($("config").textContent);
const SIGNS = {c: "✓", n: "≈", w: "✕", m: "∅", i: "+", a: "·", d: "2×", u: "·", x: "·"};
const WORDS = {c: "correct", n: "near", w: "wrong", m: "missing", i: "invented", a: "absent", d: "duplicate", u: "not scored", x: "not asked"};
const RUNGS = {BYTES: "no JSON", REPAIRED: "JSON after repair", JSON: "JSON, schema broken", SCHEMA: "schema kept", STRICT: "schema, dates and ids kept", FORM: "schema, dates, ids and form kept"};
const CLASSES = {broken: "✕ broken", mixed: "± mixed", fixed: "✓ fixed", both_wrong: "= both wrong", unchanged: "unchanged"};
document.documentElement.classList.add("js");

// What nobody would see is written out, by the same rule as in what the page has without this script.
const UNSEEN = new RegExp(config.unseen, "gu");
const seen = (text) => text.replace(UNSEEN, (sign) => "⟨U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value; else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : name === "title" || name === "alt" ? seen(value) : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(typeof child === "string" ? seen(child) : child);
  return node;
}
// Closed details are made when they are opened or printed: most of them never are.
const waiting = new Map();
function make(node) { if (waiting.has(node)) { node.append(waiting.get(node)()); waiting.delete(node); } }
function later(attributes, title, content) {
  const node = el("details", {...attributes, ontoggle: () => make(node)}, el("summary", {}, title));
  waiting.set(node, content);
  return node;
}
async function inflate(id) {
  const bytes = Uint8Array.from(atob($(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
const shards = new Map();
function shard(number) {
  if (!shards.has(number)) shards.set(number, inflate("shard-" + number));
  return shards.get(number);
}
const f1 = (value) => value === null || value === undefined ? "–" : value.toFixed(3).replace(/^0/, "");
const ms = (value) => value === null || value === undefined ? "–" : value >= 1000 ? (value / 1000).toFixed(2) + " s" : Math.round(value) + " ms";
const cvLink = (id) => "#cv=" + encodeURIComponent(id);

// ---- the list of all CVs -------------------------------------------------------------------------------------
let index = null, shown = [], page = 0, filter = {arm: "", field: "", kind: ""}, order = "worst";
const PAGE = 50;
const armAt = (name) => index.arms.indexOf(name);
const candidate = () => armAt(index.roles.candidate);

function bad(row, arm, field, kind) {
  const cell = row[7][arm];
  if (!cell) return false;
  const at = index.fields.indexOf(field);
  return cell[5].some(([f, wrong, missing, invented]) => f === at &&
    (kind === "wrong" ? wrong : kind === "missing" ? missing : kind === "invented" ? invented : wrong + missing + invented) > 0);
}
function select() {
  const words = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const cls = $("cls").value, me = candidate(), old = armAt(index.roles.baseline);
  shown = index.rows.filter((row) =>
    (!cls || (cls === "failed" ? row[7][me] && row[7][me][1] > 0 : cls === "hallucinated" ? row[7][me] && row[7][me][2] > 0
      : cls === "invalid" ? row[7][me] && row[7][me][3] > 0 : cls === "suspect" ? row[5] > 0 : row[1] === cls)) &&
    (!filter.field || bad(row, armAt(filter.arm), filter.field, filter.kind)) &&
    words.every((word) => (row[0] + " " + row[1] + " " + row[6]).toLowerCase().includes(word)));
  const value = (row, arm) => row[7][arm] && row[7][arm][0] !== null ? row[7][arm][0] : 2;
  if (order === "worst") shown.sort((a, b) => value(a, me) - value(b, me));
  if (order === "lost" && old >= 0) shown.sort((a, b) => (value(a, me) - value(a, old)) - (value(b, me) - value(b, old)));
  if (order === "slow") shown.sort((a, b) => ((b[7][me] || [])[4] || 0) - ((a[7][me] || [])[4] || 0));
  page = Math.min(page, Math.max(0, Math.ceil(shown.length / PAGE) - 1));
}
function list() {
  select();
  const body = $("list");
  body.replaceChildren(...shown.slice(page * PAGE, page * PAGE + PAGE).map((row) => el("tr", {},
    el("th", {scope: "row"}, el("a", {href: cvLink(row[0])}, row[0])),
    el("td", {class: "cls-" + row[1]}, CLASSES[row[1]] || "–"),
    index.arms.map((_, i) => el("td", {class: "n"}, row[7][i] ? (row[7][i][1] && row[7][i][0] === null ? "failed" : f1(row[7][i][0])) : "–")),
    el("td", {class: "n"}, row[1] ? row[3] + " / " + row[2] + " / " + row[4] : "–"),
    el("td", {class: "wide"}, el("small", {}, el("bdi", {}, row[6]))))));
  $("found").textContent = shown.length + " of " + index.rows.length + " CVs" + (filter.field ? " · " + filter.field + " " + (filter.kind || "wrong, missing or invented") + " in " + filter.arm : "");
  $("clear").hidden = !filter.field;
  $("pages").textContent = shown.length > PAGE ? "page " + (page + 1) + " of " + Math.ceil(shown.length / PAGE) : "";
  $("prev").disabled = page === 0; $("next").disabled = (page + 1) * PAGE >= shown.length;
}

// ---- one CV --------------------------------------------------------------------------------------------------
let current = null, draw = 0, onlyDifferent = true;
async function open(id) {
  const at = index.rows.findIndex((row) => row[0] === id);
  if (at < 0) return absent(id);
  const number = Math.floor(at / config.size);
  if (config.parts) { location.href = config.parts[number] + cvLink(id); return; }
  const details = await shard(number);
  current = expanded(details[at % config.size]);
  draw = 0;
  document.body.classList.add("one");
  show();
  window.scrollTo(0, 0);
  document.querySelector("#cv h2").focus({preventScroll: true});
}
function absent(id) {  // of a large run a link may lead to a CV that is not shown: the list says so, and where all are
  close();
  if (!$("find")) return;
  $("find").value = id; page = 0; list(); $("cvs").scrollIntoView();
}
function expanded(detail) {
  if (detail.done) return detail;
  const names = Object.keys(detail.arms);
  let end = 0;
  for (const row of detail.rows) {
    row.f = row.f || row.p.replace(/\[\d+\]/g, "[]");
    let shared = [null, null];
    if (row.e) { shared = [end + row.e[0], end + row.e[0] + row.e[1]]; end = shared[1]; }
    const cells = {};
    names.forEach((name, i) => {
      if (row.a[i].length) cells[name] = row.a[i].map((cell) => {
        if (cell === null) return null;
        const [code, value, note, ungrounded, from, to] = cell === 0 ? ["c"] : typeof cell === "string" ? [cell] : cell;
        const at = from !== undefined ? [from, to] : code === "c" ? shared : [null, null];
        return [code, value, note || "", at[0], at[1], ungrounded ? false : null];
      });
    });
    row.a = cells;
  }
  detail.done = true;
  return detail;
}
function close() {
  current = null;
  document.body.classList.remove("one");
}
function cell(found, golden, draws) {
  if (!found) return el("td", {});
  const now = found[draw] || found.find(Boolean);
  if (!now) return el("td", {});
  const [code, value, note, , , grounded] = now;
  const right = found.filter((x) => x && x[0] === "c").length;
  const text = code === "m" || code === "x" ? note || WORDS[code] : code === "c" && (value === undefined || value === null) ? "" : value;
  const extra = [code === "m" ? "" : note, grounded === false ? "not in the CV's text" : "", draws > 1 && right && right < draws ? "right in " + right + " of " + draws + " answers" : ""].filter(Boolean);
  return el("td", {class: "c-" + code, title: WORDS[code]}, el("span", {class: "s"}, SIGNS[code]), " ",
    text === "" ? (code === "c" ? null : el("span", {class: "soft"}, WORDS[code])) : el("bdi", {class: code === "m" || code === "x" ? "" : "v"}, typeof text === "string" ? text : text === undefined || text === null ? WORDS[code] : JSON.stringify(text)),
    extra.length ? el("span", {class: "note"}, el("bdi", {}, extra.join(" · "))) : null);
}
function spans(rows, arm) {
  const found = [];
  rows.forEach((row, at) => {
    for (const name of [arm, ...Object.keys(row.a)]) {
      const now = row.a[name] && (row.a[name][draw] || row.a[name].find(Boolean));
      if (now && now[3] !== undefined && now[3] !== null && now[4] > now[3]) { found.push([now[3], now[4], at]); break; }
    }
  });
  return found;
}
function textPane(rows, arm) {
  const pane = el("div", {id: "text", class: "card", tabindex: "0", "aria-label": "CV text"});
  const marks = spans(rows, arm), text = current.text;
  const cuts = [...new Set([0, text.length, ...marks.flatMap(([a, b]) => [a, b])])].filter((c) => c >= 0 && c <= text.length).sort((a, b) => a - b);
  for (let i = 0; i + 1 < cuts.length; i++) {
    const piece = text.slice(cuts[i], cuts[i + 1]);
    const over = marks.filter(([a, b]) => a <= cuts[i] && b >= cuts[i + 1]).map((m) => m[2]);
    if (!over.length) { pane.append(seen(piece)); continue; }
    const wrong = over.some((at) => { const x = rows[at].a[arm]; const now = x && (x[draw] || x[0]); return now && now[0] !== "c"; });
    pane.append(el("mark", {class: wrong ? "bad" : "", "data-rows": over.join(" "), onclick: () => point(over[over.length - 1], true)}, piece));
  }
  return pane;
}
function point(at, jump) {
  for (const node of document.querySelectorAll("#text mark.on, .rows tr.on")) node.classList.remove("on");
  const row = document.querySelector('.rows tr[data-row="' + at + '"]');
  if (row) { row.classList.add("on"); if (jump) row.scrollIntoView({block: "center"}); }
  const marks = [...document.querySelectorAll("#text mark")].filter((m) => m.dataset.rows.split(" ").includes(String(at)));
  marks.forEach((m) => m.classList.add("on"));
  if (marks[0] && !jump) {
    const pane = $("text"), top = marks[0].offsetTop - pane.offsetTop;
    if (top < pane.scrollTop || top > pane.scrollTop + pane.clientHeight - 40) pane.scrollTop = top - pane.clientHeight / 3;
  }
}
function armTable(names) {
  const cells = names.map((name) => current.arms[name][draw] || current.arms[name][0]);
  const mark = (d, name) => index.labels[name] === "SIMULATED" || d.source === "simulated" ? "SIMULATED" : d.source === "recorded" ? "REPLAYED" : d.source === "declared" ? "DECLARED" : "";
  const line = (label, make) => el("tr", {}, el("th", {scope: "row"}, label), cells.map((d, i) => el("td", {}, make(d, names[i]))));
  const some = (make) => cells.some((d) => make(d));
  const table = (...lines) => el("div", {class: "scroll card"}, el("table", {}, el("thead", {}, el("tr", {}, el("td", {}), names.map((n) => el("th", {scope: "col"}, el("span", {class: "arm " + role(n)}, n))))), el("tbody", {}, lines)));
  return [table(
    line("strict F1 (P, R)", (d) => d.f1 === null ? "–" : [el("strong", {}, f1(d.f1)), " (" + f1(d.p) + ", " + f1(d.r) + ")"]),
    line("state · contract", (d) => d.state + " · " + (RUNGS[d.rung] || "–")),
    some((d) => d.failure) ? line("failure", (d) => d.failure ? el("span", {class: "c-w"}, "✕ " + d.failure.filter(Boolean).join(": ")) : "–") : null,
    line("latency", (d, name) => [ms(d.ms), " ", d.ms !== null && mark(d, name) ? el("span", {class: "badge"}, mark(d, name)) : null]),
    line("tokens · cost", (d) => (d.usage ? (d.usage[0] + d.usage[2]).toLocaleString("en") : "unknown") + " · " + (d.cost === null ? "unpriced" : "$" + d.cost.toFixed(5))),
    some((d) => d.broken.length) ? line("contract violations", (d) => d.broken.length ? d.broken.map((v) => el("div", {}, el("code", {}, el("bdi", {}, v[0] || "/")), " ", v[1], " ", el("small", {}, el("bdi", {}, v[2])))) : "none") : null,
    some((d) => d.lost.length) ? line("lost entries", (d) => d.lost.join(", ") || "none") : null,
    some((d) => d.notes.length) ? line("notes", (d) => d.notes.length ? d.notes.map((n) => el("div", {}, el("small", {}, el("bdi", {}, n)))) : "–") : null),
  later({class: "more"}, "Where the time and the tokens went", () => table(
    line("phases", (d) => el("small", {}, d.phases.map(([n, k, t]) => n + " " + ms(t)).join(" · ") || "–")),
    line("retry wait · queue (not counted)", (d) => ms(d.retry) + " · " + ms(d.queue)),
    line("calls · attempts", (d) => d.calls + " · " + d.tries),
    line("tokens in (cached) · out (reasoning)", (d) => d.usage ? d.usage[0] + " (" + d.usage[1] + ") · " + d.usage[2] + " (" + d.usage[3] + ")" : "unknown"),
    line("raw answers", (d) => el("small", {}, d.raw.map((r) => (RUNGS[r[0]] || r[0]) + (r[1].length ? " (" + r[1].join(", ") + ")" : "")).join(" · ") || "–")),
    line("model", (d) => el("small", {}, d.snapshot || "–"))))];
}
function pathOf(row) {
  const [head, ...rest] = row.p.split(/(?<=[\].])/);
  const parts = row.p.startsWith(row.f.split(/[.[]/)[0]) ? row.p.slice(row.f.split(/[.[]/)[0].length).replace(/^\./, "").split(/(?<=[\].])/) : [head, ...rest];
  return parts.flatMap((part, at) => at ? [el("wbr", {}), part] : [part]);
}
// An answer is kept as its difference from the golden: 0 the same, [value] another, o and a where both have parts.
function whole(kept, golden) {
  if (kept === 0) return golden;
  if (Array.isArray(kept)) return kept[0];
  if (kept.o) return Object.fromEntries(Object.entries(kept.o).map(([k, v]) => [k, whole(v, golden[k])]));
  return kept.a.map((v, i) => whole(v, golden[i]));
}
const role = (name) => (Object.entries(index.roles).find(([, n]) => n === name) || [""])[0];
function raw(names) {
  const blocks = [];
  const block = (title, value) => blocks.push(later({}, title, () => el("pre", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2))));
  if (current.golden) block("golden" + (current.reviewed ? "" : " (not reviewed)"), current.golden);
  for (const name of names) {
    const now = current.arms[name][draw] || current.arms[name][0];
    if (now.answer !== null) block(name + ", answer " + (1 + current.arms[name].indexOf(now)), whole(now.answer, current.golden));
    if (now.attempts.length) blocks.push(later({}, name + ": " + now.attempts.length + " attempts",
      () => el("div", {class: "scroll"}, el("table", {}, el("thead", {}, el("tr", {}, ["#", "outcome", "status", "error", "total", "model", "waited before", "request", "source"].map((h) => el("th", {}, h)))),
      el("tbody", {}, now.attempts.map((a) => el("tr", {}, [a[0], a[1], a[2], a[3], ms(a[4]), ms(a[5]), ms(a[6]), a[7], a[8]].map((v) => el("td", {}, v === null ? "–" : String(v))))))))));
  }
  return blocks;
}
function show() {
  const names = Object.keys(current.arms);
  const draws = Math.max(...names.map((n) => current.arms[n].length));
  const me = names.includes(index.roles.candidate) ? index.roles.candidate : names[0];
  const rows = current.rows;
  const otherwise = (x) => x && (x[0] !== "c" && x[0] !== "x" || x[0] === "c" && x[1] !== undefined && x[1] !== null);
  const differs = (row) => row.new || row.m || Object.values(row.a).some((a) => a.some(otherwise));
  const visible = rows.map((row, at) => [row, at]).filter(([row]) => !onlyDifferent || differs(row));
  const meta = [current.split !== "none" ? "split " + current.split : "", current.type, current.file, current.twin ? "twin of " + current.twin : ""].filter(Boolean).join(" · ");
  const table = el("table", {class: "rows"},
    el("thead", {}, el("tr", {}, el("th", {}, "field"), current.golden ? el("th", {class: "g"}, "golden") : null, names.map((n) => el("th", {}, el("span", {class: "arm " + role(n)}, n))), el("th", {}, "mark"))),
    el("tbody", {}, visible.flatMap(([row, at], i) => {
      const name = row.f.split(/[.[]/)[0];
      const head = i && visible[i - 1][0].f.split(/[.[]/)[0] === name ? [] : [el("tr", {class: "sec"}, el("td", {colspan: names.length + (current.golden ? 3 : 2)}, name))];
      return [...head, el("tr", {"data-row": at, tabindex: "0", onmouseenter: () => point(at, false), onfocus: () => point(at, false)},
        el("td", {}, el("code", {title: row.p}, el("bdi", {}, pathOf(row))), row.new ? el("span", {class: "note"}, "not in the golden") : null),
        current.golden ? el("td", {class: "g"}, el("bdi", {}, row.g === undefined || row.g === null ? "–" : typeof row.g === "string" ? row.g : JSON.stringify(row.g))) : null,
        names.map((n) => cell(row.a[n], row.g, current.arms[n].length)),
        el("td", {}, (row.m || []).map((m) => el("span", {class: "mk" + (m === "only " + index.roles.candidate + " wrong" ? " only-candidate" : m === "golden suspect" ? " golden" : "")}, m))))];
    })));
  const copy = current.command ? el("div", {class: "cmd"}, el("code", {id: "command"}, current.command.split(" ").flatMap((word, at) => [at ? " " : "", el("span", {}, word)])), el("button", {type: "button", onclick: (e) => copyText(current.command, e.target)}, "Copy")) : null;
  waiting.clear();
  $("cv").replaceChildren(...[
    el("header", {}, el("a", {href: config.back || "#cvs"}, "← all CVs"), el("h2", {tabindex: "-1", "aria-level": "1"}, el("bdi", {}, current.id)), el("span", {class: "soft"}, el("bdi", {}, meta)),
      el("span", {}, el("button", {type: "button", onclick: () => step(-1)}, "k ↑ previous"), " ", el("button", {type: "button", onclick: () => step(1)}, "j ↓ next"))),
    ...armTable(names),
    el("div", {class: "tools"},
      el("label", {}, el("input", {type: "checkbox", id: "differences", checked: onlyDifferent, onchange: (e) => { onlyDifferent = e.target.checked; show(); }}), " only where something differs (" + rows.filter(differs).length + " of " + rows.length + " rows)"),
      draws > 1 ? el("label", {}, "answer ", el("select", {id: "draw", onchange: (e) => { draw = Number(e.target.value); show(); }}, Array.from({length: draws}, (_, i) => el("option", {value: i, selected: i === draw}, String(i + 1))))) : null,
      el("small", {}, "✓ correct  ≈ near  ✕ wrong  ∅ missing  + invented. Marks go by most answers. Point at a row to see it in the text.")),
    current.pages && current.pages.length ? el("details", {class: "pages"}, el("summary", {}, "The first pages as printed (" + current.pages.length + ")"),
      el("div", {class: "scroll card", tabindex: "0", role: "region", "aria-label": "Pages of the CV"}, current.pages.map((page, i) => el("img", {src: page, alt: "Page " + (i + 1) + " of " + current.id})))) : null,
    el("div", {class: current.text ? "split" : "split bare"}, current.text ? textPane(rows, me) : null, el("div", {class: "scroll card"}, table)),
    el("h3", {"aria-level": "2"}, "Again, just this CV"), copy || el("p", {class: "soft"}, "The command is in the full report; this one is redacted."),
    el("h3", {"aria-level": "2"}, "Raw JSON and attempts"), ...raw(names)].filter(Boolean));
}
async function copyText(text, button) {
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
  catch { getSelection().selectAllChildren(button.previousSibling); button.textContent = "Selected: press Ctrl+C"; }
}
function step(by) {
  const rows = shown.length ? shown : index.rows;
  const at = current ? rows.findIndex((row) => row[0] === current.id) : -1;
  const to = rows[at < 0 ? 0 : at + by], beyond = by > 0 ? config.next : config.before;
  if (to) location.hash = cvLink(to[0]);
  else if (beyond) location.href = beyond + (by > 0 ? "#first" : "#last");
}

// ---- navigation ----------------------------------------------------------------------------------------------
async function route() {
  const hash = location.hash;
  if (config.back && (hash === "#first" || hash === "#last")) return open(index.rows.at(hash === "#first" ? 0 : -1)[0]);
  if (hash.startsWith("#cv=")) {
    let id = hash.slice(4);
    try { id = decodeURIComponent(id); } catch { /* a hand-written link: take it as it is */ }
    return open(id);
  }
  const was = document.body.classList.contains("one");
  close();
  if (hash.startsWith("#cvs=")) {
    const [arm, field, kind] = hash.slice(5).split(":").map(decodeURIComponent);
    filter = {arm: arm || "", field: field || "", kind: kind || ""};
    page = 0; list(); $("cvs").scrollIntoView();
  } else if (was && hash.length > 1 && $(hash.slice(1))) $(hash.slice(1)).scrollIntoView();
}
function heatLinks() {
  const last = index.arms.length + 1;
  document.querySelectorAll("tr[data-field]").forEach((row) => {
    const link = (at, arm, kind) => {
      const cell = row.children[at];
      if (!cell || !/\d/.test(cell.textContent) || cell.textContent === "0") return;
      cell.replaceChildren(el("a", {href: "#cvs=" + [arm, row.dataset.field, kind].map(encodeURIComponent).join(":")}, ...cell.childNodes));
    };
    index.arms.forEach((arm, i) => link(i + 1, arm, ""));
    ["missing", "wrong", "invented"].forEach((kind, i) => link(last + 1 + i, index.roles.candidate, kind));
  });
}
function sortable(table) {
  table.querySelectorAll("thead th[data-sort]").forEach((head) => {
    const button = el("button", {type: "button", title: "sort"}, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const at = [...head.parentNode.children].indexOf(head), body = table.tBodies[0];
      const down = head.getAttribute("aria-sort") === "ascending";
      head.parentNode.querySelectorAll("th").forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.classList.contains("n");
      const key = (row) => { const text = row.children[at].textContent; return numeric ? parseFloat((text.match(/[-−+]?[\d.]+/) || ["NaN"])[0].replace("−", "-")) : text; };
      const rows = [...body.rows].filter((r) => !r.classList.contains("sec"));
      body.querySelectorAll(".sec").forEach((r) => r.remove());
      rows.sort((a, b) => { const x = key(a), y = key(b); const by = typeof x === "number" ? (isNaN(x) ? 1 : isNaN(y) ? -1 : x - y) : String(x).localeCompare(String(y)); return down ? -by : by; });
      body.append(...rows);
    });
  });
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (event.key === "Escape") { if (typing) event.target.blur(); else if (current && !config.back) location.hash = "#cvs"; }
  if (typing || !index) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/" && $("find")) { event.preventDefault(); if (current) location.hash = "#cvs"; close(); $("cvs").scrollIntoView(); $("find").focus(); }
});
function reachable() {
  for (const box of document.querySelectorAll(".scroll, .diff, .cmd, #text, pre")) {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else if (box.matches(".scroll, .cmd")) box.removeAttribute("tabindex");
  }
}
async function start() {
  index = await inflate("index");
  if ($("find")) {
    $("find").addEventListener("input", () => { page = 0; list(); });
    $("cls").addEventListener("change", () => { page = 0; list(); });
    $("order").addEventListener("change", (event) => { order = event.target.value; page = 0; list(); });
    $("prev").addEventListener("click", () => { page--; list(); });
    $("next").addEventListener("click", () => { page++; list(); });
    $("clear").addEventListener("click", () => { filter = {arm: "", field: "", kind: ""}; history.replaceState(null, "", "#cvs"); list(); });
    list();
  } else shown = index.rows;
  heatLinks();
  document.querySelectorAll("table.sortable").forEach(sortable);
  document.querySelectorAll("[data-copy]").forEach((b) => b.addEventListener("click", () => copyText(b.previousElementSibling.textContent, b)));
  addEventListener("hashchange", route);
  addEventListener("beforeprint", () => document.querySelectorAll("#cv details").forEach(make));
  addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  await route();
  reachable();
  document.documentElement.dataset.ready = "1";
}
start();
})();
