// The page's own script: no library, no network. Texts of the input are set as text, never as markup.
const data = JSON.parse(document.getElementById('data').textContent);
const { nodes, edges, findings, groups } = data;
const MOST = 400; // nodes of one group that are shown before the reader asks for the rest
const LISTED = 200; // edges or findings that the panel lists
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info', 'unknown'];
const main = document.getElementById('bands'), panel = document.getElementById('panel'), lines = document.getElementById('lines');
const find = document.getElementById('find'), hits = document.getElementById('hits');
const out = nodes.map(() => []), into = nodes.map(() => []), told = nodes.map(() => []), groupOf = [];
for (const [name, source, target] of edges) { out[source].push([name, target]); into[target].push([name, source]); }
for (const each of findings) told[each.node].push(each);
groups.forEach((group, number) => group.nodes.forEach(index => { groupOf[index] = number; }));
const chips = new Map(), open = new Set(), limits = groups.map(() => MOST);
let chosen = null;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function worst(index) {
  const found = told[index].map(each => SEVERITIES.indexOf(each.severity));
  return found.length ? SEVERITIES[Math.min(...found)] : '';
}

function box(number) { return document.getElementById('group-' + number); }

function fill(number) {
  const place = box(number).querySelector('.nodes'), group = groups[number];
  for (const index of group.nodes) chips.delete(index);
  place.replaceChildren();
  if (!open.has(number)) return;
  for (const index of group.nodes.slice(0, limits[number])) {
    const chip = element('button', nodes[index].name, 'chip ' + worst(index));
    chip.type = 'button';
    chip.title = nodes[index].id;
    chip.addEventListener('click', () => choose(index));
    chips.set(index, chip);
    place.append(chip);
  }
  const rest = group.nodes.length - limits[number];
  if (rest > 0) {
    const more = element('button', rest + ' more', 'more');
    more.type = 'button';
    more.addEventListener('click', () => { limits[number] = Infinity; fill(number); draw(); });
    place.append(more);
  }
}

function toggle(number, wanted) {
  const now = wanted === undefined ? !open.has(number) : wanted;
  if (now) open.add(number); else open.delete(number);
  box(number).classList.toggle('open', now);
  box(number).querySelector('.head').setAttribute('aria-expanded', String(now));
  fill(number);
}

// What is chosen: a node, with its edges one by one, or a group, with the edges of all of its nodes counted.

function choose(index) {
  chosen = { node: index };
  toggle(groupOf[index], true);
  if (!chips.has(index)) { limits[groupOf[index]] = Infinity; fill(groupOf[index]); }
  tell(index);
  chips.get(index).scrollIntoView({ block: 'nearest' });
  draw();
}

function chooseGroup(number) {
  toggle(number);
  chosen = { group: number };
  panel.replaceChildren(element('h2', groups[number].kind), element('p', groups[number].doc, 'dim'));
  list('leads to', counted(number, out));
  list('from', counted(number, into));
  draw();
}

function counted(number, way) {
  const found = new Map();
  for (const index of groups[number].nodes) for (const [name, other] of way[index]) {
    const key = name + ' ' + groups[groupOf[other]].kind;
    found.set(key, (found.get(key) || 0) + 1);
  }
  return [...found].sort((one, other) => other[1] - one[1]).map(([key, count]) => element('li', key + ' \u00d7 ' + count));
}

function list(title, items) {
  if (!items.length) return;
  const made = element('ul');
  made.append(...items.slice(0, LISTED));
  if (items.length > LISTED) made.append(element('li', 'and ' + (items.length - LISTED) + ' more', 'dim'));
  panel.append(element('h3', title + ' (' + items.length + ')'), made);
}

function link(name, index, lead) {
  const item = element('li', name + ' '), jump = element('button', lead + nodes[index].name, 'link');
  jump.type = 'button';
  jump.title = nodes[index].id;
  jump.addEventListener('click', () => choose(index));
  item.append(jump);
  return item;
}

