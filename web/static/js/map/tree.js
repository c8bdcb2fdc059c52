// The layer tree: what can be shown, in groups. It only asks: `wanmi:tree` {key, on} goes to the
// map's element, and the page answers with `map.wanmiTree.set(keys)`.
(function () {
  "use strict";

  const Tree = L.Control.extend({
    options: { position: "topright" },

    initialize(groups) {
      this._groups = groups;
      this._boxes = new Map();
    },

    onAdd(map) {
      const name = wanmi.say("layers");
      this._button = wanmi.el(
        "button",
        { type: "button", class: "wanmi-tree-open", "aria-expanded": "false", "aria-controls": "wanmi-tree", title: name },
        wanmi.el("span", { "aria-hidden": "true" }, "☰ "),
        name,
      );
      this._panel = wanmi.el(
        "form",
        { id: "wanmi-tree", class: "wanmi-tree-panel", "aria-label": name, hidden: "" },
        ...this._groups.map((group) => this._group(group)),
      );
      this._button.addEventListener("click", () => this._open(this._panel.hidden));
      this._panel.addEventListener("change", ({ target }) => {
        const detail = { key: target.value, on: target.checked };
        map.getContainer().dispatchEvent(new CustomEvent("wanmi:tree", { bubbles: true, detail }));
      });
      this._panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        this._open(false);
        this._button.focus();
      });
      const box = wanmi.el("div", { class: "wanmi-tree" }, this._button, this._panel);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },

    _open(open) {
      this._panel.hidden = !open;
      this._button.setAttribute("aria-expanded", String(open));
    },

    _group({ label, layers }) {
      const lines = layers.map(([key, name]) => {
        const box = wanmi.el("input", { type: "checkbox", value: key });
        this._boxes.set(key, box);
        return wanmi.el("label", {}, box, wanmi.el("span", {}, name));
      });
      return wanmi.el("fieldset", {}, wanmi.el("legend", {}, label), ...lines);
    },

    keys() {
      return [...this._boxes.keys()];
    },

    // Ticks what is shown, and nothing else.
    set(keys) {
      for (const [key, box] of this._boxes) box.checked = keys.includes(key);
    },
  });

  wanmi.tree = (map, groups) => (map.wanmiTree = new Tree(groups).addTo(map));
})();
