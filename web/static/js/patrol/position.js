// Where is the phone? The browser's position (WGS 84), or a pin that was set on the map (CGCS2000).
//
// States: asking, device, rough, pin, refused, unavailable, insecure. "change" is dispatched with
// each. Until a class is chosen the position follows the phone; then it stays (`hold`) and only a
// better fix of the same place takes over.

const OPTIONS = { enableHighAccuracy: true, maximumAge: 5000, timeout: 20000 };
const ROUGH_M = 50;
const HOLD_MS = 30000;
const DENIED = 1;
const MOST_ACCURACY_M = 100000;

export class Position extends EventTarget {
  state = "asking";
  fix = null; // {lon, lat, datum, accuracy}
  #watch = null;
  #heldAt = null;

  start() {
    if (!window.isSecureContext) this.#become("insecure");
    else if (!navigator.geolocation) this.#become("unavailable");
    else this.#follow();
  }

  // Asks the device anew; a pin is given up.
  again() {
    this.fix = null;
    this.#heldAt = null;
    this.state = "asking";
    this.dispatchEvent(new Event("change"));
    this.start();
  }

  hold() {
    this.#heldAt = Date.now();
  }

  follow() {
    this.#heldAt = null;
  }

  pin(lon, lat) {
    this.fix = { lon, lat, datum: "cgcs2000", accuracy: null };
    this.#become("pin");
  }

  get known() {
    return this.fix !== null;
  }

  // As the API takes it.
  get location() {
    const { lon, lat, datum, accuracy } = this.fix;
    const believed = accuracy !== null && accuracy <= MOST_ACCURACY_M;
    return { lon, lat, datum, accuracy_m: believed ? Math.round(accuracy * 10) / 10 : null };
  }

  #follow() {
    const geolocation = navigator.geolocation;
    if (this.#watch !== null) geolocation.clearWatch(this.#watch);
    this.#watch = geolocation.watchPosition(
      ({ coords }) => this.#found(coords),
      (fault) => this.#failed(fault),
      OPTIONS,
    );
  }

  #found({ longitude, latitude, accuracy }) {
    if (this.state === "pin" || this.#isWorse(accuracy)) return;
    this.fix = { lon: longitude, lat: latitude, datum: "wgs84", accuracy };
    this.#become(accuracy > ROUGH_M ? "rough" : "device");
  }

  #isWorse(accuracy) {
    if (this.#heldAt === null || this.fix === null) return false;
    return Date.now() - this.#heldAt > HOLD_MS || accuracy >= this.fix.accuracy;
  }

  #failed({ code }) {
    if (this.known) return;
    this.#become(code === DENIED ? "refused" : "unavailable");
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
