/** Style and behaviour of the report; light and dark by the reader's preference. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1c2126; --soft: #5b6570; --line: #d9dee3; --card: #f6f7f9;
  --good: #1a7f4b; --bad: #c0392b; --warn: #9a6700; --idle: #6b7684; }
@media (prefers-color-scheme: dark) { :root { --bg: #14181c; --fg: #e4e8ec; --soft: #9aa5b1; --line: #2c343c;
  --card: #1b2127; --good: #4cc38a; --bad: #ff7b6b; --warn: #e0b34c; --idle: #8b96a3; } }
body { margin: 0 auto; max-width: 1200px; padding: 1.5rem; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 0; display: inline; }
header p, summary, .legend { color: var(--soft); }
section, details { margin: 1.5rem 0; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 1rem; }
.answer { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; }
.answer h2 { font-weight: 600; } .figure { font-size: 1.8rem; margin: .3rem 0; }
.answer p { margin: .3rem 0; color: var(--soft); } .answer .figure { font-weight: 600; color: var(--idle); }
.answer.yes .figure { color: var(--good); } .answer.no .figure { color: var(--bad); }
progress { width: 100%; height: 6px; accent-color: var(--good); }
.scroll { overflow: auto; max-height: 75vh; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 4rem; }
th { position: sticky; top: 0; background: var(--card); }
td.critical, td.high, td.shadow, td.zombie, td.none, td.error { color: var(--bad); font-weight: 600; }
td.medium, td.unowned, td.unknown, td.warning { color: var(--warn); } td.governed, td.mtls, td.token { color: var(--good); }
input[type=search] { margin: .6rem 0; padding: .35rem .6rem; width: 16rem; font: inherit; border: 1px solid var(--line);
  border-radius: 6px; background: var(--bg); color: inherit; }
summary { cursor: pointer; } summary h2 { color: var(--fg); }
.legend span::before { content: ''; display: inline-block; width: 1.6em; border-top: 3px solid; margin-right: .4em; vertical-align: middle; }
.legend span { margin-right: 1.2em; } .legend .mtls { color: var(--good); } .legend .token { color: #2f7fd1; }
.legend .none { color: var(--bad); } .legend .unknown { color: var(--idle); }
.graph text { font: 12px system-ui, sans-serif; fill: var(--fg); text-anchor: middle; }
.graph rect { fill: var(--card); stroke: var(--idle); stroke-width: 1.2; }
.graph .internet rect { stroke-width: 3; } .graph .external rect { stroke-dasharray: 4 3; }
.edge { fill: none; stroke-width: 1.6; } .edge.mtls { stroke: var(--good); } .edge.token { stroke: #2f7fd1; }
.edge.none { stroke: var(--bad); } .edge.unknown { stroke: var(--idle); stroke-dasharray: 5 3; }
marker.mtls { fill: var(--good); } marker.token { fill: #2f7fd1; } marker.none { fill: var(--bad); } marker.unknown { fill: var(--idle); }
.graph.picked .edge:not(.on), .graph.picked .node:not(.on) { opacity: .15; }
`;

export const SCRIPT = `
for (const input of document.querySelectorAll('input[type=search]')) {
  const rows = input.parentElement.querySelectorAll('tbody tr');
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  });
}
for (const graph of document.querySelectorAll('svg.graph')) {
  const pick = (id) => {
    graph.classList.toggle('picked', id !== undefined);
    for (const part of graph.querySelectorAll('.on')) part.classList.remove('on');
    if (id === undefined) return;
    const near = new Set([id]);
    for (const edge of graph.querySelectorAll('.edge')) {
      if (edge.dataset.from !== id && edge.dataset.to !== id) continue;
      edge.classList.add('on');
      near.add(edge.dataset.from).add(edge.dataset.to);
    }
    for (const node of graph.querySelectorAll('.node')) if (near.has(node.dataset.id)) node.classList.add('on');
  };
  for (const node of graph.querySelectorAll('.node')) {
    for (const begin of ['mouseenter', 'focus']) node.addEventListener(begin, () => pick(node.dataset.id));
    for (const end of ['mouseleave', 'blur']) node.addEventListener(end, () => pick(undefined));
  }
}
`;
