/**
 * A small keyed DOM patcher, so that every piece of the page is a pure function of the state
 * and focus, scroll and running animations survive an update.
 *
 * `h(tag, props, ...kids)` makes a plain description; `patch(parent, kids)` makes the element's
 * children match it. Text only ever becomes a text node: there is no way to pass HTML.
 */

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "muted", "selected", "open"]);

/** Describe an element. Kids may be nested arrays; null, undefined and booleans are skipped. */
export function h(tag, props, ...kids) {
  return { tag, props: props ?? {}, key: props?.key, kids: flatten(kids, []) };
}

function flatten(kids, out) {
  for (const kid of kids) {
    if (Array.isArray(kid)) flatten(kid, out);
    else if (kid !== null && kid !== undefined && typeof kid !== "boolean")
      out.push(typeof kid === "object" ? kid : { text: String(kid) });
  }
  return out;
}

/** Make the children of `parent` match `kids`, reusing nodes by key, else by order and tag. */
export function patch(parent, ...kids) {
  patchKids(parent, flatten(kids, []), parent.namespaceURI === SVG);
}

function patchKids(parent, kids, svg) {
  const keyed = new Map();
  const plain = [];
  for (const node of parent.childNodes) {
    if (node.$key === undefined) plain.push(node);
    else keyed.set(node.$key, node);
  }
  let cursor = parent.firstChild;
  for (const kid of kids) {
    const found = kid.key === undefined ? plain.shift() : keyed.get(kid.key);
    if (kid.key !== undefined) keyed.delete(kid.key);
    const node = found && fits(found, kid) ? found : create(kid, svg);
    if (found && node !== found) {
      if (found === cursor) cursor = cursor.nextSibling;
      found.remove();
    }
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
    update(node, kid, svg);
  }
  for (const node of [...plain, ...keyed.values()]) node.remove();
}

function fits(node, kid) {
  if (kid.text !== undefined) return node.nodeType === 3;
  return node.nodeType === 1 && node.localName === kid.tag;
}

function create(kid, svg) {
  if (kid.text !== undefined) return document.createTextNode(kid.text);
  const node =
    svg || kid.tag === "svg"
      ? document.createElementNS(SVG, kid.tag)
      : document.createElement(kid.tag);
  if (kid.key !== undefined) node.$key = kid.key;
  return node;
}

function update(node, kid, svg) {
  if (kid.text !== undefined) {
    if (node.data !== kid.text) node.data = kid.text;
    return;
  }
  const before = node.$props ?? {};
  for (const name in before) if (!(name in kid.props)) set(node, name, undefined, before[name]);
  for (const name in kid.props) set(node, name, kid.props[name], before[name]);
  node.$props = kid.props;
  if (!kid.props.opaque) patchKids(node, kid.kids, svg || kid.tag === "svg");
}

function set(node, name, value, before) {
  if (name === "key" || name === "opaque") return;
  if (name.startsWith("on")) {
    listen(node, name.slice(2), value);
  } else if (name === "style") {
    // Through CSSOM, which the content security policy allows (a style attribute it does not).
    for (const key in before ?? {}) if (!(key in (value ?? {}))) node.style.removeProperty(key);
    for (const key in value ?? {})
      if (value[key] !== before?.[key]) node.style.setProperty(key, value[key]);
  } else if (PROPERTIES.has(name)) {
    if (node[name] !== (value ?? false)) node[name] = value ?? false;
  } else if (value === before) {
    return;
  } else if (value === undefined || value === null || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

function listen(node, type, handler) {
  node.$on ??= {};
  if (!(type in node.$on)) node.addEventListener(type, (event) => node.$on[type]?.(event));
  node.$on[type] = handler;
}

/** Join class names, skipping what is falsy. */
export const cls = (...names) => names.filter(Boolean).join(" ");
