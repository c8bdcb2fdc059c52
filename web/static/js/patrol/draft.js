// What was typed, kept in this browser: a phone that runs out of memory while its camera is open
// forgets the page, but not this.

import { page } from "./page.js";

const KEEP_MS = 12 * 3600 * 1000;
const KEY = `wanmi-patrol-draft-${page.account}`;

// Local storage that never throws; `write` says whether it was kept.
export const store = {
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
};

export const saveDraft = (draft) => store.write(KEY, { ...draft, at: Date.now() });
export const clearDraft = () => store.write(KEY, null);
export function savedDraft() {
  const draft = store.read(KEY);
  return draft && Date.now() - draft.at < KEEP_MS ? draft : null;
}

// A UUID of version 4, also where crypto.randomUUID is not to be had (plain http on a local network).
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