function tell(index) {
  const node = nodes[index], about = element('dl');
  panel.replaceChildren(element('h2', node.name), element('p', groups[groupOf[index]].kind + ', ' + node.id, 'dim'), about);
  for (const [name, value] of [['layer', groups[groupOf[index]].layer], ['tier', node.tier], ['seen', node.planes], ['written at', node.place], ...Object.entries(node.attributes)]) {
    if (value !== '' && value !== null) about.append(element('dt', name), element('dd', String(value)));
  }
  if (node.unknown.length) about.append(element('dt', 'unknown'), element('dd', node.unknown.join(', ')));
  list('findings', told[index].map(each => {
    const item = element('li', each.message, each.severity);
    item.append(element('span', ' ' + each.rule + (each.place ? ', ' + each.place : ''), 'dim'));
    return item;
  }));
  list('leads to', out[index].map(([name, other]) => link(name, other, '')));
  list('from', into[index].map(([name, other]) => link(name, other, '')));
}

// Lines lead to a node where its group is open, and else to its group.

function anchor(index) {
  const chip = chips.get(index), head = box(groupOf[index]).querySelector('.head');
  if (!chip) return head;
  const at = chip.getBoundingClientRect(), within = chip.parentElement.getBoundingClientRect();
  return at.bottom < within.top + 4 || at.top > within.bottom - 4 ? head : chip; // scrolled out of its group
}

function draw() {
  for (const marked of main.querySelectorAll('.chosen, .near')) marked.classList.remove('chosen', 'near');
  lines.replaceChildren();
  if (!chosen) return;
  const ends = new Map(), from = chosen.node !== undefined ? anchor(chosen.node) : box(chosen.group).querySelector('.head');
  from.classList.add('chosen');
  for (const index of chosen.node !== undefined ? [chosen.node] : groups[chosen.group].nodes) {
    for (const [, other] of out[index]) ends.set(chosen.node !== undefined ? anchor(other) : box(groupOf[other]).querySelector('.head'), 'out');
    for (const [, other] of into[index]) {
      const end = chosen.node !== undefined ? anchor(other) : box(groupOf[other]).querySelector('.head');
      if (!ends.has(end)) ends.set(end, 'in');
    }
  }
  const frame = main.getBoundingClientRect();
  lines.setAttribute('width', main.scrollWidth);
  lines.setAttribute('height', main.scrollHeight);
  const middle = each => { const at = each.getBoundingClientRect(); return [at.left - frame.left + at.width / 2, at.top - frame.top + at.height / 2]; };
  const [x, y] = middle(from);
  for (const [end, way] of ends) {
    if (end === from) continue;
    end.classList.add('near');
    const [u, v] = middle(end), path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', `M${x},${y} C${x},${(y + v) / 2} ${u},${(y + v) / 2} ${u},${v}`);
    path.setAttribute('class', way);
    lines.append(path);
  }
}

function search() {
  const text = find.value.trim().toLowerCase();
  hits.replaceChildren();
  if (text.length < 2) return;
  let count = 0;
  nodes.forEach((node, index) => {
    if (!(node.id + ' ' + node.name + ' ' + groups[groupOf[index]].kind + ' ' + node.tier).toLowerCase().includes(text)) return;
    count += 1;
    if (count <= 50) hits.append(link(groups[groupOf[index]].kind, index, ''));
  });
  hits.append(element('li', count + ' found', 'dim'));
}

groups.forEach((group, number) => {
  box(number).querySelector('.head').addEventListener('click', () => chooseGroup(number));
  if (nodes.length <= 120) toggle(number, true);
});
find.addEventListener('input', search);
window.addEventListener('resize', draw);
main.addEventListener('scroll', draw, true);
document.getElementById('all').addEventListener('click', () => { groups.forEach((_, number) => toggle(number, true)); draw(); });
document.getElementById('none').addEventListener('click', () => { groups.forEach((_, number) => toggle(number, false)); chosen = null; draw(); });
const wanted = nodes.findIndex(node => node.id === decodeURIComponent(location.hash.slice(1)));
if (wanted >= 0) choose(wanted);
