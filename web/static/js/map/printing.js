// The print view: the map alone on one sheet (A4 across), with title, legend, scale, north and time.
(function () {
  "use strict";

  const Printing = L.Control.extend({
    options: { position: "topright" },

    onAdd() {
      const name = wanmi.say("print");
      const button = (this._button = wanmi.el("a", { href: "#", role: "button", "aria-label": name, title: name }, wanmi.icon("M4 5V1H12V5M4 11H2V5H14V11H12M4 9H12V15H4Z")));
      const box = wanmi.el("div", { class: "leaflet-bar" }, button);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.preventDefault(event);
        this.open();
      });
      return box;
    },

    // The sheet is on the screen as it will be on paper: what one sees is printed.
    open() {
      if (document.body.classList.contains("print-view")) return;
      const map = this._map;
      const title = wanmi.printTitle ? wanmi.printTitle() : { title: document.title, lines: [] };
      const button = (key, act) => {
        const element = wanmi.el("button", { type: "button" }, wanmi.say(key));
        element.addEventListener("click", act);
        return element;
      };
      const closed = () => this.close();
      this._bar = wanmi.el("div", { class: "print-bar" }, button("print", () => window.print()), button("leave_print", closed));
      this._head = wanmi.el(
        "header",
        { class: "print-head" },
        wanmi.el("h1", {}, title.title),
        ...title.lines.map((line) => wanmi.el("p", {}, line)),
        wanmi.el("span", { class: "north", "aria-hidden": "true" }, "▲ N"),
      );
      const here = map.getCenter();
      document.body.prepend(this._bar, this._head);
      document.body.classList.add("print-view");
      this._onKey = (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        closed();
      };
      document.addEventListener("keydown", this._onKey, true);
      map.invalidateSize({ animate: false }).setView(here, map.getZoom(), { animate: false });
      this._bar.querySelector("button").focus();
    },

    close() {
      const map = this._map;
      const here = map.getCenter();
      document.removeEventListener("keydown", this._onKey, true);
      document.body.classList.remove("print-view");
      this._bar.remove();
      this._head.remove();
      this._button.focus();
      map.invalidateSize({ animate: false }).setView(here, map.getZoom(), { animate: false });
    },
  });

  wanmi.printing = (map) => (map.wanmiPrinting = new Printing().addTo(map));
})();
