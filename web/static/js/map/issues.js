// Open issues: one array of rows, clustered, changed by number while events come in.
(function () {
  "use strict";
  const SIGNS = { done: "✓", ok: "●", soon: "▲", late: "■" };
  const SPIDER = 24; // more than this on one place are listed, not spread out
  const LISTED = 20;
  const DIGIT = 0.72; // how wide a figure is, of its letter's size
  const RANK = { done: 0, ok: 1, soon: 2, late: 3 };

  // A round sign with a number, and how many of them are at the worst state, if one is named.
  wanmi.countIcon = function (count, worst, number, label) {
    const language = document.documentElement.lang || undefined;
    const [whole, part] = [count.toLocaleString(language), number.toLocaleString(language)];
    // As wide as the wider of its two lines, which are in letters of different sizes.
    const letter = 16 * wanmi.enlarged();
    const below = worst ? (part.length + 2) * wanmi.pixels("cluster-part") : 0;
    const size = Math.max(2 * letter, DIGIT * Math.max(whole.length * letter, below) + letter);
    return L.divIcon({
      className: `wanmi-cluster ${worst ?? "plain"}`,
      html: wanmi.el(
        "span",
        { "aria-label": label },
        whole,
        worst && wanmi.el("i", { "aria-hidden": "true" }, `${SIGNS[worst]} ${part}`),
      ),
      iconSize: [size, size],
    });
  };

  // A cluster shows how many, and how many of them are at the worst state found in it.
  function clusterIcon(cluster) {
    const signs = cluster.getAllChildMarkers().map((marker) => marker.options.sign);
    const worst = signs.reduce((a, b) => (RANK[b] > RANK[a] ? b : a), "done");
    const count = cluster.getChildCount();
    const number = signs.filter((sign) => sign === worst).length;
    const label = wanmi.say("issues_here", { n: count });
    return wanmi.countIcon(count, worst, number, `${label}, ${wanmi.say(worst)} ${number}`);
  }

  function issueIcon(sign) {
    return L.divIcon({
      className: `wanmi-issue ${sign}`,
      html: wanmi.el("span", { "aria-hidden": "true" }, SIGNS[sign]),
      iconSize: [22 * wanmi.enlarged(), 22 * wanmi.enlarged()],
    });
  }

  const IssuesLayer = L.MarkerClusterGroup.extend({
    initialize(settings) {
      this.settings = settings;
      this.markers = new Map();
      L.MarkerClusterGroup.prototype.initialize.call(this, {
        iconCreateFunction: clusterIcon,
        chunkedLoading: true,
        showCoverageOnHover: false,
        animate: !wanmi.calm(),
        // Close up only what stands on one place is one sign: thousands may.
        maxClusterRadius: (zoom) => (zoom < 16 ? 90 : zoom < 18 ? 60 : 1),
        spiderLegPolylineOptions: { className: "wanmi-leg" },
      });
      this.ready = this._load().catch(wanmi.fail);
    },

    // A click on a cluster: closer, or, when all stand on one place, apart or in a list.
    _zoomOrSpiderfy(event) {
      const cluster = event.layer;
      let bottom = cluster;
      while (bottom._childClusters.length === 1) bottom = bottom._childClusters[0];
      const onePlace = bottom._zoom === this._maxZoom && bottom._childCount === cluster._childCount;
      const enter = event.type !== "clusterkeypress" || event.originalEvent?.keyCode === 13;
      if (!onePlace || cluster.getChildCount() <= SPIDER) {
        L.MarkerClusterGroup.prototype._zoomOrSpiderfy.call(this, event);
      } else if (enter) {
        this._list(cluster, event.type === "clusterkeypress");
      }
    },

    _list(cluster, keyed) {
      const worstFirst = (a, b) => RANK[b.options.sign] - RANK[a.options.sign];
      const all = cluster.getAllChildMarkers().sort(worstFirst);
      const lines = all.slice(0, LISTED).map((marker) => {
        const { issue, sign } = marker.options;
        const button = wanmi.el(
          "button",
          { type: "button", class: "quiet small" },
          wanmi.el("span", { class: sign, "aria-hidden": "true" }, `${SIGNS[sign]} `),
          String(issue.class || issue.number),
        );
        button.title = `${issue.number}, ${wanmi.say(sign)}`;
        button.addEventListener("click", () => this.fire("click", { layer: marker }));
        return wanmi.el("li", {}, button);
      });
      const more = all.length - lines.length;
      const content = wanmi.el(
        "article",
        {},
        wanmi.el("h3", {}, wanmi.say("issues_here", { n: all.length })),
        wanmi.el("ol", { class: "wanmi-stack" }, ...lines),
        more ? wanmi.el("p", {}, wanmi.say("more_in_list", { n: more })) : null,
      );
      L.popup({ className: "wanmi-card", maxHeight: 280 })
        .setLatLng(cluster.getLatLng())
        .setContent(content)
        .openOn(this._map);
      if (keyed) content.querySelector("button").focus();
    },

    async _load() {
      const asked = this.settings.issues;
      const document = await wanmi.load(asked);
      // Of what was cut off the page shows heaps.
      if (!(document.more && wanmi.layers.heaps)) this.set(document);
      if (asked !== this.settings.issues) await this.refresh();
    },

    refresh() {
      const asked = this.settings.issues;
      return wanmi
        .reload(asked)
        .then((document) => asked === this.settings.issues && this.set(document))
        .catch(wanmi.fail);
    },

    // All issues anew: {columns, rows}.
    set(document) {
      this.columns = document.columns;
      this.clearLayers();
      this.markers.clear();
      const markers = document.rows.map((row) => {
        const issue = Object.fromEntries(this.columns.map((column, i) => [column, row[i]]));
        const marker = this._marker(issue);
        this.markers.set(issue.number, marker);
        return marker;
      });
      this.addLayers(markers);
    },

    // One issue {number, lon, lat, sign, …}: added, or put in the place of the one with its number.
    add(issue) {
      this.remove(issue.number);
      const marker = this._marker(issue);
      this.markers.set(issue.number, marker);
      this.addLayer(marker);
    },

    update(issue) {
      const known = this.markers.get(issue.number);
      this.add({ ...(known ? known.options.issue : {}), ...issue });
    },

    remove(number) {
      const marker = this.markers.get(number);
      if (!marker) return;
      this.removeLayer(marker);
      this.markers.delete(number);
    },

    // Goes to an issue and opens its card.
    show(number) {
      const marker = this.markers.get(number);
      if (marker) this.zoomToShowLayer(marker, () => marker.openPopup());
    },

    _marker(issue) {
      const sign = issue.sign in SIGNS ? issue.sign : "ok";
      const marker = L.marker([issue.lat, issue.lon], {
        issue,
        sign,
        icon: issueIcon(sign),
        title: String(issue.number),
        alt: `${issue.number}, ${wanmi.say(sign)}`,
      });
      marker.bindPopup(() => this._card(marker.options.issue, sign), { className: "wanmi-card" });
      return marker;
    },

    _card(issue, sign) {
      const lines = this.settings.fields
        .filter(({ column }) => !["", null, undefined].includes(issue[column]))
        .map(({ column, label }) => [
          wanmi.el("dt", {}, label),
          wanmi.el("dd", {}, String(issue[column])),
        ]);
      const state = wanmi.el("p", { class: `sign ${sign}` }, `${SIGNS[sign]} ${wanmi.say(sign)}`);
      const number = String(issue.number);
      const link = this.settings.link;
      const title = link
        ? wanmi.el("a", { href: link.replace("{number}", encodeURIComponent(number)) }, number)
        : number;
      return wanmi.el("article", {}, wanmi.el("h3", {}, title), state, wanmi.el("dl", {}, ...lines.flat()));
    },
  });

  wanmi.issues = function (key, settings) {
    return (wanmi.layers[key] = new IssuesLayer(settings));
  };
})();
