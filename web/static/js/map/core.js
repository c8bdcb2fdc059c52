// The namespace of the map scripts: the map itself, loading, text, colours of the theme.
//
// Map scripts are classic scripts (folium's inline script runs at once, and a self-contained file
// holds them all); each adds to `window.wanmi`. What comes from people is put on the page as text
// nodes only, never as HTML.
(function () {
  "use strict";
  const wanmi = (window.wanmi = window.wanmi || {});
  wanmi.layers = {};
  wanmi.words = {};

  // An element with attributes and children; a string child becomes text.
  wanmi.el = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  // A data source: {json}, {base64} or {address}; one address is asked for once.
  const asked = new Map();
  wanmi.load = function (source) {
    if (!source) return Promise.resolve(null);
    if ("json" in source) return Promise.resolve(source.json);
    if ("base64" in source) {
      const text = atob(source.base64);
      return Promise.resolve(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer);
    }
    if (!asked.has(source.address)) asked.set(source.address, fetched(source.address));
    return asked.get(source.address);
  };

  async function fetched(address) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      const json = (answer.headers.get("Content-Type") || "").includes("json");
      return await (json ? answer.json() : answer.arrayBuffer());
    } catch (fault) {
      asked.delete(address);
      throw fault;
    }
  }

  // Fresh data from the same address, past the memory of `load`.
  wanmi.reload = function (source) {
    return source && source.address ? fetched(source.address) : wanmi.load(source);
  };

  // The value of a custom property of the theme in force.
  wanmi.token = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // A size of the theme, which is written in rem, in pixels.
  wanmi.pixels = (size) =>
    parseFloat(wanmi.token(size)) * parseFloat(getComputedStyle(document.documentElement).fontSize);

  // How much larger than usual letters are (on the wall); pictures of ours grow with them.
  wanmi.enlarged = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

  // Calls `draw` again whenever the theme changes.
  const themed = new Set();
  wanmi.onTheme = (draw) => {
    themed.add(draw);
    return () => themed.delete(draw);
  };
  const changed = () => themed.forEach((draw) => draw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  new MutationObserver(changed).observe(document.documentElement, {
    attributeFilter: ["data-theme"],
  });

  wanmi.say = (key, values) =>
    (wanmi.words[key] || key).replace(/\{(\w+)\}/g, (_, name) => (values || {})[name] ?? "");

  // Unit Mercator: the world as a square from 0 to 1, y down.
  wanmi.worldX = (lon) => (lon + 180) / 360;
  wanmi.worldY = (lat) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };
  wanmi.lonOf = (x) => x * 360 - 180;
  wanmi.latOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

  // Whether the reader has asked their system for no movement.
  wanmi.calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Leaflet has no switch for the ways that pass through what lies between: these go at once.
  function standStill(map) {
    const { panBy, flyTo } = map;
    map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
    map.flyTo = (place, zoom) => flyTo.call(map, place, zoom, { animate: false });
  }

  // The map in the element `id`. Panes from below: ground, density, streets and names, focus, then Leaflet's.
  wanmi.map = function (id, options) {
    wanmi.words = options.words;
    const calm = wanmi.calm();
    const map = L.map(id, {
      maxZoom: options.maxZoom,
      zoomControl: false,
      zoomSnap: 0.5,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm,
      inertia: !calm,
    });
    if (calm) standStill(map);
    ["ground", "density", "streets", "focus"].forEach((name, index) => {
      const pane = map.createPane(`wanmi-${name}`);
      pane.style.zIndex = 300 + index * 20;
      if (name !== "density") pane.style.pointerEvents = "none";
    });
    map.attributionControl.setPrefix(false);
    if (options.demonstration) {
      map.attributionControl.addAttribution(text(wanmi.say("demonstration")));
    }
    const zoom = { zoomInTitle: wanmi.say("zoom_in"), zoomOutTitle: wanmi.say("zoom_out") };
    L.control.zoom({ position: "topright", ...zoom }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    map.fitBounds(options.bounds);
    byKeyboard(map);
    map.on("click", (event) => {
      if (!map.wanmiMeasures) announce(map, "pick", event.latlng);
    });
    wanmi.leaflet = map;
    return map;
  };

  // Leaflet moves and zooms by keys. Enter does what a click in the middle does; the space bar
  // presses what Leaflet and we call a button, which is a link.
  function byKeyboard(map) {
    const container = map.getContainer();
    if (!container.hasAttribute("role")) {
      container.setAttribute("role", "application");
      container.setAttribute("aria-label", wanmi.say("map_keys"));
    }
    container.addEventListener("keydown", (event) => {
      if (event.key === " " && event.target.matches("a[role=button]")) event.target.click();
      else if (event.key === "Enter" && event.target === container) map.fire("click", { latlng: map.getCenter() });
      else return;
      event.preventDefault();
    });
    // A name that shows under the pointer would make each of a thousand streets a stop of Tab.
    map.on("layeradd", ({ layer }) => {
      if (layer instanceof L.Path) layer.getElement()?.setAttribute("tabindex", "-1");
    });
    map.on("popupopen", ({ popup }) => {
      const close = popup.getElement().querySelector(".leaflet-popup-close-button");
      close?.setAttribute("aria-label", wanmi.say("close"));
    });
  }

  // Tells the page: `wanmi:pick` with the place and the cell under it, on the map's element.
  function announce(map, what, latlng) {
    const cells = wanmi.layers.cells;
    const detail = {
      lon: latlng.lng,
      lat: latlng.lat,
      code: cells && cells.codeAt ? cells.codeAt(latlng.lng, latlng.lat) : null,
    };
    map.getContainer().dispatchEvent(new CustomEvent(`wanmi:${what}`, { bubbles: true, detail }));
  }

  function text(words) {
    const span = document.createElement("span");
    span.textContent = words;
    return span.outerHTML;
  }

  // Calls `choose` when a sign, or one of a group's, is clicked, or has the focus and Enter is pressed.
  wanmi.onChosen = (signs, choose) =>
    signs.on("click keypress", (event) => {
      if (event.type === "click" || event.originalEvent.key === "Enter") choose(event);
    });

  // Says on the map that something could not be loaded, and why in the console.
  wanmi.fail = function (fault) {
    console.warn(fault);
    const map = wanmi.leaflet;
    if (!map || map.getContainer().querySelector(".wanmi-fault")) return;
    map.getContainer().append(
      wanmi.el("p", { class: "wanmi-fault", role: "alert" }, wanmi.say("not_loaded")),
    );
  };
})();
