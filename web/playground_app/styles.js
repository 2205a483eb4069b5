// What GraphiQL is made of writes styles in ways that a policy without 'unsafe-inline' refuses: Monaco and the
// dialogs add <style> elements, and Monaco writes lines of text as markup with `style` attributes. The policy allows
// an element that carries the page's nonce, and whatever a script sets by the CSSOM; so that is how they are set here.

const nonce = document.querySelector("meta[property=csp-nonce]").nonce;
const { createElement } = Document.prototype;
const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
const { insertAdjacentHTML } = Element.prototype;
const INSERT = { beforebegin: "before", afterbegin: "prepend", beforeend: "append", afterend: "after" };

const STYLED = /(<[a-z][^>]*?) style=/g;
const isStyled = (html) => String(html).search(STYLED) >= 0;

// Parses markup under another name of the attribute, as a `style` would be refused even where nothing is drawn.
function parse(html) {
  const template = document.createElement("template");
  set.call(template, String(html).replace(STYLED, "$1 data-style="));
  for (const element of template.content.querySelectorAll("[data-style]")) {
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
  return template.content;
}

Document.prototype.createElement = function (...args) {
  const element = createElement.apply(this, args);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};

Object.defineProperty(Element.prototype, "innerHTML", {
  get,
  set(html) {
    if (isStyled(html)) this.replaceChildren(parse(html));
    else set.call(this, html);
  },
});

Element.prototype.insertAdjacentHTML = function (position, html) {
  if (isStyled(html)) this[INSERT[position]](parse(html));
  else insertAdjacentHTML.call(this, position, html);
};
